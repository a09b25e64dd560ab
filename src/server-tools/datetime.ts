import { Type } from 'typebox'
import { nullish } from '../util/nullish.ts'
import { stringOf } from '../util/json.ts'
import { defineServerTool } from './server-tool.ts'

/** Tells the model the time (contract §1.4). */
export default defineServerTool({
  type: 'openrouter:datetime',
  title: 'DatetimeTool',
  description: 'The model may ask for the time.',
  parameters: {
    timezone: nullish(Type.String({ description: 'IANA name; UTC when absent.' })),
  },
  check: (entries) =>
    entries.map(({ timezone }) =>
      timezone && !isTimezone(timezone) ? [{ path: 'timezone', message: 'must be an IANA time zone' }] : [],
    ),
  open: ({ timezone: configured }, { clock }) => ({
    function: {
      type: 'function',
      name: 'datetime',
      description: 'Returns the current date and time.',
      parameters: {
        type: 'object',
        properties: { timezone: { type: 'string', description: 'IANA time zone, for example Europe/Paris.' } },
        additionalProperties: false,
      },
    },
    run: async (given) => {
      const timezone = stringOf(given['timezone']) ?? configured ?? 'UTC'
      if (!isTimezone(timezone)) {
        return {
          status: 'failed',
          result: { status: 'failed', error: `There is no time zone "${timezone.slice(0, 64)}".` },
        }
      }
      return { status: 'completed', result: { datetime: inTimezone(clock.now(), timezone), timezone } }
    },
  }),
})

/** To make a format costs more than all else in a turn, and most calls want UTC. */
const isUtc = (name: string): boolean => name === 'UTC'

function isTimezone(name: string): boolean {
  if (isUtc(name)) return true
  try {
    return Intl.DateTimeFormat('en', { timeZone: name }) instanceof Intl.DateTimeFormat
  } catch {
    return false
  }
}

/** Returns the ISO time with the offset of the time zone, e.g. `2026-11-28T13:00:00.000+01:00`. */
function inTimezone(now: number, timeZone: string): string {
  if (isUtc(timeZone)) return new Date(now).toISOString()
  const offset = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset' })
    .formatToParts(now)
    .find(({ type }) => type === 'timeZoneName')
  // `GMT+01:00`, or `GMT` alone for UTC.
  const name = offset?.value.slice('GMT'.length) || '+00:00'
  const minutes = (Number(name.slice(1, 3)) * 60 + Number(name.slice(4, 6))) * (name.startsWith('-') ? -1 : 1)
  const local = new Date(now + minutes * 60_000).toISOString()
  return local.slice(0, -1) + (name === '+00:00' ? 'Z' : name)
}
