import { setImmediate as nextTurn } from 'node:timers/promises'
import { sendBytes, sendEndlessLine, sendPadded } from './bulk.ts'
import type { Conduct } from './conduct.ts'
import type { JournalDraft } from './journal.ts'
import type { Outlet } from './outlet.ts'
import type { Step } from './stream-steps.ts'
import type { Framing } from './wires/wire.ts'

/** A long stream lets others have a turn after this many steps. */
const stepsPerTurn = 256

/** Carries out the steps of a stream on the socket. Awaits only where there is something to wait for. */
export async function deliverStream(
  outlet: Outlet,
  entry: JournalDraft,
  steps: Iterable<Step>,
  framing: Framing,
  conduct: Conduct,
): Promise<void> {
  outlet.begin(200, { 'content-type': framing.contentType, 'cache-control': 'no-cache' }, null)

  /** Pings only while nothing else is written, and only before the first content. */
  async function pinging(waiting: Promise<void>): Promise<void> {
    const wanted = conduct.pingMs > 0 && entry.chunksSent === 0
    const pings = wanted
      ? setInterval(() => outlet.write(framing.comment, framing.encoding), conduct.pingMs)
      : undefined
    await waiting
    clearInterval(pings)
  }

  let taken = 0
  for (const step of steps) {
    if (outlet.closed()) break
    if (++taken % stepsPerTurn === 0) await nextTurn()
    switch (step.do) {
      case 'send':
        if (step.isContent) entry.chunksSent++
        if (conduct.fragmentBytes) await sendBytes(outlet, step.text, framing.encoding)
        else if (!outlet.write(step.text, framing.encoding)) await outlet.drained()
        break
      case 'send-padded':
        entry.chunksSent++
        await sendPadded(outlet, step.text, framing)
        break
      case 'endless-line':
        await sendEndlessLine(outlet, 'data: ', framing)
        break
      case 'pause':
        await pinging(outlet.pause(step.milliseconds))
        break
      case 'end':
        outlet.end()
        break
      case 'reset':
        await outlet.resetAfterWrites()
        break
      case 'stall':
        await pinging(outlet.untilClosed())
        break
    }
  }
}
