import { GatewayError, type Retry } from '../../canonical/errors.ts'
import { arrayOf, isObject, type JsonObject, numberOf, objectOf, stringOf } from '../../util/json.ts'
import { classifyFailure, plausibleWait } from '../vendors/classify-failure.ts'
import type { FailedReply, SaidFailure, UpstreamFailure } from '../protocol.ts'
import { fullMatch, search } from '../../util/pattern.ts'

/**
 * Google's `{error: {code, status, message, details}}`, which a stream wraps in a list. How long to wait stands in the details; a
 * bad API key is called an invalid argument.
 */
export function decodeFailure(reply: SaidFailure | FailedReply, providerName: string): UpstreamFailure {
  const { status, body } = reply
  const said = errorOf(body)
  if (said === undefined) return classifyFailure(reply, providerName)
  const meant = refusesKey(said) ? 401 : status
  const error = { message: stringOf(said['message']), code: stringOf(said['status']) }
  const failure = classifyFailure({ ...reply, status: meant, body: { error } }, providerName)
  const afterMs = delayOf(said) ?? failure.retry.afterMs
  const retry: Retry = { ...failure.retry, ...(afterMs !== undefined && { afterMs }) }
  return { error: withRaw(failure.error, body), retry }
}

/** An error in the middle of a stream, or in a reply with status 200: its code says what the status would have been. */
export function decodeErrorObject(error: JsonObject, providerName: string): UpstreamFailure {
  const code = numberOf(error['code'])
  const status = code !== undefined && code >= 400 && code < 600 ? code : 502
  return decodeFailure({ status, body: { error } }, providerName)
}

/** The provider's own words, unless they were withheld because they quote the key. */
function withRaw({ kind, message, details }: GatewayError, raw: unknown): GatewayError {
  return details.raw === undefined
    ? new GatewayError(kind, message, details)
    : new GatewayError(kind, message, { ...details, raw })
}

const errorOf = (body: unknown): JsonObject | undefined =>
  objectOf(objectOf(Array.isArray(body) ? body[0] : body)?.['error'])

const detailsOf = (error: JsonObject): readonly JsonObject[] => arrayOf(error['details']).filter(isObject)

const keyReasons = new Set<unknown>(['API_KEY_INVALID', 'API_KEY_EXPIRED', 'ACCESS_TOKEN_EXPIRED'])

function refusesKey(error: JsonObject): boolean {
  if (detailsOf(error).some(({ reason }) => keyReasons.has(reason))) return true
  return search(/API key (not valid|expired)/i, stringOf(error['message']) ?? '') !== null
}

/** `RetryInfo.retryDelay`, a duration such as `34.07s`, in milliseconds. */
function delayOf(error: JsonObject): number | undefined {
  const delays = detailsOf(error).map(
    ({ retryDelay }) => fullMatch(/^(\d+(?:\.\d+)?)s$/, stringOf(retryDelay) ?? '')?.[1],
  )
  const delay = delays.find((seconds) => seconds !== undefined)
  return delay === undefined ? undefined : plausibleWait(Math.ceil(Number(delay) * 1000))
}
