import type { Retry } from '../canonical/errors.ts'
import type { Candidate } from '../health/candidate.ts'

/** An endpoint whose connection was reset, or that answered a single 500, is called once more: most such calls then succeed in a second. */
const triesOfOneEndpoint = 2
const backoffMs = { least: 50, spread: 200 }
/** A call that took longer than this to fail is not repeated there: it would probably take as long again. */
const quickMs = 5_000

/**
 * Returns after how many milliseconds to call the endpoint that just failed again. Null: call another one instead. `chance` spreads the
 * delays, so that many requests that failed at the same time do not return at the same time.
 *
 * @param tries How often this candidate has been called so far, from 1.
 * @param tookMs How long the call took to fail.
 * @param chance Uniform in [0, 1).
 */
export function retryDelay(
  { scope, afterMs }: Retry,
  tries: number,
  tookMs: number,
  chance: () => number,
): number | null {
  // An upstream that names a time is not failing by accident: other endpoints are called first.
  if (scope !== 'same' || afterMs !== undefined || tries >= triesOfOneEndpoint || tookMs > quickMs) return null
  return backoffMs.least + chance() * backoffMs.spread
}

/** Returns a test of which candidates are worth trying after a failure, by the scope that the failed call gave (principle 4). */
export function worthTrying({ scope }: Retry, failed: Candidate): (candidate: Candidate) => boolean {
  const { id, model, contextLength } = failed.endpoint
  switch (scope) {
    case 'next-credential':
      return (candidate) => candidate !== failed
    case 'same':
    case 'next-endpoint':
      return ({ endpoint }) => endpoint.id !== id
    case 'larger-context':
      // Another model counts tokens in its own way. An endpoint that does not publish its context window is tried.
      return ({ endpoint }) =>
        endpoint.model !== model || (endpoint.id !== id && (endpoint.contextLength ?? Infinity) > (contextLength ?? 0))
    case 'next-model':
      return ({ endpoint }) => endpoint.model !== model
    case 'never':
      return () => false
  }
}
