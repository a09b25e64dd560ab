import { type Static, Type } from 'typebox'
import { nullish } from '../../../util/nullish.ts'
import { gatewayProperties, shortUser } from '../../gateway-fields/schema/gateway-fields.ts'

const Document = Type.Union(
  [
    Type.String(),
    Type.Object(
      {
        text: nullish(Type.String()),
        image: nullish(Type.String({ description: 'An address or a data URL.' })),
      },
      { title: 'RankedDocument' },
    ),
  ],
  { 'x-expects': 'a text, or an object with `text`, `image` or both' },
)

/** The most that a provider ranks at once, Cohere. It bounds how long a ranking takes. */
const mostDocuments = 10_000

/** `POST /rerank`. Source: contract §8.B. */
export const RerankRequestSchema = Type.Object(
  {
    model: Type.String({ minLength: 1, maxLength: 512, description: 'Slug of a model whose output is `rerank`.' }),
    query: Type.String({ minLength: 1 }),
    documents: Type.Array(Document, {
      minItems: 1,
      maxItems: mostDocuments,
      description: `What to rank: at most ${mostDocuments.toLocaleString('en')} documents.`,
    }),
    top_n: nullish(Type.Integer({ minimum: 1, description: 'How many of the best are returned. Absent: all.' })),
    provider: gatewayProperties.provider,
    user: shortUser,
    session_id: gatewayProperties.session_id,
    trace: gatewayProperties.trace,
    metadata: gatewayProperties.metadata,
  },
  { title: 'RerankRequest', description: 'Documents to sort by how well they fit a query.' },
)

export type RerankRequestBody = Static<typeof RerankRequestSchema>
