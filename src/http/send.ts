import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'
import { writtenAs } from './written-as.ts'

/** The time in milliseconds after which a client that reads nothing of what was written is disconnected. */
export const stuckMs = 120_000

/** Sends text that is complete. A client that reads nothing of it for too long is disconnected, because the text may be large. */
export function sendText(outgoing: ServerResponse, status: number, text: string, headers: OutgoingHttpHeaders): void {
  const { bytes, encoding } = writtenAs(text)
  outgoing.writeHead(status, { ...headers, 'content-length': bytes })
  outgoing.end(text, encoding)
  if (outgoing.writableLength > 0) outgoing.setTimeout(stuckMs)
}

/** Sends JSON: an object, or text that is JSON already. */
export function sendJson(
  outgoing: ServerResponse,
  status: number,
  body: object | string,
  headers: OutgoingHttpHeaders = {},
): void {
  sendText(outgoing, status, typeof body === 'string' ? body : JSON.stringify(body), {
    ...headers,
    'content-type': 'application/json',
  })
}
