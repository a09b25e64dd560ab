import type { Dispatcher } from 'undici'
import type { UpstreamRequest } from '../protocols/protocol.ts'
import type { UpstreamProvider } from './upstream-provider.ts'

interface Address {
  readonly origin: string
  readonly path: string
  readonly query: string
}

const addresses = new WeakMap<UpstreamProvider, Address>()

/** Parsed once a provider: `new URL` a call would cost as much as splitting the reply. */
function addressOf(provider: UpstreamProvider): Address {
  const known = addresses.get(provider)
  if (known !== undefined) return known
  const { origin, pathname, search } = new URL(provider.baseUrl)
  const address = { origin, path: pathname.replace(/\/+$/, ''), query: search }
  addresses.set(provider, address)
  return address
}

/** The HTTP request. Its headers are all our own: nothing of the client's headers is sent on (CVE-2026-1525). */
export function dispatchOptions(
  provider: UpstreamProvider,
  credential: number,
  request: UpstreamRequest,
): Dispatcher.DispatchOptions & { readonly origin: string } {
  const { origin, path, query } = addressOf(provider)
  const headers: Record<string, string> = {
    'content-type': 'application/json',
    'user-agent': 'waygate',
    // Compression would hold tokens back, and a small body can unpack to a huge one.
    'accept-encoding': 'identity',
    ...provider.headers,
    ...request.headers,
  }
  const apiKey = provider.apiKeys[credential]
  if (apiKey !== undefined) headers['authorization'] = `Bearer ${apiKey}`
  return {
    origin,
    path: path + request.path + query,
    method: request.method,
    headers,
    body: JSON.stringify(request.body),
  }
}
