import { type Static, Type } from 'typebox'
import type { GenerationRecord } from '../../canonical/generation-record.ts'
import { usd } from '../../canonical/money.ts'
import { amountsOf } from '../../ledger/books/amounts.ts'
import type { RecentRoute } from '../../ledger/recent-routes.ts'
import { encodeStage } from '../../protocols/gateway-fields/encode-metadata.ts'
import type { ContentRecord } from '../../storage/stores/content-store.ts'
import type { FeedbackRecord } from '../../storage/stores/feedback-store.ts'
import { type JsonObject, objectOf, parseJson } from '../../util/json.ts'
import { OpenObject } from '../../util/open-object.ts'
import { orNull } from '../openapi/schema/or-null.ts'
import { encodeRow, rowFields } from './describe-generation.ts'

const Text = orNull(Type.String())
const Tokens = orNull(Type.Integer({ minimum: 0 }))
const Dollars = Type.Number({ description: 'USD.' })

const AttemptSchema = Type.Object(
  {
    sequence: Type.Integer({ minimum: 0 }),
    provider: Type.String(),
    provider_name: Type.String(),
    endpoint: Type.String({ description: 'The id of the endpoint: its model, `@`, and its tag.' }),
    model: Type.String(),
    kind: Type.String({ description: '`first`, `retry`, `hedge` or `rescue`.' }),
    tier: Type.String(),
    tool: orNull(Type.String({ description: 'The tool that made the call.' })),
    depth: Type.Integer({ minimum: 0, description: '0 for a call that answers the client.' }),
    status: Type.Integer({ description: '0 where the client left, or another call answered first.' }),
    error: Text,
    upstream_id: Text,
    started_after: orNull(
      Type.Number({ description: 'Milliseconds after the request came; null in records of earlier versions.' }),
    ),
    latency: Type.Number({ minimum: 0, description: 'Milliseconds until it began to answer, or failed.' }),
    cost: Type.Number({ minimum: 0, description: 'USD that the provider charges the operator.' }),
    may_bill_more: Type.Boolean(),
    is_byok: Type.Boolean(),
  },
  { title: 'GenerationAttempt' },
)

const RouteTakenSchema = Type.Object(
  {
    requested: Type.String(),
    strategy: Type.String(),
    endpoints: Type.Array(
      Type.Object({
        model: Type.String(),
        provider: Type.String(),
        provider_name: Type.String(),
        endpoint: Type.String(),
        called: Type.Boolean({ description: 'Whether it was called.' }),
        excluded_by: orNull(Type.Object({ rule: Type.String(), field: Type.String(), detail: Type.String() })),
      }),
    ),
  },
  { title: 'RouteTaken', description: 'The endpoints that were considered, and why some were left out.' },
)

export const WholeGenerationReplySchema = Type.Object(
  {
    data: Type.Object(
      {
        ...rowFields,
        request_id: Type.String(),
        upstream_id: Text,
        endpoint: Text,
        service_tier: Text,
        native_finish_reason: Text,
        user_agent: Text,
        referer: Text,
        title: Text,
        metadata: orNull(OpenObject),
        trace: orNull(OpenObject),
        response_cache_source_id: Text,
        usage: Type.Object({
          prompt_tokens: Tokens,
          completion_tokens: Tokens,
          reasoning_tokens: Tokens,
          cached_tokens: Tokens,
          cache_write_tokens: Tokens,
          image_tokens: Tokens,
        }),
        costs: Type.Array(
          Type.Object({
            part: Type.String({ description: '`prompt`, `completion`, `other`, `tool`, `attempt` or `byok`.' }),
            source: Type.String({ description: 'Where the amount comes from, such as `derived`.' }),
            borne_by: Type.String({ description: '`account`, `operator` or `account_directly`.' }),
            provider: Type.String({ description: 'The provider, or of a fee the plugin or server tool.' }),
            engine: Type.String(),
            unit: Type.String(),
            units: orNull(Type.Number()),
            amount: Dollars,
          }),
          { description: 'Every amount with its source. Those that the account bears sum to `cost`.' },
        ),
        upstream_cost: Type.Number({
          description: 'USD at the list price for calls with the account’s own keys: no part of `cost`.',
        }),
        attempts: Type.Array(AttemptSchema, { description: 'In the order of the calls.' }),
        route: orNull(RouteTakenSchema),
        pipeline: orNull(Type.Array(OpenObject, { description: 'As in `openrouter_metadata`; kept with the route.' })),
        tools: Type.Array(
          Type.Object({
            source: Type.String(),
            engine: Type.String(),
            unit: Type.String(),
            units: Type.Number(),
            results: orNull(Type.Number()),
            amount: Dollars,
          }),
          { description: 'The fees of plugins and server tools.' },
        ),
        feedback: Type.Array(
          Type.Object({
            category: Type.String(),
            comment: Text,
            created_at: Type.String({ description: 'ISO time.' }),
          }),
        ),
        content: Type.Object(
          { logged: Type.Boolean(), input: orNull(OpenObject), output: orNull(OpenObject), error: orNull(OpenObject) },
          { description: 'What was said. `logged` tells whether the account logs it now.' },
        ),
      },
      { title: 'WholeGeneration', description: 'Everything that is known of a generation.' },
    ),
  },
  { title: 'WholeGenerationReply' },
)

