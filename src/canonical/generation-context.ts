import { type GatewayError, wordOfProvider } from './errors.ts'
import type { Fee } from './fee.ts'
import type { Outcome } from './outcome.ts'
import type { Principal } from './principal.ts'
import type { PipelineStage, Strategy } from './router-metadata.ts'
import type { TraceContext } from './trace-context.ts'
import type { Cost, Usage } from './usage.ts'

/**
 * The reason for a call: `first` to its endpoint, `retry` at an endpoint that was called before, `hedge` beside a late call, `rescue` of a
 * stream that broke off.
 */
export type AttemptKind = 'first' | 'retry' | 'hedge' | 'rescue'

/** The place in an answer where one endpoint broke off and another continued. */
export interface Seam {
  /**
   * Why nothing is missing or doubled. `prefill`: the endpoint continued an answer that it got as prefill. `replay`: it repeated the whole
   * text that had been sent. `instruction`: it was told to repeat the end of that text, and did so.
   */
  readonly method: 'prefill' | 'replay' | 'instruction'
  /** The length of the text that had been sent, in UTF-16 units. */
  readonly after: number
  /** The call that broke off. */
  readonly from: AttemptEntry
}

/** One call to one endpoint and its result. The attempt loop writes it; metadata and the ledger read it. */
export interface AttemptEntry {
  readonly endpoint: string
  readonly provider: string
  readonly providerName: string
  readonly model: string
  /** The service tier of the endpoint. */
  readonly tier: string
  /** Whether the call is made with a key that the account brought for the provider. */
  readonly isByok: boolean
  readonly kind: AttemptKind
  /** The number of the endpoint, counted from 1. A second try of the same endpoint has the same number. */
  readonly attempt: number
  readonly startedAt: number
  /** Milliseconds. */
  latency: number
  /** The HTTP status, or the one that the failure was mapped to; 0 while the call runs, and when it was abandoned. */
  status: number
  /**
   * The kind of error, or one of three more words. `cancelled`: another call answered first. `diverged`: the answer does not join the text
   * that had been sent. `schema_mismatch`: the answer does not fit the response format, and another endpoint was called.
   */
  errorKind: string | null
  /** The status with which the upstream itself answered; null where the call did not fail or got no answer. */
  upstreamStatus: number | null
  /** The reason of the failure, for the log. It quotes neither the client nor the provider. */
  cause: string | null
  /** Whether the upstream has received the whole request. */
  sent: boolean
  /** Whether the upstream stops its work when the call is abandoned, so that it charges no more. */
  readonly stoppable: boolean
  upstreamId: string | null
  /** The id of its span, where the request is traced. */
  readonly spanId?: string
  /** Monotonic milliseconds at which its answer ended, or was read no more; absent while it answers, and where it gave no answer. */
  endedAt?: number
  /** The cost of the usage that was reported before the call failed or was abandoned, in nano-USD. For calls that answered, billing sets it. */
  cost: number
  /** The place where the call took over an answer that another call had begun. */
  seam?: Seam
}

/** Writes the failure of a call into its entry. */
export function noteFailure(entry: AttemptEntry, error: GatewayError): void {
  entry.status = error.status
  entry.errorKind = error.kind
  entry.upstreamStatus = error.details.upstreamStatus ?? null
  entry.cause = causeOf(error)
}

/**
 * Returns the reason of a failure. The error message of a provider may quote the prompt, so only the provider's error code is used, or the
 * error of the connection.
 */
function causeOf(error: GatewayError): string | null {
  const { message, cause, details } = error
  if (details.raw !== undefined) return wordOfProvider(error)
  if (details.providerName === undefined) return null
  return cause instanceof Error && 'code' in cause ? `${message} ${cause.message}` : message
}

/** An endpoint with the names that clients see. */
interface NamedEndpoint {
  readonly id: string
  readonly provider: string
  readonly providerName: string
  readonly model: string
}

/** The route of a turn, as the metadata describes it. */
export interface RouteTaken {
  /** The slug that the client sent, or the default slug. */
  readonly requested: string
  readonly strategy: Strategy
  /** The slug of the router model that chose; absent where none did. */
  readonly router?: string
  /** The parameters by which a router model chose. */
  readonly parameters?: Readonly<Record<string, unknown>>
  /** Every endpoint of the models asked for. */
  readonly considered: readonly NamedEndpoint[]
  /** Those of them that were left out, by which rule and for which field of the request. */
  readonly exclusions: readonly {
    readonly endpoint: NamedEndpoint
    readonly filter: { readonly name: string }
    readonly refusal: { readonly field: string; readonly detail: string }
  }[]
}

/** What the response cache did for a request. Times are in seconds; `sourceId` is the generation whose answer it is. */
export type CacheUse =
  | { readonly status: 'MISS'; readonly ttlSeconds: number }
  | { readonly status: 'HIT'; readonly ttlSeconds: number; readonly ageSeconds: number; readonly sourceId: string }

