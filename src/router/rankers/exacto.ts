import type { Contender, Ranker } from './ranker.ts'

/** With fewer providers than this, no endpoint can be an outlier. */
const fewestProviders = 4
const enoughRequests = 100
const enoughToolRequests = 200
/** The standard deviation of a normal distribution, in median absolute deviations. */
const deviationsOfMad = 1.4826

/**
 * Ranks by the quality of tool calls (contract §6.9), with `sort: "exacto"`, and automatically for a request with tools that asks for no
 * other order. Good endpoints come first, then those with too few measurements, then outliers with bad tool calls or low speed.
 */
export const exacto: Ranker = {
  name: 'exacto',
  rank(pool, { parameters: { tools = [] }, routing }, { sort }) {
    const automatic = sort === undefined && tools.length > 0 && routing.order === undefined
    if (sort !== 'exacto' && !automatic) return null
    const sorted = sort === 'exacto' ? pool.toSorted(byToolSuccess) : pool
    const limits = limitsOf(sorted)
    return limits === null ? sorted : sorted.toSorted((a, b) => tierOf(a, limits) - tierOf(b, limits))
  },
}

const byToolSuccess = (a: Contender, b: Contender): number =>
  (b.state?.toolSuccess ?? -1) - (a.state?.toolSuccess ?? -1) || a.price - b.price

interface Limits {
  readonly throughput: number
  readonly success: number
}

function limitsOf(pool: readonly Contender[]): Limits | null {
  if (new Set(pool.map(({ endpoint }) => endpoint.provider)).size < fewestProviders) return null
  return {
    throughput: lowerLimit(
      pool.map(({ state }) => state?.throughput?.p50),
      1.5,
    ),
    success: lowerLimit(
      pool.map(({ state }) => state?.toolSuccess ?? undefined),
      2,
    ),
  }
}

/**
 * Computes the median minus so many standard deviations. They are estimated from the median absolute deviation, so that outliers do not
 * change the limit.
 */
function lowerLimit(values: readonly (number | undefined)[], deviations: number): number {
  const known = values.filter((value) => value !== undefined)
  const middle = median(known)
  const deviation = median(known.map((value) => Math.abs(value - middle))) * deviationsOfMad
  return middle - deviations * deviation
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  const upper = sorted[Math.floor(half)] ?? 0
  return sorted.length % 2 === 0 ? ((sorted[half - 1] ?? 0) + upper) / 2 : upper
}

/** Grades an endpoint: 0 is good, 1 has too few measurements, 2 is an outlier for the worse. */
function tierOf({ state }: Contender, limits: Limits): number {
  if (state === null || state.requests < enoughRequests || state.toolRequests < enoughToolRequests) return 1
  const slow = state.throughput !== null && state.throughput.p50 < limits.throughput
  const wrong = state.toolSuccess !== null && state.toolSuccess < limits.success
  return slow || wrong ? 2 : 0
}
