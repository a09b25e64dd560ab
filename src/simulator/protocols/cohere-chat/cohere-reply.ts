import type { Answer, AnswerUsage, Piece } from '../../answer.ts'
import type { ReplySettings } from '../../reply-settings.ts'

const finishes: Readonly<Record<string, string>> = { stop: 'COMPLETE', length: 'MAX_TOKENS', tool_calls: 'TOOL_CALL' }
/** The tokens that the vendor adds to each prompt and does not charge for. */
const preamble = 495

/** Returns the JSON reply. The reasoning before tool calls is their plan (`tool_plan`). */
export function cohereReply(id: string, answer: Answer, settings: ReplySettings): object {
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
    ...(!settings.noFinish && { finish_reason: finishOf(answer, settings) }),
    ...(!settings.noUsage && { usage: cohereUsage(answer.usage) }),
  }
}

export function finishOf(answer: Answer, { finish }: ReplySettings): string {
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

/** Returns the text of a piece. This protocol has neither refusals nor audio, so both are written as text. */
export const textOf = (piece: Piece, type: 'text' | 'reasoning'): string => {
  if (type === 'reasoning') return piece.type === 'reasoning' ? piece.text : ''
  if (piece.type === 'audio') return piece.transcript
  return piece.type === 'text' || piece.type === 'refusal' ? piece.text : ''
}

const joined = (pieces: readonly Piece[], type: 'text' | 'reasoning'): string =>
  pieces.map((piece) => textOf(piece, type)).join('')

const argumentsOf = (pieces: readonly Piece[], index: number): string =>
  pieces.map((piece) => (piece.type === 'tool-arguments' && piece.index === index ? piece.text : '')).join('')
