import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Outlet } from './outlet.ts'
import type { Framing } from './wires/wire.ts'

const megabyte = 1024 * 1024
const hugeFrameBytes = 40 * megabyte
const endlessLineBytes = 64 * megabyte
const filler = 'x'.repeat(64 * 1024)

/** Sends the text with 40 MB of padding in it: still valid, only huge. */
export async function sendPadded(
  outlet: Outlet,
  text: string,
  { padded = paddedJson, encoding }: Bulky = {},
): Promise<void> {
  const [head, tail] = padded(text, hugeFrameBytes)
  outlet.write(head, encoding)
  await sendFiller(outlet, hugeFrameBytes)
  outlet.write(tail, encoding)
}

/** How a wire frames what is large. */
type Bulky = Pick<Framing, 'padded' | 'endless' | 'encoding'>

function paddedJson(text: string): readonly [string, string] {
  const start = text.indexOf('{') + 1
  return [`${text.slice(0, start)}"padding":"`, `",${text.slice(start)}`]
}

/** Sends the beginning of a line or frame, then 64 MB in which it does not end. */
export async function sendEndlessLine(
  outlet: Outlet,
  beginning: string,
  { endless, encoding }: Bulky = {},
): Promise<void> {
  outlet.write(endless?.(2 * endlessLineBytes) ?? beginning, encoding)
  await sendFiller(outlet, endlessLineBytes)
}

/** Never faster than the client reads. */
async function sendFiller(outlet: Outlet, bytes: number): Promise<void> {
  for (let sent = 0; sent < bytes && !outlet.closed(); sent += filler.length) {
    if (!outlet.write(filler)) await outlet.drained()
  }
}

/** Sends each byte by itself, and lets the receiver read between them. About 10 µs a byte. */
export async function sendBytes(outlet: Outlet, text: string, encoding: 'utf8' | 'latin1' = 'utf8'): Promise<void> {
  for (const byte of Buffer.from(text, encoding).toString('latin1')) {
    if (outlet.closed()) return
    if (!outlet.write(byte, 'latin1')) await outlet.drained()
    await nextTurn()
  }
}
