import type { SpeechRequest } from '../../canonical/generation-request.ts'
import { audioTypes } from '../../util/audio-types.ts'
import { encodeError } from '../gateway-fields/encode-error.ts'
import type { BytesProtocol } from '../protocol.ts'
import { decodeRequest, protocolName } from './decode-request.ts'

/** The client side: what `POST /audio/speech` speaks. */
export const speechClient: BytesProtocol<SpeechRequest> = {
  name: protocolName,
  decodeRequest,
  mediaType: ({ input }) => audioTypes[input.format],
  encodeError,
}
