/** Writes a duration that is given in milliseconds. */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ${Math.round((ms % 60_000) / 1000)} s`
  const hours = Math.floor(ms / 3_600_000)
  return hours < 48 ? `${hours} h ${Math.floor((ms % 3_600_000) / 60_000)} min` : `${Math.floor(hours / 24)} days`
}

const dayAndTime = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })

/** Writes a time with its day, in the time zone of the browser. */
export const fullTime = (iso: string): string => dayAndTime.format(new Date(iso))

/** Writes a time in few characters: without the day where it was today. */
export function shortTime(iso: string): string {
  const at = new Date(iso)
  const isToday = at.toDateString() === new Date().toDateString()
  return isToday ? clock.format(at) : `${day.format(at)} ${clock.format(at).slice(0, 5)}`
}

/** Returns whether a time is over. */
export const isPast = (iso: string): boolean => Date.parse(iso) <= Date.now()

/** Writes how long ago a time was. */
export function ago(iso: string): string {
  const seconds = Math.max(0, (Date.now() - Date.parse(iso)) / 1000)
  if (seconds < 60) return 'just now'
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`
  return `${Math.floor(seconds / 86_400)} d ago`
}
