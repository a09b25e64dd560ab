import { sendBytes, sendEndlessLine, sendPadded } from './bulk.ts'
import type { Conduct } from './conduct.ts'
import type { Outlet } from './outlet.ts'

const headers = { 'content-type': 'application/json' }

/** Sends a JSON reply with the faults of `conduct`; `chunks` is how many the stream would have had. */
export async function deliverWhole(
  outlet: Outlet,
  reply: object,
  failure: object,
  chunks: number,
  conduct: Conduct,
): Promise<void> {
  const delay = conduct.firstTokenMs + conduct.paceMs * Math.max(0, chunks - 1)
  if (delay > 0) await outlet.pause(delay)
  if (outlet.closed()) return
  const ending = conduct.ending?.kind ?? null
  const complete = JSON.stringify(ending === 'error' ? failure : reply)
  const body = conduct.malformedAfter === null ? complete : `${complete.slice(0, -1)},"broken":`
  const half = body.slice(0, body.length / 2)
  if (ending === 'eof') outlet.whole(200, headers, half)
  else if (ending === 'cut' || ending === 'stall') {
    outlet.begin(200, headers, Buffer.byteLength(body))
    outlet.write(half)
    await (ending === 'cut' ? outlet.resetAfterWrites() : outlet.untilClosed())
  } else if (conduct.flood !== null || conduct.fragmentBytes) {
    outlet.begin(200, headers, null)
    if (conduct.flood === 'huge-frame') await sendPadded(outlet, body)
    else if (conduct.flood === 'endless-line') await sendEndlessLine(outlet, '{"padding":"')
    else await sendBytes(outlet, body)
    outlet.end()
  } else outlet.whole(200, headers, body)
}
