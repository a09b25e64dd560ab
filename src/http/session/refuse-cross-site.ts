import type { IncomingMessage } from 'node:http'
import { GatewayError } from '../../canonical/errors.ts'

/**
 * Refuses a request with the cookie of a session that another site may have caused. What changes nothing is refused where the browser itself
 * tells so. Everything else must come from the gateway's own page, and have a header that no form and no link can send.
 * @throws GatewayError 403
 */
export function refuseCrossSite({ method, headers }: IncomingMessage): void {
  const site = headers['sec-fetch-site']
  if (method === 'GET' || method === 'HEAD') {
    if (site !== 'cross-site' && site !== 'same-site') return
    throw new GatewayError('permission_denied', 'A session may only be used by the page of this gateway.')
  }
  if (headers['x-waygate-console'] !== '1') {
    throw new GatewayError(
      'permission_denied',
      'A request that begins a session, or that changes something with the cookie of one, must have the header x-waygate-console: 1.',
    )
  }
  if (site === undefined ? isHost(headers.origin, headers.host) : site === 'same-origin') return
  throw new GatewayError(
    'permission_denied',
    'A request that begins a session, or that changes something with the cookie of one, must come from the page of this gateway: neither Sec-Fetch-Site nor Origin tells so.',
  )
}

const isHost = (origin: string | undefined, host: string | undefined): boolean =>
  origin !== undefined && host !== undefined && URL.canParse(origin) && new URL(origin).host === host.toLowerCase()
