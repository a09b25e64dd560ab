import type { Annotation } from './annotation.ts'
import type { GatewayError } from './errors.ts'
import type { FinishReason, TokenLogprob } from './generation-event.ts'
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

export interface Choice {
  readonly index: number
  readonly text: string | null
  readonly reasoning: readonly ReasoningDetail[]
  readonly refusal: string | null
  readonly toolCalls: readonly ToolCall[]
  readonly annotations: readonly Annotation[]
  readonly images: readonly string[]
  readonly audio?: AudioOutput
  readonly logprobs: readonly TokenLogprob[] | null
  readonly refusalLogprobs: readonly TokenLogprob[] | null
  readonly finishReason: FinishReason | null
  readonly nativeFinishReason: string | null
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
}
