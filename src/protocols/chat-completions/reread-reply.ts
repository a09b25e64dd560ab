import type { CallEvent } from '../../canonical/generation-event.ts'
import type { UpstreamReply } from '../protocol.ts'

/** Wraps the decoder of a reply: `read` replaces the events of each of its steps, whether the reply is streamed or whole. */
export const rereadReply = (
  reply: UpstreamReply,
  read: (events: readonly CallEvent[]) => readonly CallEvent[],
): UpstreamReply => ({
  ...reply,
  decodeFrame: (frame) => read(reply.decodeFrame(frame)),
  decodeEnd: () => read(reply.decodeEnd()),
  decodeResult: (body) => read(reply.decodeResult(body)),
})
