import type { CacheControl, VendorItem } from './content-part.ts'
import type { NativeTool, NativeToolName } from './native-tool.ts'

/** A function the client offers to the model. `parameters` is a JSON Schema. */
export interface FunctionTool {
  readonly type: 'function'
  readonly name: string
  readonly description?: string
  readonly parameters?: Readonly<Record<string, unknown>>
  readonly strict?: boolean
  /** Marks the end of a prefix: the tools stand before everything else. */
  readonly cacheControl?: CacheControl
  /** What takes the place of the function at an endpoint that has the tool built in. */
  readonly native?: NativeTool
  /** It takes free text, its one argument `input`. What languages with such tools say of the text, e.g. its grammar. */
  readonly custom?: Readonly<Record<string, unknown>>
  /** The group that it belongs to, in a language with groups. The name begins with it, so that it is one tool's alone. */
  readonly group?: { readonly name: string; readonly description?: string; readonly short: string }
  /** The server tool that it stands for while the gateway runs that tool. */
  readonly standsFor?: ServerToolRequest
}

/** A tool that only an endpoint with the tool built in can run. For other endpoints it is left out. */
export interface NativeToolRequest {
  readonly type: 'native'
  readonly name: NativeToolName
  readonly native: NativeTool
}

/** A tool that the gateway runs itself; `name` is its registered type, e.g. `openrouter:web_search`. */
export interface ServerToolRequest {
  readonly type: 'server'
  readonly name: string
  readonly parameters: Readonly<Record<string, unknown>>
}

/** A tool that only one language has. Endpoints that speak another refuse it. */
export interface VendorTool {
  readonly type: 'vendor'
  readonly name: string
  readonly item: VendorItem
}

export type Tool = FunctionTool | NativeToolRequest | ServerToolRequest | VendorTool

export type ToolChoice = 'none' | 'auto' | 'required' | { readonly name: string }

/** A call the model made. `arguments` is JSON text exactly as the model wrote it, valid or not. */
export interface ToolCall {
  readonly id: string
  readonly name: string
  readonly arguments: string
}
