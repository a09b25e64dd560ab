import { buildDocument } from '../openapi/document.ts'
import type { Route } from '../environment.ts'

/** `GET /openapi.json`: the description of the API, built at the first request. */
export function openApi(): Route {
  let text: string | undefined
  return (c) => {
    text ??= JSON.stringify(buildDocument())
    return c.body(text, 200, { 'content-type': 'application/json' })
  }
}
