import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'

/** How long a reader may leave what was written untouched. */
export const stuckMs = 120_000

/** Answers with text that is whole already. A reader that takes nothing of it for too long is made to go: it may be large. */
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
