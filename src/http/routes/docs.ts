import type { Route } from '../exchange.ts'

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
  return async (exchange) => {
    text ??= render()
    const { contentSecurityPolicy } = await import('../docs/page.ts')
    exchange.text(await text, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
  }
}
