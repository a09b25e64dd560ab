import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { UpstreamRequest } from '../protocols/protocol.ts'
import type { SignableCall } from './sign/sign.ts'
import type { UpstreamProvider } from './upstream-provider.ts'
import { writeJson } from '../util/as-it-came.ts'
import { trimEnd } from '../util/trim-end.ts'
import { writeForm, type WrittenForm } from '../util/form/write-form.ts'

interface Address {
  readonly origin: string
  readonly path: string
  readonly query: string
}

const addresses = new WeakMap<UpstreamProvider, Address>()

/**
 * Returns the parsed base URL of a provider. It is parsed once: `new URL` for each call would cost as much as splitting the reply into
 * frames.
 */
function addressOf(provider: UpstreamProvider): Address {
  const known = addresses.get(provider)
  if (known !== undefined) return known
  const { origin, pathname, search } = new URL(provider.baseUrl)
  const address = { origin, path: trimEnd(pathname, '/'), query: search }
  addresses.set(provider, address)
  return address
}

/**
 * Makes the HTTP request without the credentials. All headers are the gateway's own: no header of the client is passed on (CVE-2026-1525).
 */
export function unsignedCall(
  provider: UpstreamProvider,
  request: UpstreamRequest,
  trace?: Readonly<Record<string, string>>,
): SignableCall {
  const { origin, path, query } = addressOf(provider)
  const [below = '', asked] = request.path.split('?', 2)
  return {
    method: request.method,
    origin,
    path: path + below + (asked === undefined ? query : `${query === '' ? '?' : `${query}&`}${asked}`),
    headers: {
      'content-type': 'application/json',
      'user-agent': 'waygate',
      // Compression would delay tokens, and a small body can unpack to a huge one.
      'accept-encoding': 'identity',
      ...provider.headers,
      ...request.headers,
      ...trace,
    },
    body: request.files === undefined ? writeJson(request.body) : writeForm(request.body, request.files),
  }
}

/**
 * Longer bodies are written only as fast as the connection takes them, so that it is known when the upstream has the whole body. Shorter
 * ones fit into the buffers of any connection.
 */
const mostAtOnce = 16_384

export function signedCall(
  { body, ...call }: SignableCall,
  credentials: Readonly<Record<string, string>>,
): Dispatcher.DispatchOptions & { readonly origin: string } {
  const headers = { ...call.headers, ...credentials }
  if (isForm(body)) {
    return {
      ...call,
      body: Readable.from(body.read(), { objectMode: false }),
      headers: { ...headers, 'content-type': body.contentType, 'content-length': String(body.bytes) },
    }
  }
  if (typeof body === 'string' && body.length <= mostAtOnce) return { ...call, body, headers }
  const pieces = typeof body === 'string' ? [Buffer.from(body)] : body
  const length = pieces.reduce((sum, piece) => sum + piece.length, 0)
  if (length <= mostAtOnce) return { ...call, body: Buffer.concat(pieces), headers }
  return {
    ...call,
    body: Readable.from(once(pieces), { objectMode: false }),
    headers: { ...headers, 'content-length': String(length) },
  }
}

/**
 * Returns an iterable that holds the bytes only until they are read: undici keeps what it sends as long as the reply lasts, and a stream
 * may last for minutes. The last byte is a separate piece: it, and the end with it, is read only once the connection has taken all before
 * it. It is a copy: a view, however small, keeps all of the memory behind it. (A generator would not do: it keeps its arguments until the
 * next read.)
 */
function once(pieces: readonly Buffer[]): Iterable<Buffer> {
  const last = pieces.at(-1) ?? Buffer.of()
  const left = [...pieces.slice(0, -1), last.subarray(0, -1), Buffer.from(last.subarray(-1))]
  const next = (): IteratorResult<Buffer> => {
    const value = left.shift()
    return value === undefined ? { done: true, value } : { done: false, value }
  }
  return { [Symbol.iterator]: () => ({ next }) }
}

const isForm = (body: SignableCall['body']): body is WrittenForm => typeof body === 'object' && 'read' in body
