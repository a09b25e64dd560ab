import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Framing } from './protocols/protocol.ts'
import type { ReplyWriter } from './reply-writer.ts'

const megabyte = 1024 * 1024
const hugeFrameBytes = 40 * megabyte
const endlessLineBytes = 64 * megabyte
const filler = 'x'.repeat(64 * 1024)

/** Sends the text with 40 MB of padding inside. The frame stays valid. */
export async function sendPadded(
  writer: ReplyWriter,
  text: string,
  { padded = paddedJson, encoding }: OversizedFraming = {},
): Promise<void> {
  const [head, tail] = padded(text, hugeFrameBytes)
  writer.write(head, encoding)
  await sendFiller(writer, hugeFrameBytes)
  writer.write(tail, encoding)
}

/** The parts of a framing that oversized frames depend on. */
type OversizedFraming = Pick<Framing, 'padded' | 'endless' | 'encoding'>

function paddedJson(text: string): readonly [string, string] {
  const start = text.indexOf('{') + 1
  return [`${text.slice(0, start)}"padding":"`, `",${text.slice(start)}`]
}

/** Sends the beginning of a line or frame, and then 64 MB in which it does not end. */
export async function sendEndlessLine(
  writer: ReplyWriter,
  beginning: string,
  { endless, encoding }: OversizedFraming = {},
): Promise<void> {
  writer.write(endless?.(2 * endlessLineBytes) ?? beginning, encoding)
  await sendFiller(writer, endlessLineBytes)
}

/** Sends filler, but never faster than the client reads it. */
async function sendFiller(writer: ReplyWriter, bytes: number): Promise<void> {
  for (let sent = 0; sent < bytes && !writer.closed(); sent += filler.length) {
    if (!writer.write(filler)) await writer.drained()
  }
}

/** Sends each byte in a write of its own, and lets the receiver read between them. It takes about 10 µs per byte. */
export async function sendBytes(
  writer: ReplyWriter,
  text: string,
  encoding: 'utf8' | 'latin1' = 'utf8',
): Promise<void> {
  for (const byte of Buffer.from(text, encoding).toString('latin1')) {
    if (writer.closed()) return
    if (!writer.write(byte, 'latin1')) await writer.drained()
    await nextTurn()
  }
}
