import { Type } from 'typebox'
import { RouterMetadataSchema } from '../../gateway-fields/schema/router-metadata.ts'
import { embeddingsUsageProperties } from '../../gateway-fields/schema/usage.ts'

/** The reply to `POST /embeddings`. Source: contract §8.A4. */
export const EmbeddingsResponseSchema = Type.Object(
  {
    object: Type.Literal('list'),
    id: Type.String({ pattern: '^gen-', 'x-expects': 'an id that begins with "gen-"' }),
    model: Type.String({ minLength: 1 }),
    provider: Type.String({ minLength: 1 }),
    data: Type.Array(
      Type.Object(
        {
          object: Type.Literal('embedding'),
          index: Type.Integer({ minimum: 0, description: 'The place of the input in the request.' }),
          embedding: Type.Union([Type.Array(Type.Number()), Type.String()], {
            description: 'As `encoding_format` says.',
          }),
        },
        { title: 'Embedding' },
      ),
      { minItems: 1, description: 'One vector for each input, in their order.' },
    ),
    usage: Type.Object(embeddingsUsageProperties, { title: 'EmbeddingsUsage' }),
    openrouter_metadata: Type.Optional(RouterMetadataSchema),
  },
  { title: 'EmbeddingsResponse', description: 'The vectors.' },
)
