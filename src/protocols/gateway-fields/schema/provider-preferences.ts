import { Type, type Static } from 'typebox'
import { nullish } from '../../../util/nullish.ts'
import { OpenObject } from '../../../util/open-object.ts'

const providers = (use: string) =>
  Type.Array(Type.String({ maxLength: 128 }), {
    // More than anybody means: every name is held against every endpoint.
    maxItems: 1024,
    description: `${use} Provider slugs, \`slug/suffix\` endpoints or display names; letter case does not matter.`,
  })

const SortKey = Type.Enum(['price', 'throughput', 'latency', 'exacto'])

// OpenRouter's specification has strings, its guides and the AI SDK send numbers (contract §10.11).
const Price = Type.Union([
  Type.Number({ minimum: 0 }),
  Type.String({ pattern: '^\\d+(\\.\\d+)?([eE][+-]?\\d+)?$', 'x-expects': 'a number of at least 0' }),
])

const threshold = (description: string) =>
  Type.Union(
    [
      Type.Number({ minimum: 0 }),
      Type.Object(
        {
          p50: nullish(Type.Number({ minimum: 0 })),
          p75: nullish(Type.Number({ minimum: 0 })),
          p90: nullish(Type.Number({ minimum: 0 })),
          p99: nullish(Type.Number({ minimum: 0 })),
        },
        { title: 'Percentiles', description: 'A threshold per percentile; a plain number means p50.' },
      ),
    ],
    { description },
  )

/** Source: contract §1.2. */
export const ProviderPreferencesSchema = Type.Object(
  {
    order: nullish(providers('Tried first, in this order.')),
    only: nullish(providers('No others are used.')),
    ignore: nullish(providers('Not used.')),
    allow_fallbacks: nullish(
      Type.Boolean({ default: true, description: 'False: only the first choice, or only `order`.' }),
    ),
    require_parameters: nullish(
      Type.Boolean({ default: false, description: 'Only endpoints that support every parameter sent.' }),
    ),
    data_collection: nullish(
      Type.Enum(['allow', 'deny'], {
        default: 'allow',
        description: '`deny`: only endpoints that neither keep nor train on the data.',
      }),
    ),
    zdr: nullish(Type.Boolean({ description: 'Only endpoints that retain nothing.' })),
    enforce_distillable_text: nullish(Type.Boolean({ description: 'Only models whose author permits distillation.' })),
    quantizations: nullish(
      Type.Array(
        Type.Enum(['int4', 'int8', 'fp4', 'mxfp4', 'nvfp4', 'fp6', 'fp8', 'mxfp8', 'fp16', 'bf16', 'fp32', 'unknown']),
        { description: 'Only endpoints whose weights are stored so.' },
      ),
    ),
    sort: nullish(
      Type.Union(
        [
          SortKey,
          Type.Object(
            { by: nullish(SortKey), partition: nullish(Type.Enum(['model', 'none'])) },
            { title: 'ProviderSort', description: '`partition`: `none` sorts the endpoints of all models together.' },
          ),
        ],
        {
          description:
            'How endpoints are ordered: the cheapest, the fastest, the soonest to begin, or the best at calling tools first. Ignored where `order` is given.',
        },
      ),
    ),
    max_price: nullish(
      Type.Object(
        {
          prompt: nullish(Price),
          completion: nullish(Price),
          request: nullish(Price),
          image: nullish(Price),
          audio: nullish(Price),
        },
        {
          title: 'MaxPrice',
          description: 'Caps in USD: per million tokens for prompt and completion, per unit for the rest.',
        },
      ),
    ),
    preferred_min_throughput: nullish(threshold('Tokens per second: endpoints known to be slower come last.')),
    preferred_max_latency: nullish(threshold('Seconds to the first token: endpoints known to take longer come last.')),
    options: nullish(
      Type.Unsafe<Readonly<Record<string, Readonly<Record<string, unknown>> | null>>>({
        type: 'object',
        additionalProperties: Type.Union([OpenObject, Type.Null()]),
        description:
          'By provider slug, fields in that provider’s own words, for the one that serves the request. They replace nothing that the gateway writes, and the conversation, the tools, the model and the limits are not theirs to set.',
      }),
    ),
  },
  {
    title: 'ProviderPreferences',
    description:
      'How providers are chosen. The one closed object of a request: an unknown key is an error. Throughput is in tokens per second, latency in seconds.',
    additionalProperties: false,
  },
)

export type ProviderPreferences = Static<typeof ProviderPreferencesSchema>
