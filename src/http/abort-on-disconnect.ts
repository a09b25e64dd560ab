import type { ServerResponse } from 'node:http'

/** It is created once, because an abort without a reason creates a stack trace each time. */
const clientDisconnected = new Error('The client left.')

/** Returns a signal that is aborted when the client disconnects before it has received everything. */
export function abortOnDisconnect(outgoing: ServerResponse): AbortSignal {
  const leaving = new AbortController()
  outgoing.once('close', () => {
    if (!outgoing.writableFinished) leaving.abort(clientDisconnected)
  })
  return leaving.signal
}
