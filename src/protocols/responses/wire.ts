import type { JsonObject } from '../../util/json.ts'

/** The request as far as it is written here. Source: https://developers.openai.com/api/reference/resources/responses */
export interface ResponsesRequest {
  readonly model: string
  readonly instructions?: string
  readonly input: readonly InputItem[]
  readonly store: false
  readonly include: readonly ('reasoning.encrypted_content' | 'message.output_text.logprobs')[]
  readonly tools?: readonly (WireTool | XaiTool)[]
  readonly tool_choice?: ToolChoice
  readonly parallel_tool_calls?: boolean
  readonly max_tool_calls?: number
  readonly text?: { readonly format?: TextFormat; readonly verbosity?: string }
  readonly reasoning?: WireReasoning
  readonly max_output_tokens?: number
  readonly temperature?: number
  readonly top_p?: number
  readonly top_logprobs?: number
  readonly service_tier?: string
  readonly prompt_cache_key?: string
  readonly prompt_cache_options?: unknown
  readonly safety_identifier?: string
  readonly user?: string
  readonly metadata?: Readonly<Record<string, string>>
  readonly stream?: true
}

type ToolChoice =
  | 'none'
  | 'auto'
  | 'required'
  | { readonly type: 'function'; readonly name: string }
  | { readonly type: 'custom'; readonly name: string }
  | {
      readonly type: 'allowed_tools'
      readonly mode: 'auto' | 'required'
      readonly tools: { readonly type: string; readonly name: string }[]
    }

/** The same, with what a client wrote in this language in place of what is written here. */
export interface SentRequest extends Omit<ResponsesRequest, 'input' | 'tools' | 'tool_choice' | 'include'> {
  readonly input: readonly SentItem[]
  readonly tools?: readonly SentTool[]
  readonly tool_choice?: ToolChoice | JsonObject
  readonly include: readonly string[]
}

export type SentItem = InputItem | JsonObject
export type SentTool = WireTool | XaiTool | JsonObject
export type SentPart = InputPart | JsonObject

interface Marked {
  readonly prompt_cache_breakpoint?: { readonly mode: 'explicit'; readonly ttl?: string }
}

export type InputPart =
  | (Marked & { readonly type: 'input_text'; readonly text: string })
  | (Marked & {
      readonly type: 'input_image'
      readonly image_url: string
      readonly detail: 'auto' | 'low' | 'high' | 'original'
    })
  | (Marked & {
      readonly type: 'input_file'
      readonly filename?: string
      readonly file_data?: string
      readonly file_url?: string
      readonly file_id?: string
    })

export type OutputPart =
  | { readonly type: 'output_text'; readonly text: string; readonly annotations: readonly [] }
  | { readonly type: 'refusal'; readonly refusal: string }

export interface ReasoningItem {
  readonly type: 'reasoning'
  readonly id?: string
  readonly summary: readonly { readonly type: 'summary_text'; readonly text: string }[]
  readonly content?: readonly { readonly type: 'reasoning_text'; readonly text: string }[]
  readonly encrypted_content?: string
}

/** Of what the model wrote before, the ids are not known: only stored items need them. */
export type InputItem =
  | {
      readonly type: 'message'
      readonly role: 'system' | 'developer' | 'user'
      readonly content: string | readonly InputPart[]
    }
  | { readonly type: 'message'; readonly role: 'assistant'; readonly content: readonly OutputPart[] }
  | ReasoningItem
  | { readonly type: 'custom_tool_call'; readonly call_id: string; readonly name: string; readonly input: string }
  | { readonly type: 'function_call'; readonly call_id: string; readonly name: string; readonly arguments: string }
  | {
      readonly type: 'function_call_output' | 'custom_tool_call_output'
      readonly call_id: string
      readonly output: string | readonly InputPart[]
    }

export type WireTool =
  | {
      readonly type: 'custom'
      readonly name: string
      readonly description?: string
      readonly format?: { readonly type: 'text' }
    }
  | {
      readonly type: 'function'
      readonly name: string
      readonly description?: string
      readonly parameters: JsonObject
      readonly strict: boolean
    }
  | { readonly type: 'image_generation' }
  | {
      readonly type: 'web_search'
      readonly filters?: { readonly allowed_domains: readonly string[] }
      readonly search_context_size?: 'low' | 'medium' | 'high'
      readonly user_location?: {
        readonly type: 'approximate'
        readonly city?: string
        readonly region?: string
        readonly country?: string
        readonly timezone?: string
      }
    }

/** The tools of xAI, which have other fields. */
export type XaiTool =
  | {
      readonly type: 'web_search'
      readonly allowed_domains?: readonly string[]
      readonly excluded_domains?: readonly string[]
    }
  | {
      readonly type: 'x_search'
      readonly allowed_x_handles?: readonly string[]
      readonly excluded_x_handles?: readonly string[]
      readonly from_date?: string
      readonly to_date?: string
      readonly enable_image_understanding?: boolean
      readonly enable_video_understanding?: boolean
    }

export type TextFormat =
  | { readonly type: 'json_object' }
  | {
      readonly type: 'json_schema'
      readonly name: string
      readonly description?: string
      readonly schema: JsonObject
      readonly strict: boolean
    }

export interface WireReasoning {
  readonly effort?: 'max' | 'xhigh' | 'high' | 'medium' | 'low' | 'minimal' | 'none'
  readonly summary?: 'auto' | 'concise' | 'detailed'
  readonly context?: 'auto' | 'all_turns' | 'current_turn'
  readonly mode?: 'standard' | 'pro'
}
