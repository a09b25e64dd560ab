import { Type } from 'typebox'
import { OpenObject } from '../../../util/open-object.ts'
import { RouterMetadataSchema } from '../../gateway-fields/schema/router-metadata.ts'

const Count = Type.Integer({ minimum: 0 })
const orNull = <Schema extends Parameters<typeof Type.Optional>[0]>(schema: Schema) => Type.Union([schema, Type.Null()])

const MessagesUsageSchema = Type.Object(
  {
    input_tokens: Type.Integer({ minimum: 0, description: 'Those that neither came from the cache nor went into it.' }),
    output_tokens: Count,
    cache_read_input_tokens: orNull(Count),
    cache_creation_input_tokens: orNull(Count),
    cache_creation: orNull(Type.Object({ ephemeral_5m_input_tokens: Count, ephemeral_1h_input_tokens: Count })),
    output_tokens_details: orNull(Type.Object({ thinking_tokens: Count })),
    server_tool_use: orNull(Type.Object({ web_search_requests: Count, web_fetch_requests: Count })),
    service_tier: orNull(Type.String()),
    inference_geo: orNull(Type.String()),
    cost: Type.Optional(Type.Number({ minimum: 0, description: 'USD.' })),
    is_byok: Type.Optional(Type.Boolean()),
    cost_details: Type.Optional(OpenObject),
  },
  { title: 'MessagesUsage', description: 'Tokens by the upstream’s own count, and the cost in USD.' },
)

const ContentBlock = Type.Object(
  {
    type: Type.String({
      description:
        '`text`, `thinking`, `redacted_thinking`, `tool_use`, `server_tool_use`, a result such as `web_search_tool_result`, `image`, or another block of Anthropic’s.',
    }),
  },
  { title: 'ContentBlock' },
)

/** Every key is there, also where nothing is known: decoders want it so. Source: contract §8.A5. */
export const MessagesResponseSchema = Type.Object(
  {
    id: Type.String(),
    type: Type.Literal('message'),
    role: Type.Literal('assistant'),
    model: Type.String({ description: 'The slug of the model that answered.' }),
    content: Type.Array(ContentBlock, { description: 'The answer, in the order in which it was made.' }),
    stop_reason: orNull(
      Type.Enum([
        'end_turn',
        'max_tokens',
        'model_context_window_exceeded',
        'stop_sequence',
        'tool_use',
        'pause_turn',
        'refusal',
        'compaction',
      ]),
    ),
    stop_sequence: orNull(Type.String()),
    stop_details: orNull(OpenObject),
    container: orNull(OpenObject),
    provider: Type.Optional(Type.String()),
    usage: MessagesUsageSchema,
    openrouter_metadata: Type.Optional(RouterMetadataSchema),
  },
  { title: 'MessagesResponse', description: 'An answer in the words of Anthropic’s Messages API.' },
)
