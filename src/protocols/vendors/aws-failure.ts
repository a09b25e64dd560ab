import { type JsonObject, objectOf, stringOf } from '../../util/json.ts'
import { classifyFailure } from './classify-failure.ts'
import type { FailedReply, UpstreamFailure } from '../protocol.ts'

/**
 * What AWS's words for failures would be as statuses. Those about credentials come with 400 as well as with 403; a model that is not
 * ready yet comes with the 429 of a limit. Read 2026-11-20 at
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

/** A refusal with a status. Its kind stands in a header, or in the body as AWS's older services have it. */
export function decodeError(reply: FailedReply, providerName: string): UpstreamFailure {
  const named = stringOf(reply.headers['x-amzn-errortype']) ?? stringOf(objectOf(reply.body)?.['__type'])
  const word = named?.slice(named.lastIndexOf('#') + 1).split(':', 1)[0]
  return classifyFailure({ ...reply, status: statusOf(word) ?? reply.status }, providerName, word)
}

/** An exception inside a stream. */
export function decodeException(exception: string, payload: JsonObject, providerName: string): UpstreamFailure {
  return classifyFailure({ status: statusOf(exception) ?? 502, body: payload }, providerName, exception)
}

function statusOf(word = ''): number | undefined {
  const name = word.toLowerCase()
  return Object.hasOwn(statuses, name) ? statuses[name] : undefined
}
