import { type Bucket, buckets, type Histogram, histograms } from '../../storage/stores/usage-details.ts'

/**
 * Estimates a percentile of a histogram, in milliseconds; null where it is empty. Inside a bucket the values are taken to be spread evenly.
 * Of the last bucket only its beginning is known.
 */
export function percentile(
  histogram: Histogram,
  counts: Readonly<Partial<Record<Bucket, number>>>,
  part: number,
): number | null {
  const limits: readonly number[] = histograms[histogram]
  const all = buckets[histogram].map((bucket) => counts[bucket] ?? 0)
  const total = all.reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  let below = 0
  for (const [index, count] of all.entries()) {
    if (count > 0 && below + count >= part * total) {
      const from = limits[index - 1] ?? 0
      const to = limits[index] ?? from
      return Math.round(from + ((to - from) * (part * total - below)) / count)
    }
    below += count
  }
  return limits.at(-1) ?? null
}
