import type { ClientProtocol } from '../protocol.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeFailure } from './encode-failure.ts'
import { encodeResult } from './encode-result.ts'
import { StreamEncoder } from './encode-stream.ts'
import { protocolName } from './name.ts'

/** The client side: what `POST /messages` speaks. */
export const messagesClient: ClientProtocol = {
  name: protocolName,
  decodeRequest,
  streamEncoder(identity, request) {
    const encoder = new StreamEncoder(identity, request)
    return (batch) => encoder.encode(batch)
  },
  keepAlive: 'event: ping\ndata: {"type":"ping"}\n\n',
  encodeResult,
  showsBrokenAnswers: false,
  encodeError: encodeFailure,
}
