import type { JsonObject } from '../../util/json.ts'

/** The request as far as it is written here. Source: https://docs.cohere.com/reference/chat */
export interface CohereRequest {
  readonly model: string
  readonly messages: readonly WireMessage[]
  readonly documents?: readonly WireDocument[]
  readonly tools?: readonly WireTool[]
  readonly tool_choice?: 'REQUIRED' | 'NONE'
  readonly strict_tools?: true
  readonly response_format?: { readonly type: 'json_object'; readonly json_schema?: JsonObject }
  readonly thinking?: { readonly type: 'enabled' | 'disabled'; readonly token_budget?: number }
  readonly max_tokens?: number
  readonly stop_sequences?: readonly string[]
  readonly temperature?: number
  readonly p?: number
  readonly k?: number
  readonly seed?: number
  readonly frequency_penalty?: number
  readonly presence_penalty?: number
  readonly stream?: true
}

export interface TextBlock {
  readonly type: 'text'
  readonly text: string
}

export type UserBlock =
  | TextBlock
  | {
      readonly type: 'image_url'
      readonly image_url: { readonly url: string; readonly detail?: 'auto' | 'low' | 'high' }
    }

export interface WireCall {
  readonly id: string
  readonly type: 'function'
  readonly function: { readonly name: string; readonly arguments: string }
}

export interface WireAssistant {
  readonly role: 'assistant'
  readonly content?: readonly (TextBlock | { readonly type: 'thinking'; readonly thinking: string })[]
  readonly tool_plan?: string
  readonly tool_calls?: readonly WireCall[]
}

export type WireMessage =
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user'; readonly content: string | readonly UserBlock[] }
  | WireAssistant
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string }

export interface WireDocument {
  readonly data: Readonly<Record<string, string>>
}

export interface WireTool {
  readonly type: 'function'
  readonly function: { readonly name: string; readonly description?: string; readonly parameters: JsonObject }
}
