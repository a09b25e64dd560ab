import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'

/**
 * Tells whether a request may come from a page in a browser: it has an origin, or its host is a name that a page could own and resolve to
 * this machine (DNS rebinding). An IP address and a name without a dot cannot belong to a page.
 */
export function isFromWebPage({ origin, host = '' }: IncomingHttpHeaders): boolean {
  if (origin !== undefined) return true
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  return name.includes('.') && isIP(name) === 0 && !name.endsWith('.localhost')
}
