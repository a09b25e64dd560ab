import type { CacheControl } from './content-part.ts'

/** A function the client offers to the model. `parameters` is a JSON Schema. */
export interface FunctionTool {
  readonly type: 'function'
  readonly name: string
  readonly description?: string
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly strict?: boolean
  /** Marks the end of a prefix: the tools stand before everything else. */
  readonly cacheControl?: CacheControl
}

/** A tool that the gateway runs itself; `type` is its registered name, e.g. `openrouter:web_search`. */
export interface ServerToolRequest {
  readonly type: 'server'
  readonly name: string
  readonly parameters: Readonly<Record<string, unknown>>
}

export type Tool = FunctionTool | ServerToolRequest

export type ToolChoice = 'none' | 'auto' | 'required' | { readonly name: string }

/** A call the model made. `arguments` is JSON text exactly as the model wrote it, valid or not. */
export interface ToolCall {
  readonly id: string
  readonly name: string
  readonly arguments: string
}
