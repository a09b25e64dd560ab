/** A part of what a person sends, in the words of the API. */
export type Part =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image_url'; readonly image_url: { readonly url: string } }
  | { readonly type: 'file'; readonly file: { readonly filename: string; readonly file_data: string } }
  | { readonly type: 'input_audio'; readonly input_audio: { readonly data: string; readonly format: string } }

export interface ToolCall {
  readonly id: string
  readonly type: 'function'
  readonly function: { readonly name: string; readonly arguments: string }
}

/** An answer, as far as it has come. */
export interface Answer {
  readonly role: 'assistant'
  readonly text: string
  readonly reasoning: string
  readonly toolCalls: readonly ToolCall[]
  /** Data addresses of images. */
  readonly images: readonly string[]
  readonly generation: string | null
  readonly provider: string | null
  readonly finish: string | null
  readonly promptTokens: number | null
  readonly completionTokens: number | null
  readonly cost: number | null
  /** Milliseconds from the request to the first content, as this browser saw it. */
  readonly firstMs: number | null
  readonly totalMs: number | null
  readonly error: string | null
}

export type Message =
  | { readonly role: 'user'; readonly content: readonly Part[] }
  | { readonly role: 'tool'; readonly tool_call_id: string; readonly content: string }
  | Answer

export const noAnswer: Answer = {
  role: 'assistant',
  text: '',
  reasoning: '',
  toolCalls: [],
  images: [],
  generation: null,
  provider: null,
  finish: null,
  promptTokens: null,
  completionTokens: null,
  cost: null,
  firstMs: null,
  totalMs: null,
  error: null,
}

/** Returns the message as the API takes it. */
export function toWire(message: Message): object {
  if (message.role !== 'assistant') return message
  const { text, toolCalls } = message
  return { role: 'assistant', content: text, ...(toolCalls.length > 0 && { tool_calls: toolCalls }) }
}
