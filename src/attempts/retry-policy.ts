import type { Retry } from '../canonical/errors.ts'
import type { Candidate } from '../health/candidate.ts'

/** A reset connection or a stray 500 is tried once more where it happened: that rescues most of them within a second. */
const triesOfOneEndpoint = 2
const backoffMs = { least: 50, spread: 200 }
/** What took longer to fail was no stray failure, and would take as long again. */
const quickMs = 5_000

/**
 * After how many milliseconds the endpoint that just failed is tried again, or null: then another one is. `chance` spreads the tries,
 * so that many requests that failed together do not come back together.
 *
 * @param tries How often this candidate was called already, from 1.
 * @param tookMs How long it took to fail.
 * @param chance Uniform in [0, 1).
 */
export function againAfter(
  { scope, afterMs }: Retry,
  tries: number,
  tookMs: number,
  chance: () => number,
): number | null {
  // One that names a time is no stray failure: others are tried first.
  if (scope !== 'same' || afterMs !== undefined || tries >= triesOfOneEndpoint || tookMs > quickMs) return null
  return backoffMs.least + chance() * backoffMs.spread
}

/** Tells which candidates are worth trying after a failure, by the scope that the failed call gave (principle 4). */
export function worthTrying({ scope }: Retry, failed: Candidate): (candidate: Candidate) => boolean {
  const { id, model, contextLength } = failed.endpoint
  switch (scope) {
    case 'next-credential':
      return (candidate) => candidate !== failed
    case 'same':
    case 'next-endpoint':
      return ({ endpoint }) => endpoint.id !== id
    case 'larger-context':
      // Another model counts tokens in its own way; of an endpoint that does not tell its window the best is hoped.
      return ({ endpoint }) =>
        endpoint.model !== model || (endpoint.id !== id && (endpoint.contextLength ?? Infinity) > (contextLength ?? 0))
    case 'next-model':
      return ({ endpoint }) => endpoint.model !== model
    case 'never':
      return () => false
  }
}
