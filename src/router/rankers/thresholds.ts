import type { Percentiles } from '../../canonical/routing-preferences.ts'
import type { Distribution } from '../../health/endpoint-health.ts'
import type { Ranker } from './ranker.ts'

const percentiles = ['p50', 'p75', 'p90', 'p99'] as const

/**
 * Applies `preferred_max_latency` and `preferred_min_throughput`: endpoints that meet every given percentile over the last five minutes come
 * first, then those that were not measured, then those that fail one. All of them stay usable (contract §1.2, §6.6).
 */
export const thresholds: Ranker = {
  name: 'preferred latency and throughput',
  rank(pool, { routing: { preferredMaxLatency: slowest, preferredMinThroughput: least } }) {
    if (slowest === undefined && least === undefined) return null
    const grade = (state: { latency: Distribution | null; throughput: Distribution | null } | null): number => {
      const latency = verdict(state?.latency ?? null, slowest, (measured, limit) => measured <= limit * 1000)
      const throughput = verdict(state?.throughput ?? null, least, (measured, limit) => measured >= limit)
      return Math.max(latency, throughput)
    }
    const graded = pool.map((contender) => ({ contender, grade: grade(contender.state) }))
    if (graded.every((one) => one.grade === graded[0]?.grade)) return null
    const of = (wanted: number) => graded.flatMap((one) => (one.grade === wanted ? [one.contender] : []))
    return [...of(passes), ...of(unknown), ...of(fails)]
  },
}

const passes = 0
const unknown = 1
const fails = 2

function verdict(
  measured: Distribution | null,
  limits: Percentiles | undefined,
  holds: (measured: number, limit: number) => boolean,
): number {
  if (limits === undefined) return passes
  if (measured === null) return unknown
  return percentiles.every((name) => {
    const limit = limits[name]
    return limit === undefined || holds(measured[name], limit)
  })
    ? passes
    : fails
}
