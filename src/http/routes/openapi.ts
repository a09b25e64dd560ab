import type { Route } from '../exchange.ts'

/** `GET /openapi.json`: the description of the API. Loaded and built at the first request: a start does not wait for it. */
export function openApi(): Route {
  let text: Promise<string> | undefined
  return async (exchange) => {
    text ??= build()
    exchange.text(await text, { 'content-type': 'application/json' })
  }
}

async function build(): Promise<string> {
  const { buildDocument } = await import('../openapi/document.ts')
  return JSON.stringify(buildDocument())
}
