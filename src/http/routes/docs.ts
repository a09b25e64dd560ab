import type { Catalog } from '../../catalog/model.ts'
import { askedAddress } from '../asked-address.ts'
import type { Exchange, Route } from '../exchange.ts'

/** `GET /`: what this is, and how to ask. */
export const start =
  (catalog: () => Catalog): Route =>
  async (exchange) => {
    const { startPage } = await import('../docs/start-page.ts')
    const slugs = [...catalog().models.keys()]
    await send(exchange, startPage(slugs.find((slug) => slug === 'waygate/simulator') ?? slugs[0] ?? null))
  }

/** `GET /docs`: the API reference. */
export const apiReference = (): Route =>
  served(async () => {
    const { referencePage } = await import('../docs/reference-page.ts')
    const { buildDocument } = await import('../openapi/document.ts')
    return referencePage(buildDocument())
  })

/** `GET /docs/errors`: the error reference. */
export const errorReference = (): Route =>
  served(async () => {
    const { errorsPage } = await import('../docs/errors-page.ts')
    return errorsPage()
  })

/** A page that is loaded and made at the first request: a start does not wait for it. */
function served(render: () => Promise<string>): Route {
  let text: Promise<string> | undefined
  return async (exchange) => send(exchange, await (text ??= render()))
}

/** Examples show the address that the page was asked at. */
async function send(exchange: Exchange, page: string): Promise<void> {
  const { contentSecurityPolicy, origin } = await import('../docs/page.ts')
  exchange.text(page.replaceAll(origin, askedAddress(exchange)), {
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-cache',
    'content-security-policy': contentSecurityPolicy,
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
  })
}
