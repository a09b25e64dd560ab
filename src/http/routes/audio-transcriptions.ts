import type { TranscriptionRequest } from '../../canonical/generation-request.ts'
import { ErrorResponseSchema } from '../../protocols/gateway-fields/schema/error-response.ts'
import type { ReplyProtocol } from '../../protocols/protocol.ts'
import type { ReceivedTranscription } from '../../protocols/transcription/decode-request.ts'
import { TranscriptionFormSchema, TranscriptionRequestSchema } from '../../protocols/transcription/schema/request.ts'
import { TranscriptionResponseSchema } from '../../protocols/transcription/schema/response.ts'
import { readTranscription } from '../audio/read-transcription.ts'
import type { SpooledFile } from '../audio/spooled-file.ts'
import { defineOwnInferenceRoute } from '../define-inference-route.ts'
import type { FetchTogether } from '../fetch-together.ts'

interface Dependencies {
  readonly transcription: ReplyProtocol<TranscriptionRequest, ReceivedTranscription>
  readonly fetchTogether: FetchTogether
  /** Opens a temporary file. */
  readonly spool: () => Promise<SpooledFile>
}

/** Contract §8.B. */
export const audioTranscriptions = defineOwnInferenceRoute({
  path: '/audio/transcriptions',
  id: 'createTranscription',
  summary: 'Transcribe audio',
  description:
    'Writes down what is said in audio of at most 25 MB, which is sent in JSON or as a file of a form. The audio goes to a temporary file while it arrives, so that another provider can be asked if the first one fails.',
  body: {
    schema: TranscriptionRequestSchema,
    example: { model: 'waygate/simulator-transcription', input_audio: { data: 'UklGRg==', format: 'wav' } },
    form: TranscriptionFormSchema,
  },
  success: { description: 'The transcript.', json: TranscriptionResponseSchema },
  error: ErrorResponseSchema,
  protocol: ({ transcription }: Dependencies) => transcription,
  steps: ({ fetchTogether, spool }: Dependencies) => ({
    read: (incoming, limits, signal) => readTranscription(incoming, limits, fetchTogether, spool, signal),
  }),
})
