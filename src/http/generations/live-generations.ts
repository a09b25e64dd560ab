import type { ServerResponse } from 'node:http'
import type { GenerationRecord } from '../../canonical/generation-record.ts'
import type { Happenings } from '../../canonical/happening.ts'

/** How much a client may leave unread before it loses events. */
const mostUnread = 256 * 1024
const times = { checkMs: 1_000, keepAliveMs: 15_000, longestMs: 3_600_000 }

/**
 * Writes each generation of an account as an event when it ends. A client that reads too slowly loses events, and is told how many. Resolves when
 * the client leaves, after an hour, or when it may not go on.
 * @param encode Returns the JSON of a generation.
 */
export async function writeLiveGenerations(
  outgoing: ServerResponse,
  account: string,
  happenings: Happenings,
  encode: (record: GenerationRecord) => object,
  mayGoOn: () => boolean,
): Promise<void> {
  outgoing.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
  outgoing.write(': connected\n\n')
  const startedAt = performance.now()
  let writtenAt = startedAt
  let dropped = 0
  const write = (text: string): void => {
    outgoing.write(text)
    writtenAt = performance.now()
  }
  const unsubscribe = happenings.subscribe((happening) => {
    if (happening.type !== 'settled' || happening.record.account !== account) return
    if (outgoing.writableLength > mostUnread) {
      dropped += 1
      return
    }
    if (dropped > 0) write(`event: dropped\ndata: ${JSON.stringify({ count: dropped })}\n\n`)
    dropped = 0
    write(`event: generation\ndata: ${JSON.stringify(encode(happening.record))}\n\n`)
  })
  const timer = setInterval(() => {
    const now = performance.now()
    if (!mayGoOn() || now - startedAt > times.longestMs) outgoing.end()
    // A client that reads nothing at all is disconnected.
    else if (outgoing.writableLength > mostUnread && now - writtenAt > 2 * times.keepAliveMs) outgoing.destroy()
    else if (outgoing.writableLength <= mostUnread && now - writtenAt > times.keepAliveMs) write(': keep-alive\n\n')
  }, times.checkMs)
  await new Promise((resolve) => outgoing.once('close', resolve))
  clearInterval(timer)
  unsubscribe()
}
