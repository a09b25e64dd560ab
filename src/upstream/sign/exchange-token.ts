import type { Dispatcher } from 'undici'
import { parseJson } from '../../util/json.ts'
import { readStream } from '../../util/read-stream.ts'
import type { SignDependencies } from './sign.ts'

const exchangeMs = 10_000
const longestBody = 262_144

/** The network of signing schemes: one short JSON exchange, bounded in time and size. */
export const exchangeToken =
  (dispatcher: Dispatcher): SignDependencies['exchange'] =>
  async ({ url, method, headers, body }) => {
    const { origin, pathname, search } = new URL(url)
    const response = await dispatcher.request({
      origin,
      path: pathname + search,
      method,
      headers,
      body: body ?? null,
      signal: AbortSignal.timeout(exchangeMs),
    })
    const bytes = await readStream(response.body, longestBody)
    if (typeof bytes === 'string') {
      response.body.destroy()
      const fault = bytes === 'too long' ? `is longer than ${longestBody} bytes` : `broke off, or took ${exchangeMs} ms`
      throw new Error(`The answer of ${origin} ${fault}.`)
    }
    const text = bytes.toString()
    return { status: response.statusCode, body: parseJson(text) ?? text }
  }
