import type { Client } from 'pg'
import { sleep } from '../../../../util/sleep.ts'

/** The channel on which processes tell each other that something changed. The text of a message is the name of its sender. */
export const channel = 'waygate_change'

/** How often the connection is tried while it is quiet, and how long the answer may take. */
export const heartbeatMs = 500
const reconnectMs = 1_000

/** What happens to a connection that listens. */
export interface Listening {
  /** Another process announced a change, or may have. */
  changed(): void
  /** The connection listens now. */
  connected(): void
  /** It could not be made, or was lost. */
  lost(error: unknown): void
}

/**
 * Calls `changed` when another process announces a change. One connection listens (postgresql.org/docs/current/sql-listen.html). While it
 * is lost, `changed` is called every second, since messages are lost too, and once when it is back. Returns a function that ends it.
 * @param newClient Makes a client whose queries fail after `heartbeatMs`.
 */
export function listenForChanges(newClient: () => Client, self: string, listening: Listening): () => void {
  const ended = new AbortController()
  const { signal } = ended
  const keepListening = async (): Promise<void> => {
    while (!signal.aborted) {
      await listen(newClient(), self, listening, signal).catch((error: unknown) => {
        if (!signal.aborted) listening.lost(error)
      })
      if (signal.aborted) return
      listening.changed()
      await sleep(reconnectMs, signal)
    }
  }
  void keepListening()
  return () => ended.abort()
}

/** Listens until the signal, or until the connection is lost: then it rejects. */
async function listen(client: Client, self: string, listening: Listening, signal: AbortSignal): Promise<void> {
  const lost = Promise.withResolvers<never>()
  lost.promise.catch(() => {})
  client.on('error', lost.reject)
  client.on('end', () => lost.reject(new Error('The connection has ended.')))
  client.on('notification', ({ payload }) => {
    if (payload !== self && !signal.aborted) listening.changed()
  })
  // Where the server takes no more connections, a new one may be waited for, while those of the pool still work.
  const looking = setInterval(() => listening.changed(), reconnectMs)
  try {
    await client.connect()
    await client.query(`listen ${channel}`)
    clearInterval(looking)
    if (!signal.aborted) {
      listening.connected()
      // What changed before is found now.
      listening.changed()
    }
    while (!signal.aborted) {
      await Promise.race([sleep(heartbeatMs, signal), lost.promise])
      // A connection whose other end has vanished does not end by itself for minutes.
      if (!signal.aborted) await client.query('select 1')
    }
  } finally {
    clearInterval(looking)
    // The server may not answer any more.
    client.end().catch(() => {})
  }
}
