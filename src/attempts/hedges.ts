import type { DataPolicy, Endpoint } from '../catalog/endpoint.ts'
import type { Candidate } from '../health/candidate.ts'
import type { Distribution, HealthView } from '../health/endpoint-health.ts'
import { knownLatency } from './patience.ts'

/** When a call to a provider counts as late, and how many of its calls may have a second call beside them. */
export interface HedgeSettings {
  readonly at: Exclude<keyof Distribution, 'samples'>
  /** The share of the provider's streams that may be hedged, 0 to 1. */
  readonly budget: number
}

/** The second call that may be made beside a first one. */
export interface HedgePlan {
  /** Milliseconds from the start of the first call, after which its first token is late. */
  readonly delayMs: number
  readonly rival: Candidate
}

/** Budgets are counted in millionths of a call, because sums of floating-point fractions would depend on their order. */
const oneCall = 1_000_000
/** The most that a provider can save up. It is small, so that the calls to a provider that becomes slow do not all double at once. */
const mostSaved = 3 * oneCall

/**
 * The budgets of hedging, by provider. A call whose first token is late may get a second call beside it. Each stream of a provider adds
 * to the provider's budget, so that of any number of streams no more than the configured share is hedged, apart from what was saved.
 */
export class Hedges {
  readonly #settings: ReadonlyMap<string, HedgeSettings>
  readonly #saved = new Map<string, number>()

  constructor(settings: ReadonlyMap<string, HedgeSettings>) {
    this.#settings = settings
  }

  /** Counts a stream that begins, and returns how to hedge it. Null where it cannot be hedged, or its provider has no `hedge` setting. */
  plan({ endpoint }: Candidate, remaining: readonly Candidate[], health: HealthView, now: number): HedgePlan | null {
    const settings = this.#settings.get(endpoint.provider)
    if (settings === undefined) return null
    this.#earn(endpoint.provider, settings.budget)
    const latency = knownLatency(health.state(endpoint.id, now))
    if (latency === null) return null
    const rival = remaining.find((other) => canReplace(other.endpoint, endpoint) && isHealthy(other, health, now))
    return rival === undefined ? null : { delayMs: latency[settings.at], rival }
  }

  /** Takes one call from the budget. Returns false where none is left. */
  spend(provider: string): boolean {
    const saved = this.#saved.get(provider) ?? 0
    if (saved < oneCall) return false
    this.#saved.set(provider, saved - oneCall)
    return true
  }

  #earn(provider: string, budget: number): void {
    const saved = (this.#saved.get(provider) ?? 0) + Math.round(budget * oneCall)
    this.#saved.set(provider, Math.min(saved, mostSaved))
  }
}

/** Tells whether an endpoint has no known trouble: a hedge to one that has would only waste the budget. */
function isHealthy({ endpoint, credential }: Candidate, health: HealthView, now: number): boolean {
  if (health.isBenched(endpoint.id, credential.id, now)) return false
  const state = health.state(endpoint.id, now)
  return state === null || (state.condition === 'stable' && state.limitedUntil <= now)
}

/**
 * Tells whether one endpoint can stand in for another: the client cannot tell their answers apart, and the data policy of the rival is at
 * least as strict.
 */
function canReplace(rival: Endpoint, first: Endpoint): boolean {
  return (
    rival.id !== first.id &&
    // A key that an account brought is neither called beside another endpoint nor relieved by one: the account would pay for both calls.
    rival.byok === undefined &&
    first.byok === undefined &&
    rival.model === first.model &&
    rival.tier === first.tier &&
    rival.quantization === first.quantization &&
    isDataPolicyAsStrict(rival.dataPolicy, first.dataPolicy) &&
    supportsAsMuch(rival, first)
  )
}

const isDataPolicyAsStrict = (rival: DataPolicy, first: DataPolicy): boolean =>
  (!rival.training || first.training) && daysKept(rival.retention) <= daysKept(first.retention)

function daysKept(retention: DataPolicy['retention']): number {
  switch (retention) {
    case 'none':
      return -1
    case 'transient':
      return 0
    case 'unknown':
      return Infinity
    default:
      return Number(retention.slice('days:'.length))
  }
}

function supportsAsMuch(rival: Endpoint, first: Endpoint): boolean {
  const { supportedParameters: all } = rival
  return (
    (all === null || (first.supportedParameters?.isSubsetOf(all) ?? false)) &&
    (rival.contextLength ?? Infinity) >= (first.contextLength ?? 0) &&
    (rival.maxCompletionTokens ?? Infinity) >= (first.maxCompletionTokens ?? 0) &&
    includesAll(rival.operations, first.operations) &&
    includesAll(rival.inputModalities, first.inputModalities) &&
    includesAll(rival.outputModalities, first.outputModalities) &&
    (rival.prefill || !first.prefill)
  )
}

const includesAll = <Item>(all: readonly Item[], some: readonly Item[]): boolean =>
  some.every((item) => all.includes(item))
