import type { Annotation } from './annotation.ts'
import type { CacheControl, ContentPart, TextPart } from './content-part.ts'
import type { ReasoningDetail } from './reasoning.ts'
import type { ToolCall } from './tool.ts'

export interface SystemMessage {
  readonly role: 'system' | 'developer'
  readonly content: readonly TextPart[]
  readonly name?: string
}

export interface UserMessage {
  readonly role: 'user'
  readonly content: readonly ContentPart[]
  readonly name?: string
}

/** An earlier answer. As the last message it is a prefill: the model continues it (contract §2.1). */
export interface AssistantMessage {
  readonly role: 'assistant'
  /** The slug of the model that gave the answer, where the client kept it. A router model can be set to use the same model again. */
  readonly model?: string
  readonly content: readonly ContentPart[]
  readonly name?: string
  readonly toolCalls: readonly ToolCall[]
  readonly refusal?: string
  readonly reasoning?: string
  /** Present and empty is not absent: some upstreams need the empty list back (contract §2.5). */
  readonly reasoningDetails?: readonly ReasoningDetail[]
  readonly annotations?: readonly Annotation[]
  /** Addresses and data URLs of images that it brought. */
  readonly images?: readonly string[]
  /** Marks the end of a prefix where there is no part that could: behind the calls. */
  readonly cacheControl?: CacheControl
}

export interface ToolMessage {
  readonly role: 'tool'
  readonly content: readonly ContentPart[]
  readonly toolCallId: string
  readonly name?: string
  /** Whether the tool failed. */
  readonly isError?: true
}

export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage
