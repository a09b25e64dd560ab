import type { CallEvent } from '../../canonical/generation-event.ts'
import type { UpstreamReply } from '../protocol.ts'

/** A reply whose events are read once more, however they came. */
export const rereadReply = (
  reply: UpstreamReply,
  read: (events: readonly CallEvent[]) => readonly CallEvent[],
): UpstreamReply => ({
  ...reply,
  decodeFrame: (frame) => read(reply.decodeFrame(frame)),
  decodeEnd: () => read(reply.decodeEnd()),
  decodeResult: (body) => read(reply.decodeResult(body)),
})
