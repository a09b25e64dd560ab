import { type Static, Type } from 'typebox'
import { nullish } from '../../../util/nullish.ts'
import { gatewayProperties, shortUser } from '../../gateway-fields/schema/gateway-fields.ts'

const Tokens = Type.Array(Type.Integer({ minimum: 0 }), { minItems: 1 })

/** OpenAI's own cap. It bounds how many calls a batch can become. */
export const mostInputs = 2_048

const Text = Type.Object({ type: Type.Literal('text'), text: Type.String() }, { title: 'EmbeddingText' })
const Image = Type.Object(
  { type: Type.Literal('image_url'), image_url: Type.Object({ url: Type.String({ minLength: 1 }) }) },
  { title: 'EmbeddingImage' },
)
const Audio = Type.Object(
  {
    type: Type.Literal('input_audio'),
    input_audio: Type.Object({ data: Type.String({ minLength: 1 }), format: Type.String({ minLength: 1 }) }),
  },
  { title: 'EmbeddingAudio' },
)
const Video = Type.Object(
  { type: Type.Enum(['video_url', 'input_video']), video_url: Type.Object({ url: Type.String({ minLength: 1 }) }) },
  { title: 'EmbeddingVideo' },
)
const File = Type.Object(
  {
    type: Type.Literal('file'),
    file: Type.Object({ file_data: Type.String({ minLength: 1 }), filename: nullish(Type.String()) }),
  },
  { title: 'EmbeddingFile' },
)

const Multimodal = Type.Object(
  { content: Type.Array(Type.Union([Text, Image, Audio, Video, File]), { minItems: 1 }) },
  { title: 'EmbeddingContent', description: 'Parts that get one vector together.' },
)

/** `POST /embeddings`. Unknown keys are allowed and offered to an upstream of the same language. Source: contract §8.A4. */
export const EmbeddingsRequestSchema = Type.Object(
  {
    model: Type.String({ minLength: 1, maxLength: 512, description: 'Slug of a model whose output is `embeddings`.' }),
    input: Type.Union(
      [
        Type.String({ minLength: 1 }),
        Type.Array(Type.String(), { minItems: 1 }),
        Tokens,
        Type.Array(Tokens, { minItems: 1 }),
        Type.Array(Multimodal, { minItems: 1 }),
      ],
      {
        description: `A text, texts, token ids, lists of token ids, or contents of several kinds: at most ${mostInputs.toLocaleString('en')} inputs.`,
        'x-expects':
          'a text, or a non-empty array of texts, of token ids, of non-empty arrays of token ids, or of objects with `content`',
      },
    ),
    dimensions: nullish(
      Type.Integer({ minimum: 1, description: 'The length of the vectors, where the model has several.' }),
    ),
    encoding_format: nullish(
      Type.Enum(['float', 'base64'], {
        default: 'float',
        description: 'Numbers, or the base64 of 32-bit floats in little-endian order.',
      }),
    ),
    input_type: nullish(
      Type.String({
        maxLength: 64,
        description:
          'What the vectors are for: `search_query`, `search_document`, `classification`, `clustering` …, in the words of any provider.',
      }),
    ),
    provider: gatewayProperties.provider,
    user: shortUser,
    session_id: gatewayProperties.session_id,
    trace: gatewayProperties.trace,
    metadata: gatewayProperties.metadata,
  },
  { title: 'EmbeddingsRequest', description: 'What to embed.' },
)

export type EmbeddingsRequestBody = Static<typeof EmbeddingsRequestSchema>
