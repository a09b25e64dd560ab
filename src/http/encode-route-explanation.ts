import { type Static, Type } from 'typebox'
import { usd } from '../canonical/money.ts'
import { OpenObject } from '../util/open-object.ts'
import type { ExplainedEndpoint, RouteExplanation } from '../router/explain-route.ts'
import { orNull } from './openapi/schema/or-null.ts'

const CandidateSchema = Type.Object(
  {
    place: orNull(
      Type.Integer({ minimum: 1, description: 'The place in the order of calls; null where it is left out.' }),
    ),
    model: Type.String(),
    provider: Type.String({ description: 'Display name.' }),
    endpoint: Type.String({ description: 'The tag of the endpoint, by which `order`, `only` and `ignore` name it.' }),
    byok_key: orNull(
      Type.String({
        description: 'The id of the key of the account that is used; null: the gateway’s own credentials.',
      }),
    ),
    upstream_model: Type.String(),
    prompt_price: Type.Number({ description: 'USD per million tokens.' }),
    completion_price: Type.Number({ description: 'USD per million tokens.' }),
    estimated_cost: Type.Number({ description: 'USD for this request.' }),
    excluded_by: orNull(
      Type.Object(
        {
          rule: Type.String(),
          field: Type.String({ description: 'The field of the request that the rule comes from.' }),
          detail: Type.String(),
        },
        { title: 'RouteExclusion' },
      ),
    ),
    first_pick_share: orNull(
      Type.Number({
        description: 'The probability, 0 to 1, that load balancing puts it first; null where the order is fixed.',
      }),
    ),
    condition: Type.Enum(['stable', 'down', 'probe-due', 'probing']),
    rate_limited: Type.Boolean(),
    uptime_class: Type.Enum(['unknown', 'normal', 'lower', 'last']),
    latency_p50: orNull(Type.Number({ description: 'Milliseconds to the first token, over five minutes.' })),
    throughput_p50: orNull(Type.Number({ description: 'Tokens per second, over five minutes.' })),
    tool_success: orNull(Type.Number({ description: 'The share of replies whose tool calls were all valid, 0 to 1.' })),
    sticky: Type.Boolean({ description: 'Whether the session stays with it.' }),
  },
  { title: 'RouteCandidate' },
)

const RouteExplanationSchema = Type.Object(
  {
    requested: Type.String(),
    strategy: Type.String(),
    models: Type.Array(Type.String(), { description: 'The models in the order in which they are tried.' }),
    router: orNull(
      Type.Object({
        name: Type.String(),
        summary: Type.Optional(Type.String()),
        data: Type.Optional(OpenObject),
      }),
    ),
    prompt_tokens: Type.Integer({ minimum: 0, description: 'Estimated.' }),
    completion_tokens: Type.Integer({ minimum: 0, description: '`max_tokens`, or 500.' }),
    ranked_by: Type.Array(Type.Array(Type.String()), {
      description:
        'The rules that decided the order, one list for each model or pool. A later rule has priority over those before it.',
    }),
    candidates: Type.Array(CandidateSchema),
    error: orNull(Type.Object({ code: Type.Integer(), message: Type.String() })),
  },
  { title: 'RouteExplanation' },
)

export const RouteExplanationReplySchema = Type.Object(
  { data: RouteExplanationSchema },
  { title: 'RouteExplanationReply' },
)

/**
 * Encodes an explanation as the reply of `POST /route`: first the endpoints that would be tried, in order, then those that are left out.
 */
export function encodeRouteExplanation(explanation: RouteExplanation): Static<typeof RouteExplanationSchema> {
  const { stage, tried, leftOut, error } = explanation
  return {
    requested: explanation.requested,
    strategy: explanation.strategy,
    models: [...explanation.models],
    router: stage === null ? null : { name: stage.name, summary: stage.summary, data: stage.data },
    prompt_tokens: explanation.promptTokens,
    completion_tokens: explanation.completionTokens,
    ranked_by: explanation.rankedBy.map((names) => [...names]),
    candidates: [
      ...tried.map(({ firstPickShare, rateLimited, sticky, ...explained }, index) => ({
        place: index + 1,
        ...encodeEndpoint(explained),
        excluded_by: null,
        first_pick_share: firstPickShare,
        rate_limited: rateLimited,
        sticky,
      })),
      ...leftOut.map(({ rule, refusal: { field, detail }, ...explained }) => ({
        place: null,
        ...encodeEndpoint(explained),
        excluded_by: { rule, field, detail },
        first_pick_share: null,
        rate_limited: false,
        sticky: false,
      })),
    ],
    error: error === null ? null : { code: error.status, message: error.message },
  }
}

/** A price of one USD per million tokens, in pico-USD per token. */
const perMillion = 1_000_000

const encodeEndpoint = ({ endpoint, state, estimatedCost }: ExplainedEndpoint) => ({
  model: endpoint.model,
  provider: endpoint.providerName,
  endpoint: endpoint.tag,
  byok_key: endpoint.byok ?? null,
  upstream_model: endpoint.upstreamModel,
  prompt_price: endpoint.pricing.prompt / perMillion,
  completion_price: endpoint.pricing.completion / perMillion,
  estimated_cost: usd(estimatedCost),
  condition: state?.condition ?? 'stable',
  uptime_class: state?.uptimeClass ?? 'unknown',
  latency_p50: state?.latency?.p50 ?? null,
  throughput_p50: state?.throughput?.p50 ?? null,
  tool_success: state?.toolSuccess ?? null,
})
