import type { Dispatcher } from 'undici'
import type { EncodedRequest, SendRequest } from '../canonical/outgoing-request.ts'
import type { Dial } from './guarded-dialer.ts'
import { ResponseStream } from './response-stream.ts'

/** Makes the function that sends requests to addresses which the operator configured: they may be private. */
export const createSendRequest =
  (dispatcher: Dispatcher): SendRequest =>
  (request, signal) =>
    exchange(dispatcher, request, signal)

/** Makes the function that sends requests to addresses which came through the API (principle 10). */
export const createGuardedSendRequest =
  (dial: Dial): SendRequest =>
  async (request, signal) => {
    const client = await dial(new URL(request.url), signal)
    try {
      return await exchange(client, request, signal)
    } finally {
      await client.destroy()
    }
  }

async function exchange(dispatcher: Dispatcher, request: EncodedRequest, signal: AbortSignal): Promise<number> {
  const { method, url, headers, body } = request
  const response = new ResponseStream()
  const stop = (): void => response.abort(givenUp)
  signal.addEventListener('abort', stop, { once: true })
  try {
    signal.throwIfAborted()
    const { origin, pathname, search } = new URL(url)
    dispatcher.dispatch({ origin, path: pathname + search, method, headers: { ...ours, ...headers }, body }, response)
    await response.head()
    return response.status
  } finally {
    signal.removeEventListener('abort', stop)
    response.release()
  }
}

const ours = { 'user-agent': 'waygate', 'accept-encoding': 'identity' }
const givenUp = new Error('The request was given up.')
