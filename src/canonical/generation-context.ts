import type { GatewayError } from './errors.ts'
import type { PipelineStage } from './router-metadata.ts'

/** Who pays for a generation. */
export interface Payer {
  readonly keyHash: string
  readonly account: string
}

/**
 * Why a call was made: `first` to its endpoint, `retry` of one that was called before, `hedge` beside one that was late, `rescue`
 * of a stream that broke off.
 */
export type AttemptKind = 'first' | 'retry' | 'hedge' | 'rescue'

/** Where one endpoint's text ended and another's went on. */
export interface Seam {
  /**
   * How it is known that nothing is missing or doubled: `prefill`, the endpoint continues an answer that has begun; `replay`, it said all
   * over again what had been sent; `instruction`, it was told to repeat the end of what had been sent, and did.
   */
  readonly method: 'prefill' | 'replay' | 'instruction'
  /** UTF-16 units of text that had been sent. */
  readonly after: number
  /** The call that broke off. */
  readonly from: AttemptEntry
}

/** One call to one endpoint as it went; written by the attempt loop, read by metadata and the ledger. */
export interface AttemptEntry {
  readonly endpoint: string
  readonly provider: string
  readonly providerName: string
  readonly model: string
  /** The service tier of the endpoint. */
  readonly tier: string
  readonly kind: AttemptKind
  /** Which endpoint it was, counted from 1: a second try of the same endpoint has the same number. */
  readonly attempt: number
  readonly startedAt: number
  /** Milliseconds. */
  latency: number
  /** HTTP status, or the one the failure was mapped to; 0 while it runs, and when the client left or the call was given up. */
  status: number
  /**
   * `cancelled` where another call answered first; `diverged` where what it said does not join what had been sent; `schema_mismatch`
   * where it is not as the answer was asked to be, and another endpoint was asked.
   */
  errorKind: string | null
  /** Status that the upstream itself answered with; null where it did not fail, or gave no answer. */
  upstreamStatus: number | null
  /** Why it failed, for the log: it quotes nobody. */
  cause: string | null
  /** Whether the upstream has the whole request. */
  sent: boolean
  /** Whether a call that is given up stops, and costs no more. */
  readonly stoppable: boolean
  upstreamId: string | null
  /** Nano-USD of the usage that it reported before it failed or was given up; what those that answered cost is settled at the end. */
  cost: number
  /** Where it took over an answer that another call had begun. */
  seam?: Seam
}

/** Puts on an entry how its call failed. */
export function noteFailure(entry: AttemptEntry, error: GatewayError): void {
  entry.status = error.status
  entry.errorKind = error.kind
  entry.upstreamStatus = error.details.upstreamStatus ?? null
  entry.cause = causeOf(error)
}

/** What a provider says may quote the prompt: of its words only a code is told, and what the connection failed of. */
function causeOf({ message, cause, details }: GatewayError): string | null {
  if (details.raw !== undefined) return /^[\w.-]{1,64}$/.exec(details.providerCode ?? '')?.[0] ?? null
  if (details.providerName === undefined) return null
  return cause instanceof Error && 'code' in cause ? `${message} ${cause.message}` : message
}

/**
 * What travels beside the request: who asks, when it began, how to stop, and the log of what was done.
 * The logs grow while the request runs, and what the answer has to say of itself is added; everything else is fixed.
 */
export class GenerationContext {
  readonly id: string
  readonly requestId: string
  readonly payer: Payer
  /** Aborted when the client leaves or the gateway gives up. */
  readonly signal: AbortSignal
  /** Unix milliseconds of arrival, and the same moment on the monotonic clock. */
  readonly createdAt: number
  readonly startedAt: number
  readonly attempts: AttemptEntry[] = []
  readonly pipeline: PipelineStage[] = []
  /** What the endpoint that answers was sent in place of a `max_tokens` that is less than it takes. */
  raisedMaxTokens: number | undefined
  /** Calls to providers that were begun; of a completion that is asked for choice by choice, each. */
  calls = 0

  constructor(fields: {
    readonly id: string
    readonly requestId: string
    readonly payer: Payer
    readonly signal: AbortSignal
    readonly createdAt: number
    readonly startedAt: number
  }) {
    this.id = fields.id
    this.requestId = fields.requestId
    this.payer = fields.payer
    this.signal = fields.signal
    this.createdAt = fields.createdAt
    this.startedAt = fields.startedAt
  }
}
