import type { EmbeddingsRequest } from '../../canonical/generation-request.ts'
import { encodeError } from '../gateway-fields/encode-error.ts'
import type { ReplyProtocol } from '../protocol.ts'
import { decodeRequest, protocolName } from './decode-request.ts'
import { encodeResult } from './encode-result.ts'

/** The client side: what `POST /embeddings` speaks. */
export const embeddingsClient: ReplyProtocol<EmbeddingsRequest> = {
  name: protocolName,
  decodeRequest,
  encodeResult,
  showsBrokenAnswers: false,
  encodeError,
}
