import { GatewayError } from '../../canonical/errors.ts'
import type { CallEvent } from '../../canonical/generation-event.ts'
import type { UpstreamProtocol } from '../../protocols/protocol.ts'

const end: CallEvent = { type: 'call-end', usage: { completionTokens: 1 } }
const text = (value: string): CallEvent => ({ type: 'text-delta', choice: 0, text: value })
const error = (message: string): CallEvent => ({
  type: 'error',
  error: new GatewayError('provider_unavailable', message),
  retry: { scope: 'next-endpoint' },
})

/**
 * The smallest language that exercises src/upstream. In a stream each frame is a text, but `[DONE]` ends the stream, `[ERROR]` fails,
 * `[ROLE]` has no events and `[BUG]` makes the decoder throw; a JSON reply is `{"text": …}`.
 */
export const plainProtocol: UpstreamProtocol = {
  name: 'plain',
  framing: 'sse',
  openCall: (request) => ({
    upstreamRequest: {
      method: 'POST',
      path: '/speak',
      headers: { 'x-protocol': 'plain' },
      body: { models: request.models },
      stream: request.stream,
    },
    reply: {
      decodeFrame(frame) {
        if (frame.type === 'comment') return [{ type: 'alive' }]
        switch (frame.data) {
          case '[DONE]':
            return [end]
          case '[ERROR]':
            return [error('in the stream')]
          case '[ROLE]':
            return []
          case '[BUG]':
            throw new TypeError('a mistake')
          default:
            return [text(frame.data)]
        }
      },
      decodeEnd: () => [error('no [DONE]')],
      decodeResult: (body) =>
        typeof body === 'object' && body !== null && 'text' in body
          ? [text(String(body.text)), end]
          : [error('no text')],
      decodeError: ({ status, headers, body }) => ({
        error: new GatewayError('provider_unavailable', `status ${status}`, { status, raw: body }),
        retry: { scope: 'next-endpoint', afterMs: Number(headers['retry-after'] ?? 0) * 1000 },
      }),
    },
  }),
}
