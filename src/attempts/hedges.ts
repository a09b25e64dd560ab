import type { DataPolicy, Endpoint } from '../catalog/endpoint.ts'
import type { Candidate } from '../health/candidate.ts'
import type { Distribution, HealthView } from '../health/endpoint-health.ts'
import { knownLatency } from './patience.ts'

/** When a provider's calls are late, and how many of them may have a second call beside them. */
export interface HedgeSettings {
  readonly at: Exclude<keyof Distribution, 'samples'>
  /** Share of the provider's streams, 0 to 1. */
  readonly budget: number
}

export interface HedgePlan {
  /** From the call's begin, when the first token is late. */
  readonly delayMs: number
  readonly rival: Candidate
}

/** Budgets are counted in millionths of a call: sums of fractions would depend on their order. */
const oneCall = 1_000_000
/** What a quiet time saves up is small, so that a provider that turns slow is not called twice as often all at once. */
const mostSaved = 3 * oneCall

/**
 * Which calls get a second one beside them when their first token is late, by provider. A provider earns its budget with each of its
 * streams, so that of any number of them no more than the share is hedged, but for what was saved.
 */
export class Hedges {
  readonly #settings: ReadonlyMap<string, HedgeSettings>
  readonly #saved = new Map<string, number>()

  constructor(settings: ReadonlyMap<string, HedgeSettings>) {
    this.#settings = settings
  }

  /** Counts a stream that begins. Null where it cannot be hedged, as always for a provider that is not to be. */
  plan({ endpoint }: Candidate, remaining: readonly Candidate[], health: HealthView, now: number): HedgePlan | null {
    const settings = this.#settings.get(endpoint.provider)
    if (settings === undefined) return null
    this.#earn(endpoint.provider, settings.budget)
    const latency = knownLatency(health.state(endpoint.id, now))
    if (latency === null) return null
    const rival = remaining.find((other) => replaces(other.endpoint, endpoint) && isWell(other, health, now))
    return rival === undefined ? null : { delayMs: latency[settings.at], rival }
  }

  /** Whether the budget has a call left, which is then spent. */
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

/** An endpoint in trouble would only waste the budget. */
function isWell({ endpoint, credential }: Candidate, health: HealthView, now: number): boolean {
  if (health.isBenched(endpoint.id, credential.id, now)) return false
  const state = health.state(endpoint.id, now)
  return state === null || (state.condition === 'stable' && state.limitedUntil <= now)
}

/** Whether the client could not tell the answer of one endpoint from the other's, nor mind who has seen the request. */
function replaces(rival: Endpoint, first: Endpoint): boolean {
  return (
    rival.id !== first.id &&
    rival.model === first.model &&
    rival.tier === first.tier &&
    rival.quantization === first.quantization &&
    isAsDiscreet(rival.dataPolicy, first.dataPolicy) &&
    supportsAsMuch(rival, first)
  )
}

const isAsDiscreet = (rival: DataPolicy, first: DataPolicy): boolean =>
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
