import { Type, type Static } from 'typebox'
import { nullish } from '../../../util/nullish.ts'
import { gatewayProperties, shortUser } from '../../gateway-fields/schema/gateway-fields.ts'

const mostKeyterms = 100

const InputAudioSchema = Type.Object(
  {
    data: nullish(Type.String({ description: 'Base64.' })),
    url: nullish(Type.String({ minLength: 1, description: 'An http(s) address, which the gateway fetches.' })),
    format: nullish(
      Type.String({
        pattern: '^[A-Za-z0-9]{1,8}$',
        'x-expects': 'a short word such as wav',
        description: 'Such as `wav`.',
      }),
    ),
  },
  { title: 'TranscriptionAudio' },
)

/** `POST /audio/transcriptions`, as JSON or as a form, whose fields are the same. Source: contract §8.B. */
export const TranscriptionRequestSchema = Type.Object(
  {
    model: gatewayProperties.model,
    models: gatewayProperties.models,
    input_audio: nullish(InputAudioSchema),
    language: nullish(Type.String({ maxLength: 35, description: 'The language that is spoken, e.g. `en`.' })),
    temperature: nullish(Type.Number({ minimum: 0, maximum: 1 })),
    response_format: nullish(
      Type.Enum(['json', 'verbose_json'], {
        default: 'json',
        description: '`verbose_json` has the language, the length and the times.',
      }),
    ),
    timestamp_granularities: nullish(
      Type.Array(Type.Enum(['segment', 'word']), { minItems: 1, maxItems: 2, description: 'Needs `verbose_json`.' }),
    ),
    diarize: nullish(Type.Boolean({ description: 'Whether to tell the speakers apart. Needs `verbose_json`.' })),
    keyterms: nullish(
      Type.Array(Type.String({ minLength: 1, maxLength: 100 }), {
        maxItems: mostKeyterms,
        description: 'Words that are likely to be said.',
      }),
    ),
    provider: gatewayProperties.provider,
    session_id: gatewayProperties.session_id,
    user: shortUser,
    trace: gatewayProperties.trace,
    stream: nullish(Type.Boolean({ default: false, description: 'Whether the transcript is sent while it is made.' })),
  },
  { title: 'TranscriptionRequest', description: 'Audio to transcribe, of at most 25 MB.' },
)

export type TranscriptionRequestBody = Static<typeof TranscriptionRequestSchema>

const { input_audio: _, ...formProperties } = TranscriptionRequestSchema.properties

/** The fields of a form. `provider` and `trace` are JSON in it. */
export const TranscriptionFormSchema = Type.Object(
  {
    ...formProperties,
    file: Type.Optional(Type.String({ description: 'The audio, as a file.' })),
    source_url: Type.Optional(Type.String({ description: 'An address of the audio, in place of the file.' })),
  },
  { title: 'TranscriptionForm' },
)
