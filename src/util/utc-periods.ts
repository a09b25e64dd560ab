const hourMs = 3_600_000
const dayMs = 86_400_000

/** Returns the beginning of the current UTC hour, in Unix milliseconds. */
export const startOfHour = (now: number): number => now - (now % hourMs)

/** Returns the beginning of the current UTC day, in Unix milliseconds (contract §0.12). */
export const startOfDay = (now: number): number => now - (now % dayMs)

/** Returns the beginning of the current UTC week, which is a Monday, in Unix milliseconds. */
export function startOfWeek(now: number): number {
  const day = startOfDay(now)
  return day - ((new Date(day).getUTCDay() + 6) % 7) * dayMs
}

/** Returns the beginning of the current UTC month, in Unix milliseconds. */
export function startOfMonth(now: number): number {
  const date = new Date(now)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
}

/** A span of time in Unix milliseconds. It ends before `end`. */
export interface Period {
  readonly start: number
  readonly end: number
}

/** Returns the UTC day, week or month that a moment is in. */
export function periodAt(interval: 'daily' | 'weekly' | 'monthly', at: number): Period {
  switch (interval) {
    case 'daily': {
      const start = startOfDay(at)
      return { start, end: start + dayMs }
    }
    case 'weekly': {
      const start = startOfWeek(at)
      return { start, end: start + 7 * dayMs }
    }
    case 'monthly': {
      const date = new Date(at)
      return { start: startOfMonth(at), end: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) }
    }
  }
}
