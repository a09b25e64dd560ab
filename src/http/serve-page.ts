import { askedAddress } from './asked-address.ts'
import type { Exchange, Handler } from './exchange.ts'

/** Serves a page that is loaded and made at the first request: a start does not wait for it. */
export function servePage(render: () => Promise<string>): Handler {
  let text: Promise<string> | undefined
  return async (exchange) => sendPage(exchange, await (text ??= render()))
}

/** Answers with a page. Its examples show the address that it was asked at. */
export async function sendPage(exchange: Exchange, page: string): Promise<void> {
  const { contentSecurityPolicy, origin } = await import('./docs/page.ts')
  exchange.text(page.replaceAll(origin, askedAddress(exchange)), {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
}
