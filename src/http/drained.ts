import type { ServerResponse } from 'node:http'
import { stuckMs } from './send.ts'

/** Resolves when the client has read enough, or has disconnected. A client that reads nothing for this time is disconnected. */
export function drained(outgoing: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const limit = setTimeout(() => outgoing.destroy(), stuckMs)
    const done = (): void => {
      clearTimeout(limit)
      outgoing.off('drain', done)
      outgoing.off('close', done)
      resolve()
    }
    outgoing.on('drain', done)
    outgoing.on('close', done)
    if (outgoing.destroyed) done()
  })
}
