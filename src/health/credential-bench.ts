import { rateLimitMs } from './rate-limit-ms.ts'

const refusedMs = { first: 300_000, most: 3_600_000 }

/** Past this many credentials the one that came here first is forgotten. */
const mostBenched = 1_000

interface Bench {
  refusedUntil: number
  /** The next refusal's, which is doubled each time. */
  refusedMs: number
  limitedUntil: number
  /** When it was last put here. */
  since: number
}

/**
 * Which credentials are better not used at one endpoint: a refused one for five minutes, then ten, up to an hour; a rate-limited one as
 * long as the upstream said. By endpoint, since a key may be good for one model of a provider and not for another. Times are monotonic
 * milliseconds.
 */
export class CredentialBench {
  /** By the credential's id, in the order in which they came here. */
  readonly #benches = new Map<string, Bench>()

  isBenched(credential: string, now: number): boolean {
    const bench = this.#benches.get(credential)
    return bench !== undefined && (now < bench.refusedUntil || now < bench.limitedUntil)
  }

  /**
   * A refusal that comes while it is benched for one counts as the same: many calls at once learn of a revoked key.
   * @returns Whether this one is news.
   */
  refused(credential: string, now: number): boolean {
    const bench = this.#bench(credential, now)
    if (now < bench.refusedUntil) return false
    bench.refusedUntil = now + bench.refusedMs
    bench.refusedMs = Math.min(2 * bench.refusedMs, refusedMs.most)
    return true
  }

  limited(credential: string, now: number, afterMs: number | undefined): void {
    this.#bench(credential, now).limitedUntil = now + rateLimitMs(afterMs)
  }

  /** A call that began before it was benched proves nothing: a stream goes on after its key was revoked. */
  accepted(credential: string, begunAt: number): void {
    const bench = this.#benches.get(credential)
    if (bench !== undefined && begunAt > bench.since) this.#benches.delete(credential)
  }

  #bench(credential: string, now: number): Bench {
    const bench = this.#benches.get(credential) ?? {
      refusedUntil: 0,
      refusedMs: refusedMs.first,
      limitedUntil: 0,
      since: now,
    }
    this.#benches.set(credential, bench)
    if (this.#benches.size > mostBenched) {
      const [oldest = credential] = this.#benches.keys()
      this.#benches.delete(oldest)
    }
    bench.since = now
    return bench
  }
}
