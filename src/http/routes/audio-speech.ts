import type { SpeechRequest } from '../../canonical/generation-request.ts'
import { ErrorResponseSchema } from '../../protocols/gateway-fields/schema/error-response.ts'
import type { BytesProtocol } from '../../protocols/protocol.ts'
import { SpeechRequestSchema } from '../../protocols/speech/schema/request.ts'
import { audioTypes } from '../../util/audio-types.ts'
import { completeSpeech } from '../complete-references.ts'
import { defineOwnInferenceRoute } from '../define-inference-route.ts'
import type { FetchTogether } from '../fetch-together.ts'
import { readJson } from '../inference.ts'

interface Dependencies {
  readonly speech: BytesProtocol<SpeechRequest>
  readonly fetchTogether: FetchTogether
}

/** Contract §8.B. */
export const audioSpeech = defineOwnInferenceRoute({
  path: '/audio/speech',
  id: 'createSpeech',
  summary: 'Speak a text',
  description:
    'Returns the audio of a text, as it is made. A reply that breaks off ends in a closed connection without the end of the last chunk, so that it never looks complete.',
  body: {
    schema: SpeechRequestSchema,
    example: { model: 'waygate/simulator-speech', input: 'The river carries small boats.', voice: 'alloy' },
  },
  success: { description: 'The audio.', bytes: Object.values(audioTypes) },
  error: ErrorResponseSchema,
  protocol: ({ speech }: Dependencies) => speech,
  steps: ({ fetchTogether }: Dependencies) => ({
    read: readJson,
    complete: (request, signal) => completeSpeech(request, fetchTogether, signal),
  }),
})
