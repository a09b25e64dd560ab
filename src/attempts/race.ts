import type { Attempt, Committed, Failure } from './attempt.ts'
import type { Candidate } from '../health/candidate.ts'

/** An attempt with an abort signal of its own. */
export interface AbortableAttempt {
  readonly attempt: Attempt
  readonly controller: AbortController
}

/** The outcome where neither attempt committed. */
interface BothFailed {
  readonly type: 'both-failed'
  readonly failures: readonly [Failure, Failure]
}

/**
 * Waits for an attempt. Where it is late, starts a second one, and returns whichever of the two commits first. The other is aborted, and
 * none of its events reach the client.
 *
 * @param second Starts the second attempt, or returns null where there should be none.
 */
export async function race(
  first: AbortableAttempt,
  delayMs: number,
  second: () => AbortableAttempt | null,
): Promise<Committed | Failure | BothFailed> {
  const rival = (await isLate(first.attempt.outcome, delayMs)) ? second() : null
  if (rival !== null) return firstToCommit(first, rival)
  return first.attempt.outcome
}

async function isLate(outcome: Promise<unknown>, delayMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, delayMs, true)
  })
  const settled = outcome.then(() => false)
  return Promise.race([settled, late]).finally(() => clearTimeout(timer))
}

async function firstToCommit(first: AbortableAttempt, second: AbortableAttempt): Promise<Committed | BothFailed> {
  const [outcome, other] = await Promise.race([
    first.attempt.outcome.then((settled) => [settled, second] as const),
    second.attempt.outcome.then((settled) => [settled, first] as const),
  ])
  if (outcome.type === 'committed') {
    other.controller.abort()
    other.attempt.discard()
    // The slower endpoint did not fail, so it may still take over later.
    const { candidate, entry } = other.attempt
    return {
      ...outcome,
      remaining: [candidate, ...without(outcome.remaining, candidate)],
      beaten: { endpoint: candidate.endpoint, entry },
    }
  }
  const later = await other.attempt.outcome
  return later.type === 'committed'
    ? { ...later, remaining: without(later.remaining, outcome.candidate) }
    : { type: 'both-failed', failures: [outcome, later] }
}

const without = (candidates: readonly Candidate[], one: Candidate): readonly Candidate[] =>
  candidates.filter((candidate) => candidate !== one)
