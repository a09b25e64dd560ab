import { sendBytes, sendEndlessLine, sendPadded } from './bulk.ts'
import type { ReplySettings } from './reply-settings.ts'
import type { ReplyWriter } from './reply-writer.ts'

const headers = { 'content-type': 'application/json' }

/** Sends a JSON reply with the faults of `settings`. `chunks` is the number of chunks that a stream would have had. */
export async function deliverWhole(
  writer: ReplyWriter,
  reply: object,
  failure: object,
  chunks: number,
  settings: ReplySettings,
): Promise<void> {
  const delay = settings.firstTokenMs + settings.paceMs * Math.max(0, chunks - 1)
  if (delay > 0) await writer.pause(delay)
  if (writer.closed()) return
  const ending = settings.ending?.kind ?? null
  const complete = JSON.stringify(ending === 'error' ? failure : reply)
  const body = settings.malformedAfter === null ? complete : `${complete.slice(0, -1)},"broken":`
  const half = body.slice(0, body.length / 2)
  if (ending === 'eof') writer.whole(200, headers, half)
  else if (ending === 'cut' || ending === 'stall') {
    writer.begin(200, headers, Buffer.byteLength(body))
    writer.write(half)
    await (ending === 'cut' ? writer.resetAfterWrites() : writer.untilClosed())
  } else if (settings.flood !== null || settings.fragmentBytes) {
    writer.begin(200, headers, null)
    if (settings.flood === 'huge-frame') await sendPadded(writer, body)
    else if (settings.flood === 'endless-line') await sendEndlessLine(writer, '{"padding":"')
    else await sendBytes(writer, body)
    writer.end()
  } else writer.whole(200, headers, body)
}
