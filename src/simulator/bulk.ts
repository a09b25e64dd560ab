import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Outlet } from './outlet.ts'

const megabyte = 1024 * 1024
const hugeFrameBytes = 40 * megabyte
const endlessLineBytes = 64 * megabyte
const filler = 'x'.repeat(64 * 1024)

/** Sends the text with 40 MB of padding in a first member of its JSON object: still valid, only huge. */
export async function sendPadded(outlet: Outlet, text: string): Promise<void> {
  const start = text.indexOf('{') + 1
  outlet.write(`${text.slice(0, start)}"padding":"`)
  await sendFiller(outlet, hugeFrameBytes)
  outlet.write(`",${text.slice(start)}`)
}

/** Sends the beginning of a line, then 64 MB in which it does not end. */
export async function sendEndlessLine(outlet: Outlet, beginning: string): Promise<void> {
  outlet.write(beginning)
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
