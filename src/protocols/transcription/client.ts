import type { TranscriptionInput, TranscriptionRequest } from '../../canonical/generation-request.ts'
import { encodeError } from '../gateway-fields/encode-error.ts'
import { keepAlive } from '../openai/stream-envelope.ts'
import type { ClientProtocol } from '../protocol.ts'
import { decodeRequest, protocolName, type ReceivedTranscription } from './decode-request.ts'
import { encodeResult } from './encode-result.ts'
import { StreamEncoder } from './encode-stream.ts'

/** Makes the client side: what `POST /audio/transcriptions` and `POST /audio/translations` speak, which differ only in the task. */
export const transcriptionClient = (
  task: TranscriptionInput['task'],
): ClientProtocol<TranscriptionRequest, ReceivedTranscription> => ({
  name: protocolName,
  decodeRequest: (body, headers) => decodeRequest(body, headers, task),
  streamEncoder(_identity, request) {
    const encoder = new StreamEncoder(request)
    return (batch) => encoder.encode(batch)
  },
  keepAlive,
  encodeResult,
  showsBrokenAnswers: false,
  encodeError,
})
