import { type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { classifyFailure } from './classify-failure.ts'
import type { FailedReply, UpstreamFailure } from '../protocol.ts'

/**
 * The HTTP statuses that AWS's names of errors stand for. Errors about credentials come with 400 as well as with 403; a model that is not
 * ready yet comes with 429, the status of a rate limit. Read 2026-11-20 at
 * https://docs.aws.amazon.com/bedrock/latest/userguide/troubleshooting-api-error-codes.html
 */
const statuses: Readonly<Record<string, number>> = {
  validationexception: 400,
  validationerror: 400,
  accessdeniedexception: 403,
  expiredtoken: 403,
  expiredtokenexception: 403,
  incompletesignature: 403,
  incompletesignatureexception: 403,
  invalidclienttokenid: 403,
  invalidsignatureexception: 403,
  missingauthenticationtoken: 403,
  missingauthenticationtokenexception: 403,
  notauthorized: 403,
  optinrequired: 403,
  requestexpired: 403,
  signaturedoesnotmatch: 403,
  unrecognizedclientexception: 403,
  resourcenotfoundexception: 404,
  modeltimeoutexception: 408,
  servicequotaexceededexception: 429,
  throttling: 429,
  throttlingexception: 429,
  toomanyrequestsexception: 429,
  internalfailure: 500,
  internalservererror: 500,
  internalserverexception: 500,
  modelerrorexception: 502,
  modelstreamerrorexception: 502,
  modelnotreadyexception: 503,
  serviceunavailable: 503,
  serviceunavailableexception: 503,
}

/** Decodes a reply with an error status. The name of the error is in a header, or in the body for AWS's older services. */
export function decodeError(reply: FailedReply, providerName: string): UpstreamFailure {
  const named = stringOf(reply.headers['x-amzn-errortype']) ?? stringOf(objectOf(reply.body)?.['__type'])
  const word = named?.slice(named.lastIndexOf('#') + 1).split(':', 1)[0]
  return classifyFailure({ ...reply, status: statusOf(word) ?? reply.status }, providerName, word)
}

/** Decodes an exception inside a stream. An exception with an unknown name counts as status 502. */
export function decodeException(exception: string, payload: JsonObject, providerName: string): UpstreamFailure {
  return classifyFailure({ status: statusOf(exception) ?? 502, body: payload }, providerName, exception)
}

function statusOf(word = ''): number | undefined {
  const name = word.toLowerCase()
  return Object.hasOwn(statuses, name) ? statuses[name] : undefined
}
