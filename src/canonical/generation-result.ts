import type { Annotation } from './annotation.ts'
import type { VendorItem } from './content-part.ts'
import type { GatewayError } from './errors.ts'
import type { FinishReason, TokenLogprob } from './generation-event.ts'
import type { Item } from './item.ts'
import type { ReasoningDetail } from './reasoning.ts'
import type { RouterMetadata } from './router-metadata.ts'
import type { ToolCall } from './tool.ts'
import type { Cost, Usage } from './usage.ts'

export interface AudioOutput {
  readonly id?: string
  readonly data: string
  readonly transcript: string
  readonly expiresAt?: number
}

/** A part of an answer. `logprobs` is null where the upstream reported none. */
export type Part =
  | {
      readonly type: 'text'
      readonly text: string
      readonly logprobs: readonly TokenLogprob[] | null
      /** What else the upstream's language says of it. */
      readonly original?: VendorItem
    }
  | { readonly type: 'reasoning'; readonly detail: ReasoningDetail }
  | { readonly type: 'refusal'; readonly text: string; readonly logprobs: readonly TokenLogprob[] | null }
  | ({ readonly type: 'tool-call'; readonly index: number; readonly original?: VendorItem } & ToolCall)
  /** A server tool that the gateway ran. `result` is null where the answer broke off before. */
  | {
      readonly type: 'server-tool'
      readonly id: string
      readonly tool: string
      readonly name: string
      readonly arguments: string
      readonly turn: number
      readonly beside?: string
      readonly status: 'completed' | 'failed' | null
      readonly result: string | null
    }
  | { readonly type: 'annotation'; readonly annotation: Annotation }
  | { readonly type: 'vendor-item'; readonly item: VendorItem }
  | { readonly type: 'image'; readonly url: string }
  | { readonly type: 'audio'; readonly audio: AudioOutput }

export interface Choice {
  readonly index: number
  /** The parts in the order in which they began in the stream. */
  readonly parts: readonly Part[]
  readonly finishReason: FinishReason | null
  readonly nativeFinishReason: string | null
  readonly stopSequence: string | null
}

/** A whole answer: the fold of its events. `error` is set when the answer broke off after it had begun. */
export interface GenerationResult {
  readonly provider: string
  readonly model: string
  readonly systemFingerprint: string | null
  readonly serviceTier: string | null
  readonly choices: readonly Choice[]
  readonly usage: Usage
  readonly cost?: Cost
  readonly metadata?: RouterMetadata
  readonly error?: GatewayError
  /** Fields of the whole answer that only one language has, in the order in which they came. */
  readonly vendorFields: readonly VendorItem[]
  /** The results of an operation that is no chat, in the order in which they came. */
  readonly items: readonly Item[]
}
