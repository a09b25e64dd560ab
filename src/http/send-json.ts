import type { OutgoingHttpHeaders, ServerResponse } from 'node:http'

/** Answers on the raw response: on the hot path a web `Response` would cost more than the rest of the framework. */
export function sendJson(
  outgoing: ServerResponse,
  status: number,
  body: object,
  headers: OutgoingHttpHeaders = {},
): void {
  const text = JSON.stringify(body)
  outgoing.writeHead(status, {
    ...headers,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  })
  outgoing.end(text)
}
