import { arrayOf, isObject, type JsonObject, objectOf } from '../../util/json.ts'
import { fullMatch, search, searchAll } from '../../util/pattern.ts'
import type { FailedReply, ResponseHeaders, SaidFailure } from '../protocol.ts'
import type { SaidError } from './read-error.ts'

/**
 * The longest wait that is believed, in milliseconds: no provider has a quota for longer than a day, and `Retry-After: 1e300` means
 * nothing.
 */
const longestWaitMs = 86_400_000

/**
 * Returns how long an upstream asks clients to wait, in milliseconds and at most a day: by a header or field for this, by the text of the
 * error, or by the reset time of the limit that is used up. Returns undefined where the reply gives no wait.
 */
export function retryAfterMs(said: SaidError, reply: SaidFailure | FailedReply): number | undefined {
  const headers = 'headers' in reply ? reply.headers : {}
  const now = 'headers' in reply ? reply.receivedAt : undefined
  const afterMs =
    count(headers['retry-after-ms']) ??
    waitInBody(reply.body, now) ??
    momentMs(headers['retry-after'], now) ??
    waitInWords(said.words) ??
    (reply.status === 429 || reply.status === 503 ? resetMs(headers, now) : undefined)
  return afterMs === undefined ? undefined : Math.min(afterMs, longestWaitMs)
}

function count(value: unknown): number | undefined {
  if (value === undefined || value === null || value === '') return undefined
  const number = Number(value)
  return Number.isFinite(number) && number >= 0 ? number : undefined
}

/**
 * Returns a wait in milliseconds from any of the forms in use: a number of seconds, a duration such as `6m0s`, a date, or a time in Unix
 * seconds or milliseconds. Times count from when the reply came.
 */
function momentMs(value: unknown, now: number | undefined): number | undefined {
  const number = count(value)
  if (number !== undefined) {
    if (number > unixMilliseconds) return now === undefined ? undefined : Math.max(0, number - now)
    if (number > unixSeconds) return now === undefined ? undefined : Math.max(0, number * 1000 - now)
    return number * 1000
  }
  if (typeof value !== 'string') return undefined
  const duration = durationMs(value)
  if (duration !== undefined) return duration
  const date = Date.parse(value)
  return Number.isNaN(date) || now === undefined ? undefined : Math.max(0, date - now)
}

/** A larger number is a time and no wait. Both values are times in 2001, one in seconds and one in milliseconds. */
const unixSeconds = 1_000_000_000
const unixMilliseconds = 1_000_000_000_000

const units: Readonly<Record<string, number>> = { ms: 1, mi: 60_000, m: 60_000, s: 1_000, h: 3_600_000, d: 86_400_000 }

/** Parses a duration such as `1.2s`, `6m0s`, `20ms`, `59 seconds` or `1 minute and 5 seconds`. Returns undefined for other text. */
function durationMs(text: string): number | undefined {
  if (fullMatch(/^[\d.a-z, ]{1,60}$/i, text) === null) return undefined
  const parts = searchAll(/(\d{1,9}(?:\.\d{1,9})?) ?(ms|mi|[mshd])/gi, text)
  if (parts.length === 0) return undefined
  const sum = parts.reduce((ms, [, number, unit = '']) => ms + Number(number) * (units[unit.toLowerCase()] ?? 0), 0)
  return Math.ceil(sum)
}

/**
 * Reads the wait in a body: `RetryInfo.retryDelay` of Google (https://cloud.google.com/apis/design/errors), also in its OpenAI form;
 * `retry_after` in seconds, in the body, the error or its `metadata`; the headers of its own upstream that OpenRouter, as an upstream,
 * repeats there.
 */
function waitInBody(body: unknown, now: number | undefined): number | undefined {
  const outer = objectOf(Array.isArray(body) ? body[0] : body)
  const error = objectOf(outer?.['error'])
  const metadata = objectOf(error?.['metadata'])
  const delays = [error, outer].flatMap((from) => arrayOf(from?.['details']).filter(isObject))
  for (const { retryDelay } of delays) {
    const delay = typeof retryDelay === 'string' ? durationMs(retryDelay) : undefined
    if (delay !== undefined) return delay
  }
  for (const from of [outer, error, metadata]) {
    const fine = count(from?.['retry_after_ms'])
    const seconds = momentMs(from?.['retry_after'] ?? from?.['retry_after_seconds'], now)
    if (fine !== undefined || seconds !== undefined) return fine ?? seconds
  }
  const headers = objectOf(metadata?.['headers'])
  return headers === undefined ? undefined : resetMs(lowerCase(headers), now)
}

const lowerCase = (headers: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))

/**
 * Reads the wait in a message: “Please try again in 1.2s.” (OpenAI, Groq), “retry after 26 seconds” (Azure), “Please retry in 34.07s.”
 * (Google).
 */
function waitInWords(words: string): number | undefined {
  const found = search(/(?:try again|retry) (?:in|after) (\d[\d.a-z ]{0,30})/, words)
  if (found === null) return undefined
  // The text after the wait is another sentence.
  const [, wait = ''] = found
  const end = search(/[a-z](?:\.| (?![\d ]))/, wait)
  return durationMs(end === null ? wait.replace(/\.$/, '') : wait.slice(0, end.index + 1))
}

/**
 * Reads the wait in headers: `x-ratelimit-reset-requests: 6m0s` and the like (OpenAI, Groq), `x-ratelimit-reset: 1767225600` (OpenRouter,
 * Moonshot), `anthropic-ratelimit-tokens-reset: 2026-01-01T00:00:00Z`. Of several limits those count of which nothing is left; where no
 * header tells what is left, the limit with the earliest reset counts.
 */
function resetMs(headers: ResponseHeaders | JsonObject, now: number | undefined): number | undefined {
  const usedUp: number[] = []
  const all: number[] = []
  for (const [name, value] of Object.entries(headers)) {
    if (!name.includes('ratelimit') || !name.includes('reset')) continue
    const wait = momentMs(value, now)
    if (wait === undefined) continue
    all.push(wait)
    if (count(headers[name.replace('reset', 'remaining')]) === 0) usedUp.push(wait)
  }
  if (usedUp.length > 0) return Math.max(...usedUp)
  return all.length > 0 ? Math.min(...all) : undefined
}
