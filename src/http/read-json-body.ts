import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { type ErrorKind, GatewayError } from '../canonical/errors.ts'
import { noteLists } from '../util/as-it-came.ts'
import { jsonExcess, type JsonList } from '../util/json-excess.ts'
import { readStream } from '../util/read-stream.ts'

/** The kinds of errors with which every route that reads a JSON body may answer, beside those of its own. */
export const bodyErrors: readonly ErrorKind[] = [
  'invalid_request',
  'authentication',
  'permission_denied',
  'timeout',
  'payload_too_large',
  'unsupported_media_type',
  'server',
]

export interface BodyLimits {
  readonly bodyBytes: number
  readonly jsonDepth: number
  /** The time in milliseconds, from the headers, within which the whole body must arrive. */
  readonly bodyMs: number
}

/**
 * Parsing takes a microsecond or more for each key that is unlike others, so a body of 64 MB could block all other requests for many
 * seconds. Conversations of thousands of messages have less than a tenth of this number.
 */
const maximumKeys = 250_000
/** A prompt of a million token ids is within this limit. */
const maximumValues = 1_100_000

/**
 * Reads and parses the body of a request. Limits are checked before anything is parsed.
 * @throws GatewayError 400, 408, 413 or 415, with a message that states what would be correct.
 */
export async function readJsonBody(incoming: IncomingMessage, limits: BodyLimits): Promise<unknown> {
  refuseEncoded(incoming)
  return parseBody(await readBytes(incoming, limits), limits)
}

/** @throws GatewayError 415 for a body that is compressed. */
export function refuseEncoded({ headers }: IncomingMessage): void {
  const encoding = headers['content-encoding']
  if (encoding === undefined || encoding === 'identity') return
  throw new GatewayError('unsupported_media_type', `Send the body without content-encoding, not as ${encoding}.`)
}

/**
 * Parses the bytes of a body. Limits are checked before anything is parsed.
 * @throws GatewayError 400, with a message that states what would be correct
 */
export function parseBody(bytes: Buffer, limits: Pick<BodyLimits, 'jsonDepth'>): unknown {
  if (!isUtf8(bytes)) throw new GatewayError('invalid_request', 'The request body is not valid UTF-8.')
  const lists: JsonList[] = []
  const count = { keys: 0, values: 0, lists }
  const excess = jsonExcess(bytes, { depth: limits.jsonDepth, keys: maximumKeys, values: maximumValues }, count)
  if (excess === 'depth') throw nestsTooDeep(limits.jsonDepth)
  if (excess === 'keys') {
    throw new GatewayError('invalid_request', `The request body holds more than ${maximumKeys} keys.`)
  }
  if (excess === 'values') {
    throw new GatewayError('invalid_request', `The request body holds more than ${maximumValues} values.`)
  }
  try {
    const body: unknown = JSON.parse(withoutMark(bytes.toString('utf8')))
    noteLists(body, bytes, lists, count.keys)
    return body
  } catch (error) {
    const reason = error instanceof SyntaxError ? `: ${withoutQuotation(error.message)}` : ''
    throw new GatewayError('invalid_request', `The request body is not valid JSON${reason}.`)
  }
}

/** Makes the error for a body that nests too deep. */
export const nestsTooDeep = (most: number): GatewayError =>
  new GatewayError('invalid_request', `The request body nests deeper than ${most} levels.`)

/** Clients on Windows begin UTF-8 with a byte order mark. A JSON parser may ignore it (RFC 8259 §8.1), but V8's does not. */
const withoutMark = (text: string): string => (text.startsWith('\uFEFF') ? text.slice(1) : text)

/** V8 quotes the text around the error, but an error must not contain parts of a prompt. */
function withoutQuotation(message: string): string {
  const quotation = message.endsWith('is not valid JSON') ? message.indexOf(', ') : -1
  return (quotation === -1 ? message : message.slice(0, quotation)).replace(' in JSON', '')
}

async function readBytes(incoming: IncomingMessage, { bodyBytes: limit, bodyMs }: BodyLimits): Promise<Buffer> {
  const announced = incoming.headers['content-length']
  if (announced !== undefined && Number(announced) > limit) throw tooLarge(limit)
  const bytes = await readStream(incoming, announced === undefined ? limit : Number(announced), bodyMs)
  if (bytes === 'too long') throw tooLarge(limit)
  if (bytes === 'too late') {
    throw new GatewayError('timeout', `The request body did not come within ${bodyMs / 1000} seconds.`)
  }
  if (bytes === 'broken off') throw new GatewayError('invalid_request', 'The request body broke off.')
  return bytes
}

/**
 * The connection stays open, and what still arrives is discarded for a limited time (discard-rest.ts): the operating system resets a socket
 * that is closed with unread bytes, and the client could lose the reply.
 */
const tooLarge = (limit: number): GatewayError =>
  new GatewayError('payload_too_large', `The request body is larger than ${limit} bytes.`)
