import type { JsonObject } from './json.ts'

export interface AskedTool {
  readonly name: string
  /** JSON Schema of the arguments. */
  readonly parameters: unknown
}

/** What a request wants, in whatever language it was said. */
export interface Ask {
  readonly model: string
  readonly stream: boolean
  /** Whether a stream reports usage. */
  readonly includeUsage: boolean
  readonly promptTokens: number
  readonly choices: number
  /** The text of a trailing assistant message, to be continued. */
  readonly prefill: string | null
  /** The last paragraph of the last message, where the language can be told to go on by it. */
  readonly quoted?: string
  readonly stop: readonly string[]
  readonly maxTokens: number | null
  readonly tools: readonly AskedTool[]
  readonly calling: 'forbidden' | 'allowed' | 'required'
  /** A JSON answer is wanted that satisfies this schema. */
  readonly schema: JsonObject | null
}

/** A request that no provider would accept: answered with 400. */
export class BadAsk extends Error {}
