import type { Dispatcher } from 'undici'
import { parseJson } from '../../util/json.ts'
import { readText } from '../reply-body.ts'
import { ResponseStream } from '../response-stream.ts'
import type { SignDependencies } from './sign.ts'

const exchangeMs = 10_000
const longestBody = 262_144

/** Makes the function with which signing schemes use the network: one short JSON exchange, limited in time and size. */
export const exchangeToken =
  (dispatcher: Dispatcher): SignDependencies['exchange'] =>
  async ({ url, method, headers, body }) => {
    const { origin, pathname, search } = new URL(url)
    const response = new ResponseStream()
    const late = new Error(`The answer of ${origin} took more than ${exchangeMs} ms.`)
    const timer = setTimeout(() => response.abort(late), exchangeMs)
    try {
      dispatcher.dispatch({ origin, path: pathname + search, method, headers, body: body ?? null }, response)
      await response.head()
      const text = await readText(response, longestBody)
      if (text === null) throw new Error(`The answer of ${origin} is longer than ${longestBody} bytes.`)
      return { status: response.status, body: parseJson(text) ?? text }
    } finally {
      clearTimeout(timer)
      response.release()
    }
  }
