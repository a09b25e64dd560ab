const dayMs = 86_400_000

/** Beginnings of the running UTC day, week (Monday) and month, in Unix milliseconds (contract §0.12). */
export const startOfDay = (now: number): number => now - (now % dayMs)

export function startOfWeek(now: number): number {
  const day = startOfDay(now)
  return day - ((new Date(day).getUTCDay() + 6) % 7) * dayMs
}

export function startOfMonth(now: number): number {
  const date = new Date(now)
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1)
}
