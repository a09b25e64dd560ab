import type { Answer, AnswerUsage, Piece } from '../../answer.ts'
import type { Conduct } from '../../conduct.ts'

const finishes: Readonly<Record<string, string>> = { stop: 'COMPLETE', length: 'MAX_TOKENS', tool_calls: 'TOOL_CALL' }
/** What the vendor puts around each prompt, and does not charge for. */
const preamble = 495

/** The JSON reply. What a model thinks before it calls tools is its plan. */
export function cohereReply(id: string, answer: Answer, conduct: Conduct): object {
  const pieces = answer.choices[0]?.pieces ?? []
  const calls = pieces.filter((piece) => piece.type === 'tool-call')
  const thought = joined(pieces, 'reasoning')
  const text = joined(pieces, 'text')
  const citations = pieces.flatMap((piece) => (piece.type === 'citation' ? [citation(piece)] : []))
  return {
    id,
    message: {
      role: 'assistant',
      ...(calls.length > 0 && thought !== '' && { tool_plan: thought }),
      content: [
        ...(calls.length === 0 && thought !== '' ? [{ type: 'thinking', thinking: thought }] : []),
        ...(text === '' ? [] : [{ type: 'text', text }]),
      ],
      ...(calls.length > 0 && {
        tool_calls: calls.map((call) => ({
          id: call.id,
          type: 'function',
          function: { name: call.name, arguments: argumentsOf(pieces, call.index) },
        })),
      }),
      ...(citations.length > 0 && { citations }),
    },
    ...(!conduct.noFinish && { finish_reason: finishOf(answer, conduct) }),
    ...(!conduct.noUsage && { usage: cohereUsage(answer.usage) }),
  }
}

export function finishOf(answer: Answer, { finish }: Conduct): string {
  return finish ?? finishes[answer.choices[0]?.finish ?? 'stop'] ?? 'COMPLETE'
}

export const cohereUsage = ({ prompt, cached, completion }: AnswerUsage): object => ({
  billed_units: { input_tokens: prompt, output_tokens: completion },
  tokens: { input_tokens: prompt + preamble, output_tokens: completion + 3 },
  cached_tokens: cached,
})

export const citation = ({ url, title, end }: Extract<Piece, { type: 'citation' }>): object => ({
  start: 0,
  end,
  text: '',
  sources: [{ type: 'document', id: url, document: { id: url, url, title } }],
  type: 'TEXT_CONTENT',
})

/** The language has no refusals and no sound: both are text. */
export const wordsOf = (piece: Piece, type: 'text' | 'reasoning'): string => {
  if (type === 'reasoning') return piece.type === 'reasoning' ? piece.text : ''
  if (piece.type === 'audio') return piece.transcript
  return piece.type === 'text' || piece.type === 'refusal' ? piece.text : ''
}

const joined = (pieces: readonly Piece[], type: 'text' | 'reasoning'): string =>
  pieces.map((piece) => wordsOf(piece, type)).join('')

const argumentsOf = (pieces: readonly Piece[], index: number): string =>
  pieces.map((piece) => (piece.type === 'tool-arguments' && piece.index === index ? piece.text : '')).join('')
