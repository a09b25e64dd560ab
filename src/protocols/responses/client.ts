import { encodeError } from '../gateway-fields/encode-error.ts'
import { keepAlive } from '../openai/stream-envelope.ts'
import type { ClientProtocol } from '../protocol.ts'
import { decodeRequest } from './decode-request.ts'
import { encodeResult } from './encode-result.ts'
import { StreamEncoder } from './encode-stream.ts'
import { protocolName } from './name.ts'

/** The client side: what `POST /responses` speaks. */
export const responsesClient: ClientProtocol = {
  name: protocolName,
  decodeRequest,
  streamEncoder(identity, request) {
    const encoder = new StreamEncoder(identity, request)
    return (batch) => encoder.encode(batch)
  },
  keepAlive,
  encodeResult,
  showsBrokenAnswers: false,
  encodeError,
}
