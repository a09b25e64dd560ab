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
