import type { Retry } from '../canonical/errors.ts'
import type { Candidate } from './candidate.ts'

/** What to do after a failed call. */
export type NextStep =
  | { readonly type: 'again'; readonly waitMs: number }
  /** Go on with the remaining candidates that satisfy `keep`. */
  | { readonly type: 'next'; readonly keep: (candidate: Candidate) => boolean }
  | { readonly type: 'stop' }

/** A reset connection or a stray 500 is tried once more where it happened: that rescues most of them within a second. */
const triesOfOneEndpoint = 2
const backoffMs = { least: 50, spread: 200 }

/**
 * Decides from the scope that the failed call gave (design law 4). Pure but for `chance`, which spreads retries so that many
 * requests that failed together do not come back together.
 *
 * @param tries How often this candidate was called already, from 1.
 * @param chance Uniform in [0, 1).
 */
export function nextStep(retry: Retry, failed: Candidate, tries: number, chance: () => number): NextStep {
  const { endpoint } = failed
  switch (retry.scope) {
    case 'same':
      return tries < triesOfOneEndpoint
        ? { type: 'again', waitMs: retry.afterMs ?? backoffMs.least + chance() * backoffMs.spread }
        : { type: 'next', keep: (candidate) => candidate.endpoint.id !== endpoint.id }
    case 'next-credential':
      return { type: 'next', keep: () => true }
    case 'next-endpoint':
      return { type: 'next', keep: (candidate) => candidate.endpoint.id !== endpoint.id }
    case 'larger-context':
      return {
        type: 'next',
        // Another model counts tokens in its own way; of an endpoint that does not tell its window the best is hoped.
        keep: (candidate) =>
          candidate.endpoint.model !== endpoint.model ||
          (candidate.endpoint.contextLength ?? Infinity) > (endpoint.contextLength ?? 0),
      }
    case 'next-model':
      return { type: 'next', keep: (candidate) => candidate.endpoint.model !== endpoint.model }
    case 'never':
      return { type: 'stop' }
  }
}
