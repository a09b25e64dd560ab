import { Type } from 'typebox'
import { OpenObject } from '../../../util/open-object.ts'
import { RouterMetadataSchema } from '../../gateway-fields/schema/router-metadata.ts'

const Count = Type.Integer({ minimum: 0 })
const orNull = <Schema extends Parameters<typeof Type.Optional>[0]>(schema: Schema) => Type.Union([schema, Type.Null()])

/** Every key is there, also where nothing is known: decoders want it so. Source: contract §8.A6. */
export const ResponsesResultSchema = Type.Object(
  {
    id: Type.String(),
    object: Type.Literal('response'),
    created_at: Type.Integer({ description: 'Unix seconds.' }),
    completed_at: orNull(Type.Integer()),
    status: Type.Enum(['completed', 'incomplete', 'in_progress', 'failed']),
    error: orNull(OpenObject),
    incomplete_details: orNull(OpenObject),
    instructions: orNull(Type.String()),
    metadata: orNull(OpenObject),
    model: Type.String({ description: 'The slug of the model that answered.' }),
    provider: Type.Optional(Type.String()),
    output: Type.Array(Type.Object({ type: Type.String() }, { title: 'OutputItem' }), {
      description: 'The answer, item by item, in the order in which it was made.',
    }),
    parallel_tool_calls: Type.Boolean(),
    temperature: orNull(Type.Number()),
    top_p: orNull(Type.Number()),
    frequency_penalty: orNull(Type.Number()),
    presence_penalty: orNull(Type.Number()),
    service_tier: orNull(Type.String()),
    usage: orNull(
      Type.Object(
        {
          input_tokens: Count,
          input_tokens_details: Type.Object({ cached_tokens: Count }),
          output_tokens: Count,
          output_tokens_details: Type.Object({ reasoning_tokens: Count }),
          total_tokens: Count,
          cost: Type.Optional(Type.Number({ minimum: 0, description: 'USD.' })),
          is_byok: Type.Optional(Type.Boolean()),
          cost_details: Type.Optional(OpenObject),
        },
        { title: 'ResponsesUsage', description: 'Tokens by the upstream’s own count, and the cost in USD.' },
      ),
    ),
    openrouter_metadata: Type.Optional(RouterMetadataSchema),
  },
  { title: 'ResponsesResult', description: 'An answer in the words of OpenAI’s Responses API.' },
)
