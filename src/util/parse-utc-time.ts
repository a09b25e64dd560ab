import { fullMatch } from './pattern.ts'

/** Parses an ISO time in UTC with seconds, as Unix milliseconds; null where it is none. `Date.parse` alone takes 30 February as 2 March. */
export function parseUtcTime(text: string): number | null {
  const parts = fullMatch(/^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(\.\d{1,9})?(Z|[+-]00:00)$/, text)
  const time = parts === null ? NaN : Date.parse(text)
  if (Number.isNaN(time)) return null
  return new Date(time).toISOString().slice(0, 19) === parts?.[1] ? time : null
}
