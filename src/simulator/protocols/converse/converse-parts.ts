import type { AnswerUsage, Choice, Piece } from '../../answer.ts'
import type { ReplySettings } from '../../reply-settings.ts'

const stopReasons = { stop: 'end_turn', length: 'max_tokens', tool_calls: 'tool_use' } as const

/** Returns the stop reason of a choice. A refusal is text that a guardrail sends in place of the model's answer. */
export const stopReason = ({ finish, pieces }: Choice, settings: ReplySettings): string =>
  settings.finish ?? (pieces.some(({ type }) => type === 'refusal') ? 'guardrail_intervened' : stopReasons[finish])

/** Encodes the usage of an answer. The input tokens do not include those read from a cache. */
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

/** Returns the text of a piece that is written as text here. Converse has neither refusals nor audio of its own. */
export function textOf(piece: Piece): string | null {
  if (piece.type === 'text' || piece.type === 'refusal') return piece.text
  return piece.type === 'audio' ? piece.transcript : null
}
