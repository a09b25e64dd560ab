import { type Static, Type } from 'typebox'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { Catalog, Model } from '../../catalog/model.ts'
import type { EndpointHealth } from '../../health/endpoint-health.ts'
import type { Clock } from '../../util/clock.ts'
import { OpenObject } from '../../util/open-object.ts'
import { defineRoute } from '../http-route.ts'
import { describeEndpoint } from '../models/describe-model.ts'
import { orNull } from '../openapi/schema/or-null.ts'

const Percent = orNull(Type.Number({ minimum: 0, maximum: 100, description: 'Percent; null: too few calls.' }))
const distribution = (description: string) =>
  orNull(
    Type.Object(
      {
        samples: Type.Integer(),
        p50: Type.Number(),
        p75: Type.Number(),
        p90: Type.Number(),
        p95: Type.Number(),
        p99: Type.Number(),
      },
      { description },
    ),
  )

const CredentialsSchema = Type.Object(
  {
    state: Type.Enum(['present', 'none-needed'], {
      description: '`none-needed`: the provider is called without a key.',
    }),
    count: Type.Integer({ minimum: 0, description: 'How many credentials of the gateway’s own there are.' }),
    benched: Type.Integer({
      minimum: 0,
      description: 'How many of them were refused or rate limited at this endpoint lately.',
    }),
  },
  { title: 'EndpointCredentials', description: 'The credentials themselves are never shown.' },
)

const ListedEndpointSchema = Type.Object(
  {
    model: Type.String(),
    model_name: Type.String(),
    tag: Type.String({ description: 'The name for it in `provider.order`, `only` and `ignore`.' }),
    provider: Type.String({ description: 'The slug.' }),
    provider_name: Type.String(),
    upstream_model: Type.String({ description: 'The provider’s own id of the model.' }),
    operations: Type.Array(Type.String()),
    context_length: Type.Integer({ minimum: 0, description: 'Tokens; 0 when unknown.' }),
    max_completion_tokens: orNull(Type.Integer()),
    quantization: orNull(Type.String()),
    tier: Type.String(),
    pricing: Type.Unsafe<unknown>({
      ...OpenObject,
      description: 'USD for each token or unit, as decimal text (contract §6.16).',
    }),
    supported_parameters: Type.Array(Type.String()),
    health: Type.Object({
      condition: Type.Enum(['stable', 'down', 'probe-due', 'probing']),
      rate_limited: Type.Boolean(),
      uptime_last_5m: Percent,
      uptime_last_30m: Percent,
      uptime_last_1d: Percent,
      latency_last_30m: distribution('Milliseconds to the first token.'),
      throughput_last_30m: distribution('Tokens a second.'),
    }),
    credentials: CredentialsSchema,
  },
  { title: 'ListedEndpoint' },
)

const ProviderStateSchema = Type.Object(
  {
    slug: Type.String(),
    state: Type.Enum(['offered', 'unreachable', 'no-credentials', 'unset']),
    reason: Type.String({ description: 'Why it is offered, or what it lacks.' }),
    configured: Type.Boolean({ description: 'Whether the configuration names it.' }),
    models: Type.Integer({ minimum: 0, description: 'How many models it serves here.' }),
  },
  { title: 'ProviderState' },
)

const EndpointListSchema = Type.Object(
  {
    data: Type.Array(ListedEndpointSchema),
    providers: Type.Array(ProviderStateSchema),
    default_model: orNull(Type.String({ description: 'The model of a request that names none.' })),
  },
  { title: 'ListedEndpoints' },
)

interface Dependencies {
  readonly catalog: (account?: string) => Catalog
  readonly models: { readonly health: Pick<EndpointHealth, 'state' | 'statistics'> }
  /** Counts the gateway's own credentials for an endpoint. */
  readonly credentialsOf: (endpoint: Endpoint) => Static<typeof CredentialsSchema>
  /** Returns which providers are offered and why, and what the others lack. */
  readonly providerStatuses: () => readonly Static<typeof ProviderStateSchema>[]
  readonly defaultModel: string | null
  readonly clock: Clock
}

/** Of this gateway's own. */
export const listEndpoints = defineRoute({
  method: 'get',
  path: '/waygate/endpoints',
  access: 'management',
  id: 'listEndpoints',
  group: 'Operator',
  summary: 'List endpoints',
  description:
    'Every endpoint that is offered to the account, with its prices, limits, health and credentials, and every provider with why it is offered or what it lacks.',
  parameters: [
    { name: 'model', in: 'query', description: 'Only those of this model, by its slug.', schema: Type.String() },
    { name: 'provider', in: 'query', description: 'Only those of this provider, by its slug.', schema: Type.String() },
  ],
  success: { description: 'The endpoints and providers.', json: EndpointListSchema },
  errors: ['authentication', 'permission_denied', 'server'],
  handle:
    ({ catalog, models: { health }, credentialsOf, providerStatuses, defaultModel, clock }: Dependencies) =>
    (exchange) => {
      const { query, principal } = exchange
      const [wantedModel, wantedProvider] = [query.get('model'), query.get('provider')]
      const now = clock.monotonic()
      const described = [...catalog(principal.account).models.values()]
        .filter(({ slug }) => wantedModel === null || slug === wantedModel)
        .flatMap((model) =>
          model.endpoints
            .filter(({ provider }) => wantedProvider === null || provider === wantedProvider)
            .map((endpoint) => encode(endpoint, model, health, now, credentialsOf(endpoint))),
        )
      const providers = providerStatuses().filter(({ slug }) => wantedProvider === null || slug === wantedProvider)
      exchange.json({
        data: described,
        providers: providers.map(({ slug, state, reason, configured, models }) => {
          return { slug, state, reason, configured, models }
        }),
        default_model: defaultModel,
      })
    },
})

function encode(
  endpoint: Endpoint,
  model: Model,
  health: Pick<EndpointHealth, 'state' | 'statistics'>,
  now: number,
  credentials: Static<typeof CredentialsSchema>,
): Static<typeof ListedEndpointSchema> {
  const { context_length, max_completion_tokens, quantization, pricing, supported_parameters } = describeEndpoint(
    endpoint,
    model,
  )
  const state = health.state(endpoint.id, now)
  const statistics = health.statistics(endpoint.id)
  return {
    model: model.slug,
    model_name: model.name,
    tag: endpoint.tag,
    provider: endpoint.provider,
    provider_name: endpoint.providerName,
    upstream_model: endpoint.upstreamModel,
    operations: [...endpoint.operations],
    context_length,
    max_completion_tokens,
    quantization,
    tier: endpoint.tier,
    pricing,
    supported_parameters,
    health: {
      condition: state?.condition ?? 'stable',
      rate_limited: (state?.limitedUntil ?? 0) > now,
      uptime_last_5m: statistics.uptimeLast5m,
      uptime_last_30m: statistics.uptimeLast30m,
      uptime_last_1d: statistics.uptimeLast1d,
      latency_last_30m: statistics.latencyLast30m,
      throughput_last_30m: statistics.throughputLast30m,
    },
    credentials,
  }
}
