import { type Command, InvalidArgumentError, Option } from 'commander'
import { type LimitReset, limitResets } from '../canonical/principal.ts'
import { systemClock } from '../util/clock.ts'

/** Creates the option `--config`, which is the same for every command that reads the configuration. */
export function configOption(): Option {
  return new Option(
    '--config <file>',
    'configuration file; default: $WAYGATE_CONFIG, else waygate.yaml where there is one',
  )
}

/** Creates the option for how often the limit of a key begins anew. */
export const resetOption = (): Option =>
  new Option('--reset <interval>', 'how often the limit begins anew, at midnight UTC; default: never').choices(
    limitResets,
  )

/** Creates the option for what counts towards the limit of a key. */
export const includeByokOption = (): Option =>
  new Option(
    '--include-byok',
    'count calls with keys that the account brought for providers too, at the list price',
  ).default(false)

/** What belongs to a limit. */
export interface LimitOptions {
  readonly reset?: LimitReset
  readonly includeByok: boolean
}

/**
 * Refuses what belongs to a limit where there is none. It would be left out of what the command prints.
 * @throws CommanderError for wrong usage
 */
export function refuseWithoutLimit(
  command: Command,
  limit: number | null,
  { reset, includeByok }: LimitOptions,
  remedy: string,
): void {
  if (limit !== null) return
  if (reset !== undefined) command.error(`error: '--reset ${reset}' needs a limit that begins anew. ${remedy}`)
  if (includeByok) command.error(`error: '--include-byok' needs a limit towards which they count. ${remedy}`)
}

/** Parses a number of requests or tokens. */
export function parseCount(text: string): number {
  const count = Number(text)
  if (!/^\d+$/.test(text) || count > 1_000_000_000) {
    throw new InvalidArgumentError('It must be a whole number, between 0 and 1000000000.')
  }
  return count
}

export function parsePort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('It must be between 0 and 65535.')
  return port
}

/** Parses the time at which something ends, which must be in the future. */
export function parseExpiry(text: string): number {
  const time = parseTime(text)
  if (time <= systemClock.now()) throw new InvalidArgumentError('It is in the past.')
  return time
}

/**
 * Parses a time in the form of `expires_at` in the configuration. `Date.parse` alone also accepts local times, and takes 30 February as 2
 * March.
 */
export function parseTime(text: string): number {
  const time = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/.test(text) ? Date.parse(text) : NaN
  if (Number.isNaN(time) || new Date(time).toISOString().slice(0, 10) !== text.slice(0, 10)) {
    throw new InvalidArgumentError(
      'It must be a date or an ISO time in UTC, such as 2027-01-01 or 2027-01-01T00:00:00Z.',
    )
  }
  return time
}
