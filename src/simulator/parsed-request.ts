import type { JsonObject } from './json.ts'

export interface RequestTool {
  readonly name: string
  /** The JSON Schema of the arguments. */
  readonly parameters: unknown
}

/** A request after parsing, in a form that is the same for every protocol. */
export interface ParsedRequest {
  readonly model: string
  readonly stream: boolean
  /** Whether the stream must report usage. */
  readonly includeUsage: boolean
  readonly promptTokens: number
  readonly choices: number
  /** The text of a trailing assistant message, which the answer must continue. */
  readonly prefill: string | null
  /** The last paragraph of the last message, in protocols where it can ask the model to continue from quoted text. */
  readonly quoted?: string
  readonly stop: readonly string[]
  readonly maxTokens: number | null
  readonly tools: readonly RequestTool[]
  /** `answered`: the last message is the result of a call. */
  readonly calling: 'forbidden' | 'answered' | 'allowed' | 'required'
  /** The number of results of tool calls in the conversation. */
  readonly results: number
  /** The tools of the provider's own that the request offers. Absent: none. */
  readonly native?: readonly ('web_search' | 'web_fetch')[]
  /** The schema that a JSON answer must satisfy. */
  readonly schema: JsonObject | null
}

/** A request that no provider would accept. The reply is a 400. */
export class InvalidRequest extends Error {}
