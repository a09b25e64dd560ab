import type { Annotation } from './annotation.ts'
import type { VendorItem } from './content-part.ts'
import type { GatewayError, Retry } from './errors.ts'
import type { Item } from './item.ts'
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

/** The part of an answer that could not be checked against a schema of the client. */
export type Unchecked = 'response_format' | 'tool_calls'

/** An event about a call and not about its content. All operations have these. */
export type ProgressEvent =
  /** The body sent upstream, for the debug echo; held back until an attempt commits. */
  | { readonly type: 'upstream-request'; readonly body: unknown; readonly provider?: string; readonly model?: string }
  /** A comment or ping from the upstream, which shows that the connection is alive. */
  | { readonly type: 'alive' }
  | {
      readonly type: 'start'
      readonly upstreamId?: string
      readonly systemFingerprint?: string
      /** The `max_tokens` that the upstream was sent, where the client's value is lower than the upstream accepts. */
      readonly raisedMaxTokens?: number
    }
  /** From the attempt loop: this endpoint answers, and no other endpoint will. `attempt` counts endpoints from 1. */
  | {
      readonly type: 'committed'
      readonly provider: string
      readonly model: string
      readonly endpoint: string
      readonly attempt: number
      /** The service tier of the endpoint, where the client asked for one. A tier that the upstream reports takes precedence. */
      readonly serviceTier?: string
    }
  /** Fields of the whole answer that only one language has; the later ones count. */
  | { readonly type: 'vendor-fields'; readonly item: VendorItem }
  /** Cumulative within one call: the last one counts. */
  | { readonly type: 'usage'; readonly usage: Usage; readonly serviceTier?: string }

/** One piece of the answer of a model. */
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
      /** What else the upstream's language says of it. */
      readonly original?: VendorItem
    }
  | { readonly type: 'tool-call-delta'; readonly choice: number; readonly index: number; readonly arguments: string }
  | { readonly type: 'annotation'; readonly choice: number; readonly annotation: Annotation }
  | { readonly type: 'image'; readonly choice: number; readonly url: string }
  /** A complete piece of the answer that only one language has a word for, such as what the upstream's own tools did. */
  | { readonly type: 'vendor-item'; readonly choice: number; readonly item: VendorItem }
  | {
      readonly type: 'audio-delta'
      readonly choice: number
      readonly id?: string
      readonly data?: string
      readonly transcript?: string
      readonly expiresAt?: number
    }
  /** The model called a server tool, which the gateway now runs. `tool` is the registered type, `name` the name of the function. */
  | {
      readonly type: 'server-tool-call'
      readonly choice: number
      readonly id: string
      readonly tool: string
      readonly name: string
      /** JSON text as the model wrote it. */
      readonly arguments: string
      /** The number of the turn that made the call, from 0. */
      readonly turn: number
      /** A call of the client's functions that the same turn made. */
      readonly beside?: string
    }
  /** The result of that call. `result` is the JSON text that the model is given. */
  | {
      readonly type: 'server-tool-result'
      readonly choice: number
      readonly id: string
      readonly tool: string
      readonly status: 'completed' | 'failed'
      readonly result: string
    }
  /** The current part is complete, and what follows begins another. Only protocols that separate parts send it. */
  | {
      readonly type: 'part-end'
      readonly choice: number
      /** What else the upstream's language says of the part. */
      readonly original?: VendorItem
    }
  | {
      readonly type: 'finish'
      readonly choice: number
      readonly reason: FinishReason
      readonly native: string | null
      /** The answer is complete but does not fit the response format. */
      readonly isUnfit?: true
      /** The stop sequence that ended the answer, where the upstream names it. */
      readonly stopSequence?: string
    }

/** One result of an operation that is no chat. */
export interface ItemEvent {
  readonly type: 'item'
  readonly item: Item
}

export type AnswerEvent = ProgressEvent | ContentEvent | ItemEvent

/** The event of a stream that breaks off, with how far to go for another answer (principle 4). */
export interface ErrorEvent {
  readonly type: 'error'
  readonly error: GatewayError
  readonly retry: Retry
  readonly metadata?: RouterMetadata
}

/** Makes the event of a stream that breaks off. */
export const errorEvent = (error: GatewayError, scope: Retry['scope']): ErrorEvent => ({
  type: 'error',
  error,
  retry: { scope },
})

/**
 * An event of a call, in the same form for every upstream protocol. A call is one request to one endpoint. Calls, turns and generations
 * each have an end event of their own, and each stream ends with exactly one end event or `error`. `usage` is the sum that the upstream
 * reported.
 */
export type CallEvent =
  | AnswerEvent
  | {
      readonly type: 'call-end'
      readonly usage: Usage
      /** The parts that could not be checked against a schema of the client, and so count neither as good nor as bad. */
      readonly unchecked?: readonly Unchecked[]
    }
  | ErrorEvent

/** An event of a turn. A turn may take several calls, and is billed at its end. */
export type TurnEvent =
  | AnswerEvent
  | { readonly type: 'turn-end'; readonly usage: Usage; readonly cost: Cost }
  | ErrorEvent

/** An event of a generation. A generation may take several turns, and is recorded at its end. */
export type GenerationEvent =
  | AnswerEvent
  | { readonly type: 'end'; readonly usage: Usage; readonly cost: Cost; readonly metadata?: RouterMetadata }
  | ErrorEvent

/** An event about one choice. */
export type ChoiceEvent = ContentEvent

/** All events that were decoded from one read of the upstream. */
export type CallBatch = readonly CallEvent[]
export type TurnBatch = readonly TurnEvent[]
export type GenerationBatch = readonly GenerationEvent[]
export type CallStream = AsyncIterable<CallBatch>
export type TurnStream = AsyncIterable<TurnBatch>
export type GenerationStream = AsyncIterable<GenerationBatch>

type AnyEvent = CallEvent | TurnEvent | GenerationEvent

/** Tells whether an event is part of an answer: it neither ends the stream nor breaks it off. */
export const isAnswer = (event: AnyEvent): event is AnswerEvent =>
  event.type !== 'call-end' && event.type !== 'turn-end' && event.type !== 'end' && event.type !== 'error'

/** Tells whether a stream goes on after a batch. The event that ends a stream is always the last one of its batch. */
export function goesOn(batch: readonly AnyEvent[]): batch is readonly AnswerEvent[] {
  const last = batch.at(-1)
  return last === undefined || isAnswer(last)
}

/** Tells which events commit an answer to each operation: after the first, no other endpoint may answer. */
export const commits: Readonly<Record<Operation, (event: CallEvent) => boolean>> = {
  chat: isContent,
  completions: isContent,
  embeddings: isContent,
  rerank: isContent,
  images: isContent,
  speech: isContent,
  transcription: isContent,
}

/** Tells whether an event is something that the client can see, after which no other endpoint may answer (principle 4). */
export function isContent(event: AnyEvent): boolean {
  switch (event.type) {
    case 'text-delta':
    case 'reasoning-delta':
    case 'refusal-delta':
    case 'tool-call-start':
    case 'tool-call-delta':
    case 'image':
    case 'vendor-item':
    case 'audio-delta':
    case 'server-tool-call':
    case 'server-tool-result':
    case 'item':
    case 'finish':
      return true
    default:
      return false
  }
}
