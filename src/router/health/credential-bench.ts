import { rateLimitMs } from './rate-limit.ts'

const refusedMs = { first: 300_000, most: 3_600_000 }

interface Bench {
  refusedUntil: number
  /** The next refusal's, which is doubled each time. */
  refusedMs: number
  limitedUntil: number
  /** When it was last put here. */
  since: number
}

/**
 * Which credentials are better left alone: a refused one for five minutes, then ten, up to an hour; a rate-limited one as long as
 * the upstream said. Holds as much as there are credentials. Times are monotonic milliseconds.
 */
export class CredentialBench {
  /** By provider, then by position. */
  readonly #benches = new Map<string, Map<number, Bench>>()

  isBenched(provider: string, index: number, now: number): boolean {
    const bench = this.#benches.get(provider)?.get(index)
    return bench !== undefined && (now < bench.refusedUntil || now < bench.limitedUntil)
  }

  /** A refusal that comes while it is benched for one counts as the same: many calls at once learn of a revoked key. */
  refused(provider: string, index: number, now: number): void {
    const bench = this.#bench(provider, index, now)
    if (now < bench.refusedUntil) return
    bench.refusedUntil = now + bench.refusedMs
    bench.refusedMs = Math.min(2 * bench.refusedMs, refusedMs.most)
  }

  limited(provider: string, index: number, now: number, afterMs: number | undefined): void {
    this.#bench(provider, index, now).limitedUntil = now + rateLimitMs(afterMs)
  }

  /** A call that began before it was benched proves nothing: a stream goes on after its key was revoked. */
  accepted(provider: string, index: number, begunAt: number): void {
    const benches = this.#benches.get(provider)
    const bench = benches?.get(index)
    if (bench !== undefined && begunAt > bench.since) benches?.delete(index)
  }

  #bench(provider: string, index: number, now: number): Bench {
    let benches = this.#benches.get(provider)
    if (benches === undefined) this.#benches.set(provider, (benches = new Map()))
    let bench = benches.get(index)
    if (bench === undefined) {
      benches.set(index, (bench = { refusedUntil: 0, refusedMs: refusedMs.first, limitedUntil: 0, since: now }))
    }
    bench.since = now
    return bench
  }
}
