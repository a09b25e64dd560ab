import { type ErrorDetails, type ErrorKind, GatewayError, type Retry } from '../../canonical/errors.ts'
import type { FailedReply, SaidFailure, UpstreamFailure } from '../protocol.ts'
import { oneWord } from '../../util/one-word.ts'
import { type Meaning, meaningOf } from './failure-meanings.ts'
import { readError, type SaidError } from './read-error.ts'
import { retryAfterMs } from './retry-after.ts'

type Fail = (kind: ErrorKind, scope: Retry['scope'], message?: string, more?: ErrorDetails) => UpstreamFailure

/**
 * Classifies the failure of an upstream: the error for the client, and where the next attempt may go (contract §5.5, §6.7). The text and
 * codes of the error decide, or else its HTTP status. The gateway's own credentials at a provider are not the client's concern: their
 * refusal is a 502, never a 401 for the client.
 * @param code The vendor's code for the failure, where it comes beside the body.
 */
export function classifyFailure(
  reply: SaidFailure | FailedReply,
  providerName: string,
  code?: string,
): UpstreamFailure {
  const { status, body } = reply
  const read = readError(body)
  const said: SaidError = code === undefined ? read : { ...read, code, codes: [code.toLowerCase(), ...read.codes] }
  const afterMs = retryAfterMs(said, reply)
  const details: ErrorDetails = { providerName, providerCode: said.code, raw: body }
  const failure: Fail = (kind, scope, message, more = {}) => ({
    error: new GatewayError(kind, message, { ...details, ...more }),
    retry: { scope, ...(afterMs !== undefined && { afterMs }) },
  })
  const isRefusal = status === 400 || status === 413 || status === 422
  const meaning = meaningOf(said, isRefusal)
  // A 429 is a rate limit even if its text speaks of the key: the key must not be taken for an invalid one.
  return (
    (meaning === undefined || (meaning === 'key' && status === 429)
      ? null
      : byMeaning(meaning, status, said, failure)) ?? byStatus(status, said, failure)
  )
}

/** Classifies an error inside a reply with status 200. Its code gives the status, as a number or as a word. */
export function classifySaid(body: unknown, providerName: string, code?: string): UpstreamFailure {
  const said = readError(body)
  return classifyFailure({ status: said.status ?? statusOf(said), body }, providerName, code)
}

/** Classifies the value of an `error` field in the same way. */
export const classifyErrorObject = (error: unknown, providerName: string): UpstreamFailure =>
  classifySaid({ error }, providerName)

function byMeaning(meaning: Meaning, status: number, said: SaidError, failure: Fail): UpstreamFailure {
  const message = said.message ?? 'The provider refused the request.'
  switch (meaning) {
    case 'context-length':
      return failure('context_length_exceeded', 'larger-context', message)
    case 'output-length':
      return failure('max_tokens_exceeded', 'next-endpoint', message)
    case 'too-large':
      return failure('payload_too_large', 'next-endpoint', message)
    case 'content':
      return failure('content_policy_violation', 'next-model', message)
    case 'image':
      return failure('invalid_image', 'next-model', message)
    case 'credits':
    case 'key':
      return refusedCredentials(said, failure)
    case 'overloaded':
      return failure('provider_overloaded', 'next-endpoint', said.message)
    case 'rate':
      return failure('rate_limit_exceeded', 'next-credential', said.message)
    case 'other-account':
      return failure('invalid_request', 'next-credential', message)
    case 'unsupported':
      return failure(status === 422 ? 'unprocessable' : 'invalid_request', 'next-endpoint', message)
  }
}

function byStatus(status: number, said: SaidError, failure: Fail): UpstreamFailure {
  const { message } = said
  const refusal = message ?? 'The provider refused the request.'
  switch (status) {
    // Another endpoint of the same model would refuse it too.
    case 400:
      return failure('invalid_request', 'next-model', refusal)
    case 422:
      return failure('unprocessable', 'next-model', refusal)
    case 413:
      return failure('payload_too_large', 'next-endpoint', refusal)
    case 401:
    case 402:
    case 403:
      return refusedCredentials(said, failure)
    case 404:
      return failure('not_found', 'next-endpoint', message)
    case 429:
      return failure('rate_limit_exceeded', 'next-credential', message)
    case 451:
      return failure('content_policy_violation', 'next-model', refusal)
    case 408:
    case 504:
    case 524:
      return failure('provider_timeout', 'next-endpoint', message)
    case 503:
      return failure('provider_overloaded', 'next-endpoint', message)
    case 529:
      return failure('provider_overloaded', 'next-endpoint', message, { status: 529 })
    default:
      if (status >= 400 && status < 500) return failure('invalid_request', 'next-endpoint', message)
      return failure('provider_unavailable', status === 500 ? 'same' : 'next-endpoint', message)
  }
}

/** Only a code of one word is passed on: the rest of the error is about the gateway's own account and may quote the refused key. */
const refusedCredentials = (said: SaidError, failure: Fail): UpstreamFailure =>
  failure('provider_unavailable', 'next-credential', 'The provider refused the credentials of this gateway.', {
    raw: undefined,
    providerCode: oneWord(said.code) ?? undefined,
  })

/** The HTTP statuses that codes stand for, where their meaning is not known otherwise. */
const wordStatuses: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  invalid_prompt: 400,
  badrequesterror: 400,
  bad_request: 400,
  invalid_argument: 400,
  unauthenticated: 401,
  permission_denied: 403,
  not_found_error: 404,
  not_found: 404,
  model_not_found: 404,
  request_too_large: 413,
  resource_exhausted: 429,
  api_error: 500,
  internal: 500,
  unavailable: 503,
  timeout_error: 504,
  deadline_exceeded: 504,
  overloaded_error: 529,
}

/** An unknown code counts as 502, after which another endpoint is asked: it may do better. */
function statusOf({ codes }: SaidError): number {
  const known = codes.find((code) => Object.hasOwn(wordStatuses, code))
  return (known === undefined ? undefined : wordStatuses[known]) ?? 502
}
