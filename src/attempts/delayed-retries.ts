import type { Candidate } from '../health/candidate.ts'
import type { Failure } from './attempt.ts'

interface Visit {
  readonly candidate: Candidate
  /** Monotonic milliseconds. */
  readonly dueAt: number
}

/** A `Retry-After` up to this is waited out; a longer one moves on. */
const patienceMs = 3_000
/** Added at random: requests that were turned away together must not come back together. */
const spreadMs = 500

/**
 * The endpoints that named a short time after which to come back. They are waited for when nothing else of their model is left, and
 * before another model is tried: once a model, for the one that is due first.
 */
export class ReturnVisits {
  #visits: readonly Visit[] = []
  readonly #waitedFor: string[] = []

  /** Notes when to come back after a failure, where that pays. */
  note({ candidate, retry: { scope, afterMs } }: Failure, now: number, chance: () => number): void {
    const isPassing = scope === 'same' || scope === 'next-credential' || scope === 'next-endpoint'
    if (!isPassing || afterMs === undefined || afterMs > patienceMs) return
    if (this.#waitedFor.includes(candidate.endpoint.model)) return
    this.#visits = [...this.#visits, { candidate, dueAt: now + afterMs + chance() * spreadMs }]
  }

  keep(worthTrying: (candidate: Candidate) => boolean): void {
    this.#visits = this.#visits.filter(({ candidate }) => worthTrying(candidate))
  }

  /** The next endpoint to wait for. It is handed out, and its model with it. */
  take(remaining: readonly Candidate[]): Visit | null {
    if (this.#visits.length === 0) return null
    const [next] = this.#visits
      .filter(({ candidate }) => !remaining.some(({ endpoint }) => endpoint.model === candidate.endpoint.model))
      .sort((a, b) => a.dueAt - b.dueAt)
    if (next === undefined) return null
    const { model } = next.candidate.endpoint
    this.#waitedFor.push(model)
    this.#visits = this.#visits.filter(({ candidate }) => candidate.endpoint.model !== model)
    return next
  }
}
