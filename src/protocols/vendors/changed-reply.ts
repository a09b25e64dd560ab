import type { CallEvent } from '../../canonical/generation-event.ts'
import type { UpstreamReply } from '../protocol.ts'

/** Wraps the decoding half of a call, so that each of its events becomes none, another one, or several. */
export function changedReply(reply: UpstreamReply, change: (event: CallEvent) => readonly CallEvent[]): UpstreamReply {
  return {
    decodeFrame: (frame) => reply.decodeFrame(frame).flatMap(change),
    decodeEnd: () => reply.decodeEnd().flatMap(change),
    decodeResult: (body) => reply.decodeResult(body).flatMap(change),
    ...(reply.cut !== undefined && { cut: reply.cut }),
    decodeError: (failed) => reply.decodeError(failed),
  }
}
