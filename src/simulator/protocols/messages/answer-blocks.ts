import type { Answer, Piece } from '../../answer.ts'
import type { AnswerBlock } from './answer-block.ts'
import { nativeBlocks } from './native-blocks.ts'
import { signatureOf } from './signature.ts'

/**
 * Returns the answer as Anthropic's blocks, which never overlap: thinking, the use of Anthropic's own tools, text, then one tool call after
 * another.
 */
export function answerBlocks(answer: Answer): readonly AnswerBlock[] {
  const pieces = answer.choices[0]?.pieces ?? []
  return [...thinkingBlocks(pieces), ...nativeBlocks(pieces), ...textBlocks(pieces), ...toolBlocks(pieces)]
}

/** Returns the text of a refusal. A refusal has no content; its text is in `stop_details`. */
export const refusalOf = (answer: Answer): string =>
  joined((answer.choices[0]?.pieces ?? []).flatMap((piece) => (piece.type === 'refusal' ? [piece.text] : [])))

function thinkingBlocks(pieces: readonly Piece[]): readonly AnswerBlock[] {
  const thoughts = pieces.flatMap((piece) => (piece.type === 'reasoning' ? [piece.text] : []))
  if (thoughts.length === 0) return []
  const thinking = joined(thoughts)
  const signature = signatureOf(thinking)
  const deltas = [
    ...thoughts.map((text) => ({ type: 'thinking_delta', thinking: text })),
    { type: 'signature_delta', signature },
  ]
  const start = { type: 'thinking', thinking: '', signature: '' }
  return [{ start, deltas, whole: { type: 'thinking', thinking, signature } }]
}

function textBlocks(pieces: readonly Piece[]): readonly AnswerBlock[] {
  const texts = pieces.flatMap((piece) =>
    piece.type === 'text' ? [piece.text] : piece.type === 'audio' ? [piece.transcript] : [],
  )
  if (texts.length === 0) return []
  const text = joined(texts)
  const citations = pieces.flatMap((piece) => {
    if (piece.type !== 'citation') return []
    const { url, title, end } = piece
    return [
      { type: 'web_search_result_location', url, title, cited_text: text.slice(0, end), encrypted_index: 'simulated' },
    ]
  })
  const deltas = [
    ...citations.map((citation) => ({ type: 'citations_delta', citation })),
    ...texts.map((piece) => ({ type: 'text_delta', text: piece })),
  ]
  const cited = citations.length > 0 ? { citations } : {}
  return [{ start: { type: 'text', text: '' }, deltas, whole: { type: 'text', text, ...cited } }]
}

function toolBlocks(pieces: readonly Piece[]): readonly AnswerBlock[] {
  return pieces.flatMap((piece) => {
    if (piece.type !== 'tool-call') return []
    const parts = pieces.flatMap((part) =>
      part.type === 'tool-arguments' && part.index === piece.index ? [part.text] : [],
    )
    const call = { type: 'tool_use', id: piece.id.replace('call_', 'toolu_'), name: piece.name }
    const input: unknown = JSON.parse(joined(parts) || '{}')
    // A call without arguments sends one empty delta, as Anthropic does.
    const fragments = joined(parts) === '{}' ? [''] : parts
    const deltas = fragments.map((partial_json) => ({ type: 'input_json_delta', partial_json }))
    return [{ start: { ...call, input: {} }, deltas, whole: { ...call, input } }]
  })
}

const joined = (texts: readonly string[]): string => texts.join('')
