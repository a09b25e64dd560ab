import { Type } from 'typebox'
import { RouterMetadataSchema } from '../../gateway-fields/schema/router-metadata.ts'

/** The reply to `POST /rerank`. Source: contract §8.B. */
export const RerankResponseSchema = Type.Object(
  {
    id: Type.String({ pattern: '^gen-', 'x-expects': 'an id that begins with "gen-"' }),
    model: Type.String({ minLength: 1 }),
    provider: Type.String({ minLength: 1 }),
    results: Type.Array(
      Type.Object(
        {
          index: Type.Integer({ minimum: 0, description: 'The place of the document in the request.' }),
          relevance_score: Type.Number(),
          document: Type.Object({ text: Type.Optional(Type.String()), image: Type.Optional(Type.String()) }),
        },
        { title: 'RerankResult' },
      ),
      { description: 'The best first.' },
    ),
    usage: Type.Object(
      {
        search_units: Type.Optional(Type.Integer({ minimum: 0 })),
        total_tokens: Type.Optional(Type.Integer({ minimum: 0 })),
        cost: Type.Optional(Type.Number({ minimum: 0, description: 'USD.' })),
        is_byok: Type.Optional(Type.Boolean()),
      },
      { title: 'RerankUsage' },
    ),
    openrouter_metadata: Type.Optional(RouterMetadataSchema),
  },
  { title: 'RerankResponse', description: 'The ranking.' },
)
