import type { Attempt, Committed, Failure } from './attempt.ts'
import type { Candidate } from '../health/candidate.ts'

/** An attempt with a signal of its own. */
export interface Runner {
  readonly attempt: Attempt
  readonly controller: AbortController
}

/** Neither committed. */
interface Both {
  readonly type: 'both-failed'
  readonly failures: readonly [Failure, Failure]
}

/**
 * Waits for an attempt and, where it is late, for the first to commit of two. The other is aborted: nothing of it is ever seen.
 *
 * @param second Starts the second attempt; null where there shall be none.
 */
export async function race(
  first: Runner,
  delayMs: number,
  second: () => Runner | null,
): Promise<Committed | Failure | Both> {
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

async function firstToCommit(first: Runner, second: Runner): Promise<Committed | Both> {
  const [outcome, other] = await Promise.race([
    first.attempt.outcome.then((settled) => [settled, second] as const),
    second.attempt.outcome.then((settled) => [settled, first] as const),
  ])
  if (outcome.type === 'committed') {
    other.controller.abort()
    other.attempt.discard()
    // It was slow, not broken.
    return { ...outcome, remaining: [other.attempt.candidate, ...without(outcome.remaining, other.attempt.candidate)] }
  }
  const later = await other.attempt.outcome
  return later.type === 'committed'
    ? { ...later, remaining: without(later.remaining, outcome.candidate) }
    : { type: 'both-failed', failures: [outcome, later] }
}

const without = (candidates: readonly Candidate[], one: Candidate): readonly Candidate[] =>
  candidates.filter((candidate) => candidate !== one)
