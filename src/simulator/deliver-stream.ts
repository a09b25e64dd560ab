import { setImmediate as nextTurn } from 'node:timers/promises'
import { sendBytes, sendEndlessLine, sendPadded } from './bulk.ts'
import type { JournalDraft } from './journal.ts'
import type { Framing } from './protocols/protocol.ts'
import type { ReplySettings } from './reply-settings.ts'
import type { ReplyWriter } from './reply-writer.ts'
import type { Step } from './stream-steps.ts'

/** A long stream lets the event loop run other work after this many steps. */
const stepsPerTurn = 256

/** Performs the steps of a stream on the socket. It awaits only where a step must wait. */
export async function deliverStream(
  writer: ReplyWriter,
  entry: JournalDraft,
  steps: Iterable<Step>,
  framing: Framing,
  settings: ReplySettings,
): Promise<void> {
  writer.begin(200, { 'content-type': framing.contentType, 'cache-control': 'no-cache' }, null)

  /** Sends pings only while nothing else is written, and only before the first content. */
  async function pinging(waiting: Promise<void>): Promise<void> {
    const wanted = settings.pingMs > 0 && entry.chunksSent === 0
    const pings = wanted
      ? setInterval(() => writer.write(framing.comment, framing.encoding), settings.pingMs)
      : undefined
    await waiting
    clearInterval(pings)
  }

  let taken = 0
  for (const step of steps) {
    if (writer.closed()) break
    if (++taken % stepsPerTurn === 0) await nextTurn()
    switch (step.do) {
      case 'send':
        if (step.isContent) entry.chunksSent++
        if (settings.fragmentBytes) await sendBytes(writer, step.text, framing.encoding)
        else if (!writer.write(step.text, framing.encoding)) await writer.drained()
        break
      case 'send-padded':
        entry.chunksSent++
        await sendPadded(writer, step.text, framing)
        break
      case 'endless-line':
        await sendEndlessLine(writer, 'data: ', framing)
        break
      case 'pause':
        await pinging(writer.pause(step.milliseconds))
        break
      case 'end':
        writer.end()
        break
      case 'reset':
        await writer.resetAfterWrites()
        break
      case 'stall':
        await pinging(writer.untilClosed())
        break
    }
  }
}
