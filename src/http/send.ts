import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'

/** The time in milliseconds after which a client that reads nothing of what was written is disconnected. */
export const stuckMs = 120_000

/** Sends text that is complete. A client that reads nothing of it for too long is disconnected, because the text may be large. */
export function sendText(outgoing: ServerResponse, status: number, text: string, headers: OutgoingHttpHeaders): void {
  outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) })
  outgoing.end(text)
  if (outgoing.writableLength > 0) outgoing.setTimeout(stuckMs)
}

export function sendJson(
  outgoing: ServerResponse,
  status: number,
  body: object,
  headers: OutgoingHttpHeaders = {},
): void {
  sendText(outgoing, status, JSON.stringify(body), { ...headers, 'content-type': 'application/json' })
}
