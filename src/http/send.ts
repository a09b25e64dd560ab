import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'

/** Sends text that is complete. */
export function sendText(outgoing: ServerResponse, status: number, text: string, headers: OutgoingHttpHeaders): void {
  outgoing.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(text) })
  outgoing.end(text)
}

export function sendJson(
  outgoing: ServerResponse,
  status: number,
  body: object,
  headers: OutgoingHttpHeaders = {},
): void {
  sendText(outgoing, status, JSON.stringify(body), { ...headers, 'content-type': 'application/json' })
}
