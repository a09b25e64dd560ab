import type { ImagesRequest } from '../../canonical/generation-request.ts'
import { encodeError } from '../gateway-fields/encode-error.ts'
import { keepAlive } from '../openai/stream-envelope.ts'
import type { ClientProtocol } from '../protocol.ts'
import { decodeRequest, protocolName } from './decode-request.ts'
import { encodeResult } from './encode-result.ts'
import { StreamEncoder } from './encode-stream.ts'

/** The client side: what `POST /images` and OpenAI's `POST /images/generations` speak. */
export const imagesClient: ClientProtocol<ImagesRequest> = {
  name: protocolName,
  decodeRequest,
  streamEncoder(identity) {
    const encoder = new StreamEncoder(identity)
    return (batch) => encoder.encode(batch)
  },
  keepAlive,
  encodeResult,
  showsBrokenAnswers: false,
  encodeError,
}
