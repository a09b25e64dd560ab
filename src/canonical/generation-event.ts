import type { Annotation } from './annotation.ts'
import type { GatewayError, Retry } from './errors.ts'
import type { ReasoningDetail } from './reasoning.ts'
import type { RouterMetadata } from './router-metadata.ts'
import type { Cost, Usage } from './usage.ts'

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'error'

export interface TokenLogprob {
  readonly token: string
  readonly logprob: number
  readonly bytes: readonly number[] | null
  readonly top: readonly {
    readonly token: string
    readonly logprob: number
    readonly bytes: readonly number[] | null
  }[]
}

export type Unchecked = 'response_format' | 'tool_calls'

/**
 * What comes back up, whatever language it was spoken in. A call ends with exactly one `end` or `error`.
 * Content, and so the commit point, is any text, reasoning, refusal, tool-call, image or audio event, or a finish.
 */
export type GenerationEvent =
  /** The body sent upstream, for the debug echo; held back until an attempt commits. */
  | { readonly type: 'upstream-request'; readonly body: unknown; readonly provider?: string; readonly model?: string }
  /** A comment or ping from the upstream: a sign of life. */
  | { readonly type: 'alive' }
  | {
      readonly type: 'start'
      readonly upstreamId?: string
      readonly systemFingerprint?: string
      /** What the upstream was sent in place of a `max_tokens` that is less than it takes. */
      readonly raisedMaxTokens?: number
    }
  /** From the attempt loop: this endpoint answers, and nobody else will. `attempt` counts endpoints from 1. */
  | {
      readonly type: 'committed'
      readonly provider: string
      readonly model: string
      readonly endpoint: string
      readonly attempt: number
      /** The tier of the endpoint, where the client asked for one; what the upstream says of it counts more. */
      readonly serviceTier?: string
    }
  | {
      readonly type: 'text-delta'
      readonly choice: number
      readonly text: string
      readonly logprobs?: readonly TokenLogprob[]
    }
  | { readonly type: 'reasoning-delta'; readonly choice: number; readonly detail: ReasoningDetail }
  | {
      readonly type: 'refusal-delta'
      readonly choice: number
      readonly text: string
      readonly logprobs?: readonly TokenLogprob[]
    }
  | {
      readonly type: 'tool-call-start'
      readonly choice: number
      readonly index: number
      readonly id: string
      readonly name: string
    }
  | { readonly type: 'tool-call-delta'; readonly choice: number; readonly index: number; readonly arguments: string }
  | { readonly type: 'annotation'; readonly choice: number; readonly annotation: Annotation }
  | { readonly type: 'image'; readonly choice: number; readonly url: string }
  | {
      readonly type: 'audio-delta'
      readonly choice: number
      readonly id?: string
      readonly data?: string
      readonly transcript?: string
      readonly expiresAt?: number
    }
  /** Cumulative inside one call: the last one counts. */
  | { readonly type: 'usage'; readonly usage: Usage; readonly serviceTier?: string }
  | { readonly type: 'finish'; readonly choice: number; readonly reason: FinishReason; readonly native: string | null }
  /** Completed by settle; an endpoint's call ends with an `end` that carries only usage. */
  | {
      readonly type: 'end'
      readonly usage: Usage
      readonly cost?: Cost
      readonly metadata?: RouterMetadata
      /** What could not be held to a schema of the client's, and so counts neither as good nor as bad. */
      readonly unchecked?: readonly Unchecked[]
    }
  | {
      readonly type: 'error'
      readonly error: GatewayError
      readonly retry: Retry
      readonly metadata?: RouterMetadata
    }

/** What is said about one choice. */
export type ChoiceEvent = Extract<GenerationEvent, { readonly choice: number }>

export type GenerationBatch = readonly GenerationEvent[]
export type GenerationStream = AsyncIterable<GenerationBatch>

/** Whether an event is something the client can see, after which no other endpoint may answer (principle 4). */
export function isContent(event: GenerationEvent): boolean {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
    case 'tool-call-start':
    case 'tool-call-delta':
    case 'image':
    case 'audio-delta':
    case 'finish':
      return true
    default:
      return false
  }
}
