import { errorsPage } from '../docs/errors-page.ts'
import { contentSecurityPolicy } from '../docs/page.ts'
import { referencePage } from '../docs/reference-page.ts'
import { buildDocument } from '../openapi/document.ts'
import type { Route } from '../environment.ts'

/** `GET /docs`: the API reference. */
export const apiReference = (): Route => served(() => referencePage(buildDocument()))

/** `GET /docs/errors`: the error reference. */
export const errorReference = (): Route => served(errorsPage)

/** A page that is made at the first request. */
function served(render: () => string): Route {
  let text: string | undefined
  return (c) => {
    text ??= render()
    return c.body(text, 200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': contentSecurityPolicy,
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
    })
  }
}
