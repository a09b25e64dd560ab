import { RecencyMap } from '../util/recency-map.ts'
import { rateLimitMs } from './rate-limit-ms.ts'

const refusedMs = { first: 300_000, most: 3_600_000 }

/** The most credentials that are remembered at one endpoint. Beyond it, the one that was benched the longest time ago is removed. */
const mostBenched = 1_000

/** Why and until when one credential is benched. */
interface Bench {
  refusedUntil: number
  /** How long the next refusal counts. Doubled by each. */
  refusedMs: number
  limitedUntil: number
  /** When the credential was last benched. */
  since: number
}

/**
 * The credentials that should not be used at one endpoint for now: a refused one for five minutes, then ten, up to an hour; a rate-limited
 * one as long as the upstream asked for. They are kept by endpoint, since a key may be valid for one model of a provider and not for
 * another. Times are monotonic milliseconds.
 */
export class CredentialBench {
  /** By the id of the credential. */
  readonly #benches = new RecencyMap<string, Bench>(mostBenched)

  /** Tells whether a credential should not be used now. */
  isBenched(credential: string, now: number): boolean {
    const bench = this.#benches.get(credential)
    return bench !== undefined && (now < bench.refusedUntil || now < bench.limitedUntil)
  }

  /**
   * Benches a refused credential. A refusal that comes while the credential is benched for another counts as the same one, because many
   * calls at once may meet a revoked key.
   * @returns Whether this refusal is a new one.
   */
  refused(credential: string, now: number): boolean {
    const bench = this.#bench(credential, now)
    if (now < bench.refusedUntil) return false
    bench.refusedUntil = now + bench.refusedMs
    bench.refusedMs = Math.min(2 * bench.refusedMs, refusedMs.most)
    return true
  }

  /** Benches a rate-limited credential. */
  limited(credential: string, now: number, afterMs: number | undefined): void {
    this.#bench(credential, now).limitedUntil = now + rateLimitMs(afterMs)
  }

  /** Ends the bench after a call that succeeded. A call that began before it proves nothing: a stream goes on after its key is revoked. */
  accepted(credential: string, begunAt: number): void {
    const bench = this.#benches.get(credential)
    if (bench !== undefined && begunAt > bench.since) this.#benches.delete(credential)
  }

  #bench(credential: string, now: number): Bench {
    const bench = this.#benches.get(credential) ?? {
      refusedUntil: -Infinity,
      refusedMs: refusedMs.first,
      limitedUntil: -Infinity,
      since: now,
    }
    this.#benches.set(credential, bench)
    bench.since = now
    return bench
  }
}
