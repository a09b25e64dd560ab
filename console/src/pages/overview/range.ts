import type { Granularity, Period } from '../../api/analytics.ts'

const hour = 3_600_000
const day = 24 * hour

export interface Range {
  readonly value: string
  readonly label: string
  readonly words: string
  readonly lengthMs: number
  readonly granularity: Granularity
}

/** The range of an address that names none. */
export const usual: Range = {
  value: '24h',
  label: '24 h',
  words: 'the last 24 hours',
  lengthMs: day,
  granularity: 'hour',
}

export const ranges: readonly Range[] = [
  // One hour alone would be empty at its beginning.
  { value: '2h', label: '2 h', words: 'the last 2 hours', lengthMs: 2 * hour, granularity: 'minute' },
  { value: '6h', label: '6 h', words: 'the last 6 hours', lengthMs: 6 * hour, granularity: 'minute' },
  usual,
  { value: '7d', label: '7 d', words: 'the last 7 days', lengthMs: 7 * day, granularity: 'hour' },
  { value: '30d', label: '30 d', words: 'the last 30 days', lengthMs: 30 * day, granularity: 'day' },
  { value: '90d', label: '90 d', words: 'the last 90 days', lengthMs: 90 * day, granularity: 'day' },
  { value: '1y', label: '1 y', words: 'the last year', lengthMs: 364 * day, granularity: 'week' },
]

const stepsMs: Readonly<Record<Granularity, number>> = { minute: 60_000, hour, day, week: 7 * day }

/** The first Monday of Unix time, from which weeks are counted. */
const monday = 4 * day

/** The time at which the step begins that a time belongs to, in UTC as the sums are kept. */
function startOfStep(at: number, granularity: Granularity): number {
  const offset = granularity === 'week' ? monday : 0
  const step = stepsMs[granularity]
  return Math.floor((at - offset) / step) * step + offset
}

/**
 * Returns the stretch of time of a range, to the end of the running step. Sums are kept by hour, so that a stretch of minutes begins and
 * ends with an hour too.
 */
export function periodOf({ lengthMs, granularity }: Range, now: number): Period {
  const unit = granularity === 'minute' ? 'hour' : granularity
  const end = startOfStep(now, unit) + stepsMs[unit]
  return { start: end - lengthMs, end }
}

/** The stretch of the same length just before. */
export const before = ({ start, end }: Period): Period => ({ start: start - (end - start), end: start })

/** Lists the times at which the steps of a period begin, up to now. */
export function stepsOf({ start, end }: Period, granularity: Granularity): readonly number[] {
  const step = stepsMs[granularity]
  return Array.from({ length: Math.ceil((end - start) / step) }, (_, index) => start + index * step)
}
