import type { GatewayError } from './errors.ts'
import type { Outcome } from './outcome.ts'
import type { Principal } from './principal.ts'
import type { PipelineStage, Strategy } from './router-metadata.ts'
import type { Cost, Usage } from './usage.ts'

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

/** An endpoint by the names that clients see. */
interface NamedEndpoint {
  readonly id: string
  readonly provider: string
  readonly providerName: string
  readonly model: string
}

/** How a turn was routed, as metadata tells it. */
export interface RouteTaken {
  /** The slug the client sent, or the default's. */
  readonly requested: string
  readonly strategy: Strategy
  /** What a router model was told, or chose by. */
  readonly parameters?: Readonly<Record<string, unknown>>
  /** Every endpoint of the models asked for. */
  readonly considered: readonly NamedEndpoint[]
}

/** One turn as it was billed. */
export interface BilledTurn {
  readonly usage: Usage
  readonly cost: Cost
  /** The fold of its events; of several calls, that of the last. */
  readonly outcome: Outcome
  /** The endpoint that answered last, and its entry; null where none did. */
  readonly endpoint: NamedEndpoint | null
  readonly served: AttemptEntry | null
}

/**
 * What travels beside the request: who asks, when it began, how to stop, and the logs of what was done. The logs grow while the
 * request runs, and what the answer has to tell of itself is added; everything else is fixed.
 */
export class GenerationContext {
  readonly id: string
  readonly requestId: string
  readonly principal: Principal
  /** Aborted when the client leaves or the gateway gives up. */
  readonly signal: AbortSignal
  /** Unix milliseconds of arrival, and the same moment on the monotonic clock. */
  readonly createdAt: number
  readonly startedAt: number
  /** Monotonic milliseconds after which no further call begins. */
  readonly deadline: number
  /** What the generation may cost, with all that is nested in it, in nano-USD; null where nothing limits it. */
  readonly budget: number | null
  /** The generation whose tool makes this call; null for what a client asked. */
  readonly parent: GenerationContext | null
  /** That tool; null for what a client asked. */
  readonly tool: string | null
  readonly attempts: AttemptEntry[] = []
  readonly pipeline: PipelineStage[] = []
  readonly turns: BilledTurn[] = []
  /** Generations that tools of this one made: their turns are parts of this one's record and cost. */
  readonly children: GenerationContext[] = []
  /** How the newest turn was routed; null before the first. */
  route: RouteTaken | null = null
  /** What the endpoint that answers was sent in place of a `max_tokens` that is less than it takes. */
  raisedMaxTokens: number | undefined
  /** Calls to providers that were begun; of a completion that is asked for choice by choice, each. */
  calls = 0

  constructor(fields: {
    readonly id: string
    readonly requestId: string
    readonly principal: Principal
    readonly signal: AbortSignal
    readonly createdAt: number
    readonly startedAt: number
    readonly deadline: number
    readonly budget?: number | null
    readonly parent?: GenerationContext
    readonly tool?: string
  }) {
    this.id = fields.id
    this.requestId = fields.requestId
    this.principal = fields.principal
    this.signal = fields.signal
    this.createdAt = fields.createdAt
    this.startedAt = fields.startedAt
    this.deadline = fields.deadline
    this.budget = fields.budget ?? null
    this.parent = fields.parent ?? null
    this.tool = fields.tool ?? null
  }

  /** Makes the context of a call that a tool of this generation makes: it shares the principal, deadline, abort signal and budget. */
  child(tool: string): GenerationContext {
    const { id, requestId, principal, signal, createdAt, startedAt, deadline, budget } = this
    const fields = { id, requestId, principal, signal, createdAt, startedAt, deadline, budget }
    const child = new GenerationContext({ ...fields, parent: this, tool })
    this.children.push(child)
    return child
  }

  /** How many generations this one is nested in: 0 for what a client asked. */
  get depth(): number {
    return this.parent === null ? 0 : this.parent.depth + 1
  }

  /** What a client asked, of which this generation is a part. */
  get root(): GenerationContext {
    return this.parent === null ? this : this.parent.root
  }

  /** What was billed so far, here and in all that is nested here, in nano-USD. */
  spent(): number {
    let total = 0
    for (const { turns } of this.family()) for (const { cost } of turns) total += cost.total
    return total
  }

  /** Yields this generation and all that is nested in it, the outer ones first. */
  *family(): Generator<GenerationContext, void, void> {
    yield this
    for (const child of this.children) yield* child.family()
  }
}
