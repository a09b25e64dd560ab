import type { Candidate } from '../health/candidate.ts'
import type { Failure } from './attempt.ts'

/** A call to an endpoint that asked to be called again after a short time. */
interface DelayedRetry {
  readonly candidate: Candidate
  /** Monotonic milliseconds. */
  readonly dueAt: number
}

/** The longest `Retry-After` that is waited for. After a longer one another endpoint or model is called instead. */
const longestWaitMs = 3_000
/** The most that is added at random, so that requests that were refused at the same time do not all return at the same time. */
const spreadMs = 500

/**
 * The endpoints that failed and named a short time after which to call them again. Such an endpoint is called again when no other endpoint
 * of its model is left, before another model is tried. Each model is waited for once: for its endpoint that is due first.
 */
export class DelayedRetries {
  #delayedRetries: readonly DelayedRetry[] = []
  readonly #waitedModels: string[] = []

  /** Notes when to call the endpoint again after this failure, if the failure allows it and the wait is short. */
  note({ candidate, retry: { scope, afterMs } }: Failure, now: number, chance: () => number): void {
    const isPassing = scope === 'same' || scope === 'next-credential' || scope === 'next-endpoint'
    if (!isPassing || afterMs === undefined || afterMs > longestWaitMs) return
    if (this.#waitedModels.includes(candidate.endpoint.model)) return
    this.#delayedRetries = [...this.#delayedRetries, { candidate, dueAt: now + afterMs + chance() * spreadMs }]
  }

  /** Removes the endpoints that are no longer worth trying. */
  keep(worthTrying: (candidate: Candidate) => boolean): void {
    this.#delayedRetries = this.#delayedRetries.filter(({ candidate }) => worthTrying(candidate))
  }

  /** Removes and returns the next endpoint to wait for, and removes the others of its model. Null where there is none. */
  take(remaining: readonly Candidate[]): DelayedRetry | null {
    if (this.#delayedRetries.length === 0) return null
    const [next] = this.#delayedRetries
      .filter(({ candidate }) => !remaining.some(({ endpoint }) => endpoint.model === candidate.endpoint.model))
      .sort((a, b) => a.dueAt - b.dueAt)
    if (next === undefined) return null
    const { model } = next.candidate.endpoint
    this.#waitedModels.push(model)
    this.#delayedRetries = this.#delayedRetries.filter(({ candidate }) => candidate.endpoint.model !== model)
    return next
  }
}
