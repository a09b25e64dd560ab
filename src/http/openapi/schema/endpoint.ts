import { Type } from 'typebox'
import { ArchitectureSchema } from './model.ts'
import { orNull } from './or-null.ts'
import { PricingSchema } from './pricing.ts'

const Percentage = orNull(
  Type.Number({
    minimum: 0,
    maximum: 100,
    description: 'The percentage of calls that succeeded; null while there are too few calls.',
  }),
)

const distribution = (description: string) =>
  orNull(
    Type.Object({ p50: Type.Number(), p75: Type.Number(), p90: Type.Number(), p99: Type.Number() }, { description }),
  )

const ToolChoiceSupportSchema = Type.Object(
  { auto: Type.Boolean(), none: Type.Boolean(), required: Type.Boolean(), function: Type.Boolean() },
  { title: 'ToolChoiceSupport', description: 'The forms of `tool_choice` that it accepts.' },
)

/** Source: contract §8.A2. */
const EndpointSchema = Type.Object(
  {
    name: Type.String(),
    model_id: Type.String(),
    model_name: Type.String(),
    context_length: Type.Integer({ minimum: 0, description: 'Tokens; 0 when unknown.' }),
    pricing: PricingSchema,
    provider_name: Type.String(),
    tag: Type.String({ description: 'The name for it in `provider.order`, `only` and `ignore`.' }),
    quantization: orNull(Type.String()),
    max_completion_tokens: orNull(Type.Integer({ description: 'Tokens.' })),
    max_prompt_tokens: orNull(Type.Integer({ description: 'Tokens.' })),
    supported_parameters: Type.Array(Type.String()),
    supports_tool_choice: ToolChoiceSupportSchema,
    native_tools: Type.Unsafe<Record<string, { readonly type: string }>>({
      type: 'object',
      additionalProperties: Type.Object({ type: Type.String() }),
      description: 'The provider’s own tools, by the server tools that they replace. `type` is the provider’s word.',
    }),
    service_tier: orNull(Type.Enum(['flex', 'priority', 'ultrafast'], { description: 'Null: the default tier.' })),
    supports_diarization: Type.Boolean({ description: 'Whether it distinguishes the speakers in transcriptions.' }),
    uptime_last_5m: Percentage,
    uptime_last_30m: Percentage,
    uptime_last_1d: Percentage,
    latency_last_30m: distribution('Milliseconds to the first token; null while unknown, and without a key.'),
    throughput_last_30m: distribution('Tokens per second; null while unknown, and without a key.'),
    supports_implicit_caching: Type.Boolean({ description: 'Whether it caches prompts without a request for it.' }),
    status: Type.Integer({ description: '0 is healthy. Negative values are worse the lower they are.' }),
  },
  { title: 'Endpoint', description: 'A model at a provider.' },
)

export const EndpointListSchema = Type.Object({ data: Type.Array(EndpointSchema) }, { title: 'EndpointList' })

export const ModelEndpointsSchema = Type.Object(
  {
    data: Type.Object({
      id: Type.String({ description: 'The slug of the model.' }),
      name: Type.String(),
      created: Type.Integer({ description: 'Unix seconds.' }),
      description: Type.String(),
      architecture: ArchitectureSchema,
      endpoints: Type.Array(EndpointSchema),
    }),
  },
  { title: 'ModelEndpoints' },
)
