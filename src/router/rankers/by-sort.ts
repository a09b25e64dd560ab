import type { Contender, Ranker } from './ranker.ts'

/**
 * `sort`: price rising, median throughput falling, median latency rising; strict, without chance. Whose figures are not known comes
 * last (contract §6.6).
 */
export const bySort: Ranker = {
  name: 'sort',
  rank(pool, _request, { sort }) {
    if (sort === undefined || sort === 'exacto') return null
    const key = keys[sort]
    return pool.toSorted((a, b) => compare(key(a), key(b)))
  },
}

const keys: Record<'price' | 'throughput' | 'latency', (contender: Contender) => number> = {
  price: ({ price }) => price,
  throughput: ({ state }) => -(state?.throughput?.p50 ?? -Infinity),
  latency: ({ state }) => state?.latency?.p50 ?? Infinity,
}

/** Infinity minus itself is no number. */
const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1)
