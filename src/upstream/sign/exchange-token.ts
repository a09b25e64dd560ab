import type { Dispatcher } from 'undici'
import { parseJson } from '../../util/json.ts'
import type { SignTools } from './sign.ts'

const exchangeMs = 10_000
const longestBody = 262_144

/** The network of signing schemes: one short JSON exchange, bounded in time and size. */
export const exchangeToken =
  (dispatcher: Dispatcher): SignTools['exchange'] =>
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
    const chunks: Buffer[] = []
    let length = 0
    for await (const chunk of response.body) {
      const bytes = Buffer.from(chunk)
      length += bytes.length
      if (length > longestBody) throw new Error(`The answer of ${origin} is longer than ${longestBody} bytes.`)
      chunks.push(bytes)
    }
    const text = Buffer.concat(chunks).toString()
    return { status: response.statusCode, body: parseJson(text) ?? text }
  }
