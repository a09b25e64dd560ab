import type { Annotation } from './annotation.ts'
import type { GatewayError, Retry } from './errors.ts'
import type { ReasoningDetail } from './reasoning.ts'
import type { Operation } from './operation.ts'
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

/** What could not be held to a schema of the client's. */
export type Unchecked = 'response_format' | 'tool_calls'

/** What is told about a call besides its content, whatever is asked of the endpoint. */
export type ProgressEvent =
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
  /** From the attempt loop: this endpoint answers, and no other will. `attempt` counts endpoints from 1. */
  | {
      readonly type: 'committed'
      readonly provider: string
      readonly model: string
      readonly endpoint: string
      readonly attempt: number
      /** The tier of the endpoint, where the client asked for one; what the upstream reports counts more. */
      readonly serviceTier?: string
    }
  /** Cumulative inside one call: the last one counts. */
  | { readonly type: 'usage'; readonly usage: Usage; readonly serviceTier?: string }

/** One piece of what a model writes. */
export type ContentEvent =
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
  /** The part that was written is complete: what follows begins another, where the language tells parts apart. */
  | { readonly type: 'part-end'; readonly choice: number }
  | {
      readonly type: 'finish'
      readonly choice: number
      readonly reason: FinishReason
      readonly native: string | null
      /** The answer is complete, and not as it was asked to be. */
      readonly isUnfit?: true
      /** The stop sequence that ended the answer, where the upstream names it. */
      readonly stopSequence?: string
    }

export type AnswerEvent = ProgressEvent | ContentEvent

/** A stream that breaks off, and how far to go for another answer (principle 4). */
export interface ErrorEvent {
  readonly type: 'error'
  readonly error: GatewayError
  readonly retry: Retry
  readonly metadata?: RouterMetadata
}

export const errorEvent = (error: GatewayError, scope: Retry['scope']): ErrorEvent => ({
  type: 'error',
  error,
  retry: { scope },
})

/**
 * What comes back up, whatever language it was spoken in. Each level has an end of its own, and its stream ends with exactly one of
 * that or `error`. A call is one request to one endpoint. `usage` is what the upstream reported in all.
 */
export type CallEvent =
  | AnswerEvent
  | {
      readonly type: 'call-end'
      readonly usage: Usage
      /** What could not be held to a schema of the client's, and so counts neither as good nor as bad. */
      readonly unchecked?: readonly Unchecked[]
    }
  | ErrorEvent

/** A turn may take several calls; at its end it is billed. */
export type TurnEvent =
  | AnswerEvent
  | { readonly type: 'turn-end'; readonly usage: Usage; readonly cost: Cost }
  | ErrorEvent

/** A generation may take several turns; at its end it is on record. */
export type GenerationEvent =
  | AnswerEvent
  | { readonly type: 'end'; readonly usage: Usage; readonly cost: Cost; readonly metadata?: RouterMetadata }
  | ErrorEvent

/** What is said about one choice. */
export type ChoiceEvent = ContentEvent

/** All events that were decoded from one read. */
export type CallBatch = readonly CallEvent[]
export type TurnBatch = readonly TurnEvent[]
export type GenerationBatch = readonly GenerationEvent[]
export type CallStream = AsyncIterable<CallBatch>
export type TurnStream = AsyncIterable<TurnBatch>
export type GenerationStream = AsyncIterable<GenerationBatch>

type AnyEvent = CallEvent | TurnEvent | GenerationEvent

/** Whether an event neither ends a stream nor breaks it off. */
export const isAnswer = (event: AnyEvent): event is AnswerEvent =>
  event.type !== 'call-end' && event.type !== 'turn-end' && event.type !== 'end' && event.type !== 'error'

/** Whether a stream goes on after a batch: what ends it is always the last event of its batch. */
export function goesOn(batch: readonly AnyEvent[]): batch is readonly AnswerEvent[] {
  const last = batch.at(-1)
  return last === undefined || isAnswer(last)
}

/** Tells which events commit an answer to each operation: after the first, no other endpoint may answer. */
export const commits: Readonly<Record<Operation, (event: CallEvent) => boolean>> = {
  chat: isContent,
  completions: isContent,
}

/** Whether an event is something the client can see, after which no other endpoint may answer (principle 4). */
export function isContent(event: AnyEvent): boolean {
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
