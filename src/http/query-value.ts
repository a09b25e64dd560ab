import { GatewayError } from '../canonical/errors.ts'
import { parseUtcTime } from '../util/parse-utc-time.ts'

/** One parameter of a query, as the client wrote it. The functions below parse it, or refuse it with a 400 that names the parameter. */
export interface QueryValue {
  readonly name: string
  readonly text: string
}

export function valueOf(query: URLSearchParams, name: string): QueryValue | null {
  const text = query.get(name)
  return text === null ? null : { name, text }
}

/** Parses a comma-separated list. */
export const listOf = ({ text }: QueryValue): readonly string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean)

/** Parses a comma-separated list of known words. */
export function wordsOf(value: QueryValue, known: readonly string[]): readonly string[] {
  return listOf(value).map((text) => wordOf({ ...value, text }, known))
}

export function wordOf<Word extends string>({ name, text }: QueryValue, known: readonly Word[]): Word {
  const word = known.find((one) => one === text)
  return word ?? refuse(name, `one of: ${known.join(', ')}`)
}

export function numberOf({ name, text }: QueryValue, least: number, most: number): number {
  const value = text.trim() === '' ? NaN : Number(text)
  return Number.isFinite(value) && value >= least && value <= most
    ? value
    : refuse(name, rangeOf('a number', least, most))
}

export function wholeOf(value: QueryValue, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const number = numberOf(value, least, most)
  return Number.isInteger(number) ? number : refuse(value.name, rangeOf('a whole number', least, most))
}

/** Parses a time; Unix milliseconds. */
export const timeOf = ({ name, text }: QueryValue): number =>
  parseUtcTime(text) ?? refuse(name, 'an ISO time in UTC with seconds, like 2027-01-01T00:00:00Z')

const rangeOf = (kind: string, least: number, most: number): string =>
  most === Number.MAX_SAFE_INTEGER ? `${kind} from ${least}` : `${kind} from ${least} to ${most}`

function refuse(name: string, expected: string): never {
  throw new GatewayError('invalid_request', `The query parameter ${name} must be ${expected}.`)
}
