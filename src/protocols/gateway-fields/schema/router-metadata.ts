import { Type } from 'typebox'
import { OpenObject } from '../../../util/open-object.ts'

/** What a client that opted in learns about the routing. Source: contract §3.5. */
export const RouterMetadataSchema = Type.Object(
  {
    requested: Type.String({ description: 'The slug that the client sent.' }),
    strategy: Type.Enum(['direct', 'auto', 'free', 'latest', 'alias', 'fallback', 'pareto', 'bodybuilder', 'fusion']),
    region: Type.Union([Type.String(), Type.Null()]),
    summary: Type.String(),
    attempt: Type.Integer({ minimum: 0, description: 'Which attempt answered, from 1; 0: no provider was reached.' }),
    is_byok: Type.Boolean(),
    endpoints: Type.Object({
      total: Type.Integer({ minimum: 0 }),
      available: Type.Array(
        Type.Object(
          { provider: Type.String(), model: Type.String(), selected: Type.Boolean() },
          { title: 'ConsideredEndpoint' },
        ),
      ),
    }),
    generation_time: Type.Optional(
      Type.Integer({
        minimum: 0,
        description:
          'Milliseconds from the dispatch upstream to the end of the answer. Absent where nothing was dispatched.',
      }),
    ),
    params: Type.Optional(OpenObject),
    attempts: Type.Optional(
      Type.Array(
        Type.Object(
          { provider: Type.String(), model: Type.String(), status: Type.Integer() },
          { title: 'Attempt', description: 'One call to one endpoint.' },
        ),
      ),
    ),
    pipeline: Type.Optional(
      Type.Array(
        Type.Object(
          {
            type: Type.Enum([
              'guardrail',
              'plugin',
              'server_tools',
              'response_healing',
              'context_compression',
              'stream_rescue',
              'raised_max_tokens',
              'affordable_max_tokens',
              'schema_check',
            ]),
            name: Type.String(),
            summary: Type.Optional(Type.String()),
            cost_usd: Type.Optional(Type.Union([Type.Number({ minimum: 0 }), Type.Null()])),
            guardrail_id: Type.Optional(Type.String()),
            guardrail_scope: Type.Optional(Type.String()),
            data: Type.Optional(OpenObject),
          },
          { title: 'PipelineStage', description: 'Something that the gateway did to the request or the reply.' },
        ),
      ),
    ),
  },
  {
    title: 'RouterMetadata',
    description: 'How the request was routed. Sent when `X-OpenRouter-Metadata: enabled` asks for it.',
  },
)
