import { Type, type Static } from 'typebox'
import { nullish } from '../../../util/nullish.ts'
import { gatewayProperties, shortUser } from '../../gateway-fields/schema/gateway-fields.ts'

/** Several times the longest text that a vendor takes. */
const longestText = 100_000
const mostTurns = 200
/** Three clips with a transcript each. */
const mostReferences = 6

const Voice = Type.String({ minLength: 1, maxLength: 256, description: 'A voice of the provider’s.' })
const Instructions = Type.String({ maxLength: longestText, description: 'How the text is to be spoken.' })

const TurnSchema = Type.Object(
  {
    text: Type.String({ minLength: 1, maxLength: longestText }),
    voice: nullish(Voice),
    instructions: nullish(Instructions),
  },
  { title: 'SpeechTurn' },
)

const ReferenceSchema = Type.Object(
  {
    type: Type.Enum(['input_audio', 'text', 'image_url']),
    input_audio: nullish(
      Type.Object({
        data: nullish(Type.String({ minLength: 1, description: 'Base64.' })),
        url: nullish(Type.String({ minLength: 1, description: 'An http(s) address, which the gateway fetches.' })),
        format: nullish(Type.String({ maxLength: 16 })),
      }),
    ),
    text: nullish(Type.String({ minLength: 1, maxLength: longestText, description: 'What the clip before it says.' })),
    image_url: nullish(Type.Object({ url: Type.String({ minLength: 1 }) })),
  },
  { title: 'SpeechReference' },
)

/** `POST /audio/speech`. Source: contract §8.B. */
export const SpeechRequestSchema = Type.Object(
  {
    input: Type.Union(
      [
        Type.String({ minLength: 1, maxLength: longestText }),
        Type.Array(TurnSchema, { minItems: 1, maxItems: mostTurns }),
      ],
      {
        description: 'The text to speak, in one piece or in turns.',
        'x-expects': 'a text, or a list of turns with a text each',
      },
    ),
    model: gatewayProperties.model,
    models: gatewayProperties.models,
    voice: nullish(Voice),
    response_format: nullish(
      Type.Enum(['mp3', 'opus', 'aac', 'flac', 'wav', 'pcm'], {
        default: 'pcm',
        description: 'The format of the audio. `pcm` is 16 bits at 24 kHz; not every provider has all formats.',
      }),
    ),
    speed: nullish(Type.Number({ minimum: 0.25, maximum: 4, default: 1 })),
    instructions: nullish(Instructions),
    input_references: nullish(
      Type.Array(ReferenceSchema, {
        maxItems: mostReferences,
        description: 'Up to three clips of a voice, each followed by its transcript, or one image.',
      }),
    ),
    stream_format: nullish(Type.Enum(['audio'], { description: 'OpenAI’s: the reply is always the audio itself.' })),
    provider: gatewayProperties.provider,
    session_id: gatewayProperties.session_id,
    user: shortUser,
    trace: gatewayProperties.trace,
  },
  { title: 'SpeechRequest', description: 'A text to speak.' },
)

export type SpeechRequestBody = Static<typeof SpeechRequestSchema>
