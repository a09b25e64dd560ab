import type { Contender, Ranker } from './ranker.ts'

/**
 * Sorts by `sort`: the lowest price, the highest median throughput, or the lowest median latency first, without chance. Endpoints that were
 * not measured come last (contract §6.6).
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

/** Compares two numbers. A subtraction would give NaN for two infinite ones. */
const compare = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1)
