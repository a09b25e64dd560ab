import type { AnswerUsage, Choice, Piece } from '../../answer.ts'
import type { Conduct } from '../../conduct.ts'

const stopReasons = { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use' } as const

/** A refusal is what a guardrail says in place of the model. */
export const stopReason = ({ finish, pieces }: Choice, conduct: Conduct): string =>
  conduct.finish ?? (pieces.some(({ type }) => type === 'refusal') ? 'guardrail_intervened' : stopReasons[finish])

/** The input leaves out what was read from a cache. */
export const converseUsage = ({ prompt, cached, completion }: AnswerUsage): object => ({
  inputTokens: Math.max(0, prompt - cached),
  outputTokens: completion,
  totalTokens: prompt + completion,
  cacheReadInputTokens: cached,
  cacheWriteInputTokens: 0,
})

export const converseCitation = ({ url, title }: Extract<Piece, { type: 'citation' }>): object => ({
  title,
  location: { web: { url, domain: new URL(url).hostname } },
})

/** The words of a piece that is text here: Converse has neither refusals nor sound of its own. */
export function wordsOf(piece: Piece): string | null {
  if (piece.type === 'text' || piece.type === 'refusal') return piece.text
  return piece.type === 'audio' ? piece.transcript : null
}
