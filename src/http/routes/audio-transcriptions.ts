import type { TranscriptionInput, TranscriptionRequest } from '../../canonical/generation-request.ts'
import { ErrorResponseSchema } from '../../protocols/gateway-fields/schema/error-response.ts'
import type { ClientProtocol } from '../../protocols/protocol.ts'
import type { ReceivedTranscription } from '../../protocols/transcription/decode-request.ts'
import { TranscriptionFormSchema, TranscriptionRequestSchema } from '../../protocols/transcription/schema/request.ts'
import { TranscriptionEventSchema, TranscriptionResponseSchema } from '../../protocols/transcription/schema/response.ts'
import { readTranscription } from '../audio/read-transcription.ts'
import type { SpooledFile } from '../audio/spooled-file.ts'
import { defineOwnInferenceRoute } from '../define-inference-route.ts'
import type { FetchTogether } from '../fetch-together.ts'

type Task = TranscriptionInput['task']

interface Dependencies {
  readonly transcription: Readonly<Record<Task, ClientProtocol<TranscriptionRequest, ReceivedTranscription>>>
  readonly fetchTogether: FetchTogether
  /** Opens a temporary file. */
  readonly spool: () => Promise<SpooledFile>
}

const transcriptsAt = (
  path: `/${string}`,
  task: Task,
  words: { readonly id: string; readonly summary: string; readonly description: string },
) =>
  defineOwnInferenceRoute({
    path,
    ...words,
    body: {
      schema: TranscriptionRequestSchema,
      example: { model: 'waygate/simulator-transcription', input_audio: { data: 'UklGRg==', format: 'wav' } },
      form: TranscriptionFormSchema,
    },
    success: { description: 'The transcript.', json: TranscriptionResponseSchema, event: TranscriptionEventSchema },
    error: ErrorResponseSchema,
    protocol: ({ transcription }: Dependencies) => transcription[task],
    steps: ({ fetchTogether, spool }: Dependencies) => ({
      read: (incoming, limits, signal) => readTranscription(incoming, limits, fetchTogether, spool, signal),
    }),
  })

/** Contract §8.B. */
export const audioTranscriptions = transcriptsAt('/audio/transcriptions', 'transcribe', {
  id: 'createTranscription',
  summary: 'Transcribe audio',
  description:
    'Writes down what is said in audio of at most 25 MB, which is sent in JSON or as a file of a form. The audio goes to a temporary file while it arrives, so that another provider can be asked if the first one fails. With `stream: true` the reply is an event stream: the words as they are written where the provider streams them, otherwise all at once, then the whole transcript with its usage, and `[DONE]`.',
})

/** The address that OpenAI's clients ask for a translation. OpenRouter has none. */
export const audioTranslations = transcriptsAt('/audio/translations', 'translate', {
  id: 'createTranslation',
  summary: 'Translate audio to English',
  description:
    'The same as `POST /audio/transcriptions`, but what is said is written in English. Only providers of Whisper do so; where none of the model’s endpoints does, the reply is a 400.',
})
