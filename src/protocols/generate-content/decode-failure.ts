import { isObject, objectOf, stringOf } from '../../util/json.ts'
import { classifyFailure, classifySaid } from '../vendors/classify-failure.ts'
import type { FailedReply, UpstreamFailure } from '../protocol.ts'

/** Decodes Google's `{error: {code, status, message, details}}`, which a stream wraps in a list. Its `status` is the code of the error. */
export function decodeFailure(reply: FailedReply, providerName: string): UpstreamFailure {
  return classifyFailure(reply, providerName, wordOf(reply.body))
}

/** Decodes an error in the middle of a stream, or in a reply with status 200. Its code gives the status. */
export const decodeErrorObject = (chunk: unknown, providerName: string): UpstreamFailure =>
  classifySaid(chunk, providerName, wordOf(chunk))

function wordOf(body: unknown): string | undefined {
  const said = Array.isArray(body) ? body.find(isObject) : body
  return stringOf(objectOf(objectOf(said)?.['error'])?.['status'])
}
