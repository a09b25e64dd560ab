import { type ErrorDetails, type ErrorKind, GatewayError, type Retry } from '../../canonical/errors.ts'
import { isObject, type JsonObject, numberOf, objectOf, stringOf } from '../../util/json.ts'
import type { FailedReply, SaidFailure, UpstreamFailure } from '../protocol.ts'
import { fullMatch, search } from '../../util/pattern.ts'

/**
 * What an upstream's failure means for the client and for the next attempt, by its HTTP status (contract §5.5, §6.7). Our
 * credentials at a provider are our concern: their refusal is a 502, never the client's 401.
 *
 * @param code The vendor's word for it, where that stands beside the body.
 */
export function classifyFailure(
  reply: SaidFailure | FailedReply,
  providerName: string,
  code?: string,
): UpstreamFailure {
  const { status, body } = reply
  const said = { ...readError(body), ...(code !== undefined && { code }) }
  const retryAfter = 'headers' in reply ? retryAfterMs(reply) : undefined
  const details: ErrorDetails = { providerName, providerCode: said.code, raw: body }
  const failure = (
    kind: ErrorKind,
    scope: Retry['scope'],
    message?: string,
    more: ErrorDetails = {},
  ): UpstreamFailure => ({
    error: new GatewayError(kind, message, { ...details, ...more }),
    retry: { scope, ...(retryAfter !== undefined && { afterMs: plausibleWait(retryAfter) }) },
  })

  // Anthropic says with a 400 that our account is empty.
  const isUnpaid =
    said.code === 'insufficient_quota' || search(/credit balance is too low/, said.message ?? '') !== null
  if (!isUnpaid && (status === 400 || status === 413 || status === 422)) return userFailure(status, said, failure)
  if (isUnpaid || status === 401 || status === 402 || status === 403) {
    // What it says is about us and may quote the refused key: a code in one word is all that is passed on.
    return failure('provider_unavailable', 'next-credential', 'The provider refused the credentials of this gateway.', {
      raw: undefined,
      providerCode: fullMatch(/^[\w.-]{1,64}$/, said.code ?? '') !== null ? said.code : undefined,
    })
  }
  if (status === 404) return failure('not_found', 'next-endpoint', said.message)
  if (status === 429) return failure('rate_limit_exceeded', 'next-credential', said.message)
  if (status === 408 || status === 504 || status === 524) return failure('provider_timeout', 'next-endpoint')
  if (status === 503) return failure('provider_overloaded', 'next-endpoint')
  if (status === 529) return failure('provider_overloaded', 'next-endpoint', undefined, { status: 529 })
  if (status >= 400 && status < 500) return failure('invalid_request', 'next-endpoint', said.message)
  return failure('provider_unavailable', status === 500 ? 'same' : 'next-endpoint')
}

type Fail = (kind: ErrorKind, scope: Retry['scope'], message?: string, more?: ErrorDetails) => UpstreamFailure

/** A refused request: another endpoint of the same model would refuse it too, unless the refusal is about this endpoint. */
function userFailure(status: number, said: SaidError, failure: Fail): UpstreamFailure {
  const words = `${said.code ?? ''} ${said.message ?? ''}`.toLowerCase()
  const message = said.message ?? 'The provider refused the request.'
  if (search(tooLong, words) !== null || countsTooMany.every((part) => search(part, words) !== null)) {
    return failure('context_length_exceeded', 'larger-context', message)
  }
  if (search(/maximum (allowed number of output tokens|tokens you requested)/, words) !== null)
    return failure('max_tokens_exceeded', 'next-endpoint', message)
  if (search(/content[_ ](policy|filter)|moderation|safety|usage polic/, words) !== null) {
    return failure('content_policy_violation', 'next-model', message)
  }
  if (search(imageCode, said.code ?? '') !== null) return failure('invalid_image', 'next-model', message)
  // OpenAI binds thoughts to the account and model that had them: another of our keys may be the one that can read them.
  if (said.code === 'invalid_encrypted_content') return failure('invalid_request', 'next-credential', message)
  if (search(unsupported, words) !== null) {
    return failure('invalid_request', 'next-endpoint', message)
  }
  if (status === 413) return failure('payload_too_large', 'next-endpoint', message)
  return failure(status === 422 ? 'unprocessable' : 'invalid_request', 'next-model', message)
}

const tooLong =
  /context[_ ]length|context window|maximum context|too many tokens|context limit|(prompt|input) is too long|input tokens exceed/

/** Google's words, with the count between them. */
const countsTooMany = [/token count/, /exceeds/]

const unsupported =
  /prefill|unsupported|not supported|(does|is)n.t support|model identifier|unknown (parameter|field)|unrecognized|extra inputs/

/** What OpenAI's Responses say about an image that they cannot use. */
const imageCode = /^(invalid_(base64_)?image|image_|unsupported_image|empty_image|failed_to_download_image)/

/** An `error` object inside a 200: its code says what the status would have been, as a number or in a word. */
export function classifyErrorObject(error: unknown, providerName: string): UpstreamFailure {
  return classifyFailure({ status: isObject(error) ? statusOf(error) : 502, body: { error } }, providerName)
}

const wordStatuses: Readonly<Record<string, number>> = {
  invalid_prompt: 400,
  invalid_request_error: 400,
  context_length_exceeded: 400,
  content_filter: 400,
  insufficient_quota: 429,
  rate_limit_exceeded: 429,
  // Anthropic's, in the middle of a stream.
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
}

function statusOf(error: JsonObject): number {
  const code = numberOf(error['code']) ?? numberOf(error['status'])
  if (code !== undefined && code >= 400 && code < 600) return code
  const words = [error['code'], error['type']].filter((word) => typeof word === 'string')
  if (words.some((word) => search(imageCode, word) !== null)) return 400
  return words.filter((word) => Object.hasOwn(wordStatuses, word)).map((word) => wordStatuses[word])[0] ?? 502
}

interface SaidError {
  readonly message: string | undefined
  readonly code: string | undefined
}

/** The message and code of the error bodies in use: `{error: {message, code, type}}`, `{error: text}`, `{message}`, `{detail}`. */
function readError(body: unknown): SaidError {
  if (typeof body === 'string') return { message: undefined, code: undefined }
  const outer = objectOf(body)
  const inner = objectOf(outer?.['error']) ?? outer
  const code = inner?.['code'] ?? inner?.['type']
  return {
    message: stringOf(inner?.['message']) ?? stringOf(outer?.['error']) ?? stringOf(inner?.['detail']),
    code: typeof code === 'string' || typeof code === 'number' ? String(code) : undefined,
  }
}

/** A quota of a day is the longest that a provider can mean; `Retry-After: 1e300` means nothing. */
const longestWaitMs = 86_400_000

export const plausibleWait = (ms: number): number => Math.min(ms, longestWaitMs)

/** `Retry-After` in seconds or as a date, or the finer `retry-after-ms` that OpenAI sends. */
function retryAfterMs({ headers, receivedAt }: FailedReply): number | undefined {
  const fine = Number(headers['retry-after-ms'])
  if (Number.isFinite(fine) && fine >= 0) return fine
  const header = headers['retry-after']
  if (typeof header !== 'string') return undefined
  const seconds = Number(header)
  if (Number.isFinite(seconds) && seconds >= 0) return seconds * 1000
  const date = Date.parse(header)
  return Number.isNaN(date) ? undefined : Math.max(0, date - receivedAt)
}
