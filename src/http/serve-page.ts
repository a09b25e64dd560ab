import { requestedAddress } from './requested-address.ts'
import type { Exchange, Handler } from './exchange.ts'

/** Creates the handler of a page that is loaded and rendered at the first request, so that the start does not wait for it. */
export function servePage(render: () => Promise<string>): Handler {
  let text: Promise<string> | undefined
  return async (exchange) => sendPage(exchange, await (text ??= render()))
}

/** Sends a page. Its examples contain the address that the client requested. */
export async function sendPage(exchange: Exchange, page: string): Promise<void> {
  const { contentSecurityPolicy, origin } = await import('./docs/page.ts')
  exchange.text(page.replaceAll(origin, requestedAddress(exchange)), {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
}