/** What is known of a generation besides its record. */
export interface Surroundings {
  readonly nameOf: (keyHash: string) => string | null
  readonly route: RecentRoute | null
  readonly feedback: readonly FeedbackRecord[]
  readonly isLogged: boolean
  readonly content: ContentRecord | null
}

/** Encodes a generation with everything that is known of it. */
export const encodeWhole = (
  record: GenerationRecord,
  { nameOf, route, feedback, isLogged, content }: Surroundings,
): Static<typeof WholeGenerationReplySchema>['data'] => ({
  ...encodeRow(record, nameOf),
  request_id: record.requestId,
  upstream_id: record.upstreamId,
  endpoint: record.endpoint,
  service_tier: record.serviceTier,
  native_finish_reason: record.nativeFinishReason,
  user_agent: record.userAgent,
  referer: record.httpReferer,
  title: record.appTitle,
  metadata: parsed(record.metadata),
  trace: parsed(record.trace),
  response_cache_source_id: record.responseCacheSourceId,
  usage: {
    prompt_tokens: record.promptTokens,
    completion_tokens: record.completionTokens,
    reasoning_tokens: record.reasoningTokens,
    cached_tokens: record.cachedTokens,
    cache_write_tokens: record.cacheWriteTokens,
    image_tokens: record.imageTokens,
  },
  costs: amountsOf(record).map(({ kind, provenance, borneBy, provider, engine, unit, units, amount }) => {
    return { part: kind, source: provenance, borne_by: borneBy, provider, engine, unit, units, amount: usd(amount) }
  }),
  upstream_cost: usd(record.upstreamCost),
  attempts: record.attempts.map((attempt) => ({
    sequence: attempt.sequence,
    provider: attempt.provider,
    provider_name: attempt.providerName,
    endpoint: attempt.endpoint,
    model: attempt.model,
    kind: attempt.kind,
    tier: attempt.tier,
    tool: attempt.tool,
    depth: attempt.depth,
    status: attempt.status,
    error: attempt.errorKind,
    upstream_id: attempt.upstreamId,
    started_after: attempt.startedAfter,
    latency: attempt.latency,
    cost: usd(attempt.cost),
    may_bill_more: attempt.mayBillMore,
    is_byok: attempt.isByok,
  })),
  route: route === null ? null : encodeRouteTaken(route, record),
  pipeline: route === null ? null : route.pipeline.map(encodeStage),
  tools: record.fees.map(({ source, engine, unit, units, results, amount }) => {
    return { source, engine, unit, units, results, amount: usd(amount) }
  }),
  feedback: feedback.map(({ category, comment, createdAt }) => {
    return { category, comment, created_at: new Date(createdAt).toISOString() }
  }),
  content: {
    logged: isLogged,
    input: parsed(content?.input ?? null),
    output:
      content === null
        ? null
        : {
            completion: content.completion,
            reasoning: content.reasoning,
            ...(content.toolCalls !== null && { tool_calls: parseJson(content.toolCalls) }),
          },
    error: parsed(content?.error ?? null),
  },
})

/** Parses an object that this gateway wrote. */
const parsed = (text: string | null): JsonObject | null => (text === null ? null : (objectOf(parseJson(text)) ?? null))

function encodeRouteTaken(route: RecentRoute, { attempts }: GenerationRecord): Static<typeof RouteTakenSchema> {
  const called = new Set(attempts.map(({ endpoint }) => endpoint))
  const excluded = new Map(route.exclusions.map((exclusion) => [exclusion.endpoint.id, exclusion]))
  return {
    requested: route.requested,
    strategy: route.strategy,
    endpoints: route.considered.map(({ id, model, provider, providerName }) => {
      const exclusion = excluded.get(id)
      return {
        model,
        provider,
        provider_name: providerName,
        endpoint: id,
        called: called.has(id),
        excluded_by: exclusion === undefined ? null : { rule: exclusion.filter.name, ...exclusion.refusal },
      }
    }),
  }
}
