import type { PromptRequest } from '../../canonical/generation-request.ts'
import { encodeError } from '../gateway-fields/encode-error.ts'
import type { ClientProtocol } from '../protocol.ts'
import { keepAlive } from '../openai/stream-envelope.ts'
import { decodeRequest, protocolName } from './decode-request.ts'
import { encodeResult } from './encode-result.ts'
import { StreamEncoder } from './encode-stream.ts'

/** The client side: what `POST /completions` speaks. */
export const completionsClient: ClientProtocol<PromptRequest> = {
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