/** One turn and its bill. */
export interface BilledTurn {
  readonly usage: Usage
  readonly cost: Cost
  /** The fold of its events; where several calls gave the answer, that of the last call. */
  readonly outcome: Outcome
  /** The endpoint that answered last, and its entry; null where none did. */
  readonly endpoint: NamedEndpoint | null
  readonly served: AttemptEntry | null
}

/** The run of a tool or a plugin, in monotonic milliseconds. */
export interface Step {
  readonly type: 'tool' | 'plugin'
  /** The type of the tool, or the id of the plugin. */
  readonly name: string
  readonly startedAt: number
  readonly endedAt: number
  readonly failed: boolean
}

/**
 * The context of one generation: its principal, its times, its abort signal, and the logs of what was done. While the request runs, the logs
 * grow, and facts that the reply reports are added. Everything else is fixed.
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
  /** The most that the generation may cost, with nested generations, in nano-USD; null where there is no limit. */
  readonly budget: number | null
  /** The generation whose tool makes this call; null for a request of a client. */
  readonly parent: GenerationContext | null
  /** That tool; null for a request of a client. */
  readonly tool: string | null
  /** The place in a distributed trace; null where the request is not traced. */
  readonly trace: TraceContext | null
  readonly attempts: AttemptEntry[] = []
  /** What tools and plugins ran. It is noted only where the request is traced. */
  readonly steps: Step[] = []
  readonly pipeline: PipelineStage[] = []
  readonly turns: BilledTurn[] = []
  /** The fees of its plugins and server tools. */
  readonly fees: Fee[] = []
  /** The generations that tools of this one made. Their turns are parts of the record and the cost of this one. */
  readonly children: GenerationContext[] = []
  /** The route of the newest turn; null before the first. */
  route: RouteTaken | null = null
  /** The `max_tokens` that the endpoint was sent, where the client's value is lower than the endpoint accepts. */
  raisedMaxTokens: number | undefined
  /** Called on the outermost generation after something was billed, in it or in a nested one. */
  onBilled: () => void = () => {}
  /** What the response cache did; null where it was not asked. */
  cache: CacheUse | null = null
  /** The number of provider calls that this turn began. Where each choice of a completion takes a call, each counts. */
  calls = 0
  /** The place of the first attempt of the current turn. */
  #turnBegin = 0
  /** The calls of server tools that the model made, and those that were run. */
  toolCalls = { requested: 0, executed: 0 }

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
    readonly trace?: TraceContext | null
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
    this.trace = fields.trace ?? null
  }

  /**
   * Makes the context for a call that a tool of this generation makes. It shares the principal, deadline and budget.
   * @param signal Aborted with the tool: at the latest when this generation is.
   */
  child(tool: string, signal = this.signal): GenerationContext {
    const { id, requestId, principal, createdAt, startedAt, deadline, budget, trace } = this
    const fields = { id, requestId, principal, signal, createdAt, startedAt, deadline, budget, trace }
    const child = new GenerationContext({ ...fields, parent: this, tool })
    this.children.push(child)
    return child
  }

  /** Begins a turn: the calls and attempts of earlier turns do not count for what this one may do. */
  beginTurn(): void {
    this.calls = 0
    this.#turnBegin = this.attempts.length
  }

  /** The attempts of the current turn. */
  get turnAttempts(): readonly AttemptEntry[] {
    return this.#turnBegin === 0 ? this.attempts : this.attempts.slice(this.#turnBegin)
  }

  /** How many generations this one is nested in: 0 for a request of a client. */
  get depth(): number {
    return this.parent === null ? 0 : this.parent.depth + 1
  }

  /** The generation of the client's request, of which this one is a part. */
  get root(): GenerationContext {
    return this.parent === null ? this : this.parent.root
  }

  /** Notes what a tool or a plugin did, where the request is traced. */
  noteStep(step: Step): void {
    if (this.trace?.isSampled === true) this.steps.push(step)
  }

  /** Adds a billed turn. */
  bill(turn: BilledTurn): void {
    this.turns.push(turn)
    this.root.onBilled()
  }

  /** Adds a fee. */
  charge(fee: Fee): void {
    this.fees.push(fee)
    this.root.onBilled()
  }

  /** Returns what has been billed so far, fees included, here and in nested generations, in nano-USD. */
  spent(): number {
    let total = 0
    for (const { turns, fees } of this.family()) {
      for (const { cost } of turns) total += cost.total
      for (const { amount } of fees) total += amount
    }
    return total
  }

  /** Returns what calls with keys that the account brought for providers have cost so far at the list price, in nano-USD. */
  byokSpent(): number {
    let total = 0
    for (const { turns } of this.family()) for (const { cost } of turns) total += cost.upstream?.total ?? 0
    return total
  }

  /** Lists this generation and all that are nested in it, the outer ones first. */
  family(): readonly GenerationContext[] {
    return this.children.length === 0 ? [this] : [this, ...this.children.flatMap((child) => child.family())]
  }
}
