import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'

/**
 * Whether a request may come from a page in a browser: it names its origin, or it asks by a name that a page could own and have resolved to
 * this machine (DNS rebinding). An address and a name without a dot are no page's.
 */
export function isFromWebPage({ origin, host = '' }: IncomingHttpHeaders): boolean {
  if (origin !== undefined) return true
  const name = host.replace(/:\d+$/, '').replace(/^\[|\]$/g, '')
  return name.includes('.') && isIP(name) === 0 && !name.endsWith('.localhost')
}
