import type { TranscriptionRequest } from '../../canonical/generation-request.ts'
import { encodeError } from '../gateway-fields/encode-error.ts'
import type { ReplyProtocol } from '../protocol.ts'
import { decodeRequest, protocolName, type ReceivedTranscription } from './decode-request.ts'
import { encodeResult } from './encode-result.ts'

/** The client side: what `POST /audio/transcriptions` speaks. */
export const transcriptionClient: ReplyProtocol<TranscriptionRequest, ReceivedTranscription> = {
  name: protocolName,
  decodeRequest,
  encodeResult,
  showsBrokenAnswers: false,
  encodeError,
}
