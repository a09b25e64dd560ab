import { type Static, Type } from 'typebox'
import { GatewayError } from '../../canonical/errors.ts'
import type { Operation } from '../../canonical/operation.ts'
import { usd } from '../../canonical/money.ts'
import type { FeeRecord, GenerationRecord } from '../../canonical/generation-record.ts'
import type { GenerationStore } from '../../storage/stores/generation-store.ts'
import { defineRoute } from '../http-route.ts'
import { orNull } from '../openapi/schema/or-null.ts'

const Text = orNull(Type.String())
const countOf = (description: string) => orNull(Type.Integer({ minimum: 0, description }))
const Tokens = orNull(Type.Integer({ minimum: 0, description: 'Tokens.' }))
const Dollars = Type.Number({ minimum: 0, description: 'USD.' })
const duration = (description: string) => Type.Number({ minimum: 0, description })

const ProviderResponseSchema = Type.Object(
  {
    status: orNull(
      Type.Integer({
        description:
          'The HTTP status, or the status that the failure was mapped to. 0 when the client disconnected, or when another call answered first.',
      }),
    ),
    provider_name: Type.String(),
    endpoint_id: Type.String(),
    model_permaslug: Type.String(),
    id: orNull(Type.String({ description: 'The provider’s own id.' })),
    is_byok: Type.Boolean(),
    latency: duration('Milliseconds.'),
    routed_service_tier: Type.Optional(
      Type.String({ description: 'The service tier of the endpoint; absent: the default one.' }),
    ),
  },
  { title: 'ProviderResponse', description: 'One call to one endpoint, failed or not.' },
)

/** Source: contract §8.A3. */
const GenerationSchema = Type.Object(
  {
    id: Type.String(),
    request_id: Type.String({ description: 'The `X-Request-Id` of the reply.' }),
    upstream_id: orNull(Type.String({ description: 'The provider’s own id.' })),
    session_id: Text,
    total_cost: Dollars,
    usage: Dollars,
    cache_discount: orNull(Type.Number({ description: 'The USD saved by the provider’s cache.' })),
    upstream_inference_cost: orNull(Dollars),
    created_at: Type.String({ description: 'ISO time.' }),
    model: Type.String({ description: 'The model that answered.' }),
    app_id: orNull(Type.Integer()),
    streamed: Type.Boolean(),
    cancelled: Type.Boolean({ description: 'Whether the client disconnected before the end.' }),
    provider_name: Text,
    latency: orNull(duration('Milliseconds to the first token.')),
    moderation_latency: orNull(duration('Milliseconds.')),
    generation_time: duration('Milliseconds in all.'),
    finish_reason: Text,
    native_finish_reason: Text,
    service_tier: Text,
    tokens_prompt: Tokens,
    tokens_completion: Tokens,
    native_tokens_prompt: Tokens,
    native_tokens_completion: Tokens,
    native_tokens_completion_images: Tokens,
    native_tokens_reasoning: Tokens,
    native_tokens_cached: Tokens,
    num_media_prompt: countOf(
      'The images, sounds, videos and files of the prompt; null in records of earlier versions.',
    ),
    num_input_audio_prompt: countOf('The sounds among them.'),
    num_media_completion: countOf('The images and sounds of the answer.'),
    num_search_results: countOf('Results of web searches.'),
    num_fetches: countOf('Pages that were fetched.'),
    web_search_engine: Text,
    origin: Type.String({ description: 'The `HTTP-Referer` of the request, or empty.' }),
    is_byok: Type.Boolean({ description: 'Whether it used credentials of the caller’s own.' }),
    external_user: orNull(Type.String({ description: 'The `user` of the request.' })),
    api_type: Text,
    router: Text,
    provider_responses: orNull(Type.Array(ProviderResponseSchema, { description: 'In the order of the calls.' })),
    user_agent: Text,
    http_referer: Text,
    data_region: Type.String(),
    preset_id: orNull(Type.String({ description: 'The `id` of the preset that the request was made with.' })),
    workspace_id: Text,
    response_cache_source_id: Text,
  },
  { title: 'Generation', description: 'The record of one generation.' },
)

const GenerationReplySchema = Type.Object({ data: GenerationSchema }, { title: 'GenerationReply' })

/** Contract §8.A3. */
export const generation = defineRoute({
  method: 'get',
  path: '/generation',
  access: 'key',
  id: 'getGeneration',
  group: 'Account',
  summary: 'Get a generation',
  description:
    'Returns the record of a generation of the same account: its tokens, its cost, and the providers that were called.',
  parameters: [
    {
      name: 'id',
      in: 'query',
      required: true,
      description: 'The `id` of the reply, which is also in its `X-Generation-Id` header.',
      schema: Type.String(),
      example: 'gen-1760000000-abcdefghijklmnopqrst',
    },
  ],
  success: { description: 'The record.', json: GenerationReplySchema },
  errors: ['invalid_request', 'authentication', 'not_found', 'server'],
  handle:
    ({ generations }: { readonly generations: Pick<GenerationStore, 'find'> }) =>
    async (exchange) => {
      const id = exchange.query.get('id')
      if (!id) throw new GatewayError('invalid_request', 'The query parameter id must name a generation: ?id=gen-…')
      const record = await generations.find(id, exchange.principal.account)
      if (record === null) throw new GatewayError('not_found', `There is no generation ${id.slice(0, 100)}.`)
      exchange.json({ data: encode(record) })
    },
})

/** The names of the operations in contract §8.A3. */
const apiTypes: Readonly<Record<string, string>> = {
  chat: 'completions',
  completions: 'completions',
  embeddings: 'embeddings',
  rerank: 'rerank',
  images: 'image',
  speech: 'tts',
  transcription: 'stt',
} satisfies Record<Operation, string>

function encode(record: GenerationRecord): Static<typeof GenerationSchema> {
  return {
    id: record.id,
    request_id: record.requestId,
    upstream_id: record.upstreamId,
    session_id: record.sessionId,
    total_cost: usd(record.cost),
    usage: usd(record.cost),
    cache_discount: record.cacheDiscount === null ? null : usd(record.cacheDiscount),
    upstream_inference_cost: record.isByok ? usd(record.upstreamCost) : null,
    created_at: new Date(record.createdAt).toISOString(),
    model: record.model,
    app_id: null,
    streamed: record.streamed,
    cancelled: record.cancelled,
    provider_name: record.providerName,
    latency: record.latency,
    moderation_latency: null,
    generation_time: record.generationTime,
    finish_reason: record.finishReason,
    native_finish_reason: record.nativeFinishReason,
    service_tier: record.serviceTier,
    tokens_prompt: record.promptTokens,
    tokens_completion: record.completionTokens,
    native_tokens_prompt: record.promptTokens,
    native_tokens_completion: record.completionTokens,
    native_tokens_completion_images: record.imageTokens,
    native_tokens_reasoning: record.reasoningTokens,
    native_tokens_cached: record.cachedTokens,
    num_media_prompt: record.promptMedia,
    num_input_audio_prompt: record.promptAudio,
    num_media_completion: record.completionMedia,
    num_search_results: numberOf(record.fees, 'search', ({ results }) => results ?? 0),
    num_fetches: numberOf(record.fees, 'fetch', ({ units }) => units),
    web_search_engine: record.fees.find(({ unit }) => unit === 'search')?.engine ?? null,
    origin: record.httpReferer ?? '',
    is_byok: record.isByok,
    external_user: record.externalUser,
    api_type: apiTypes[record.operation] ?? null,
    router: record.router,
    provider_responses: record.attempts.map((attempt) => ({
      status: attempt.status,
      provider_name: attempt.providerName,
      endpoint_id: attempt.endpoint,
      model_permaslug: attempt.model,
      id: attempt.upstreamId,
      is_byok: attempt.isByok,
      latency: attempt.latency,
      routed_service_tier: attempt.tier === 'default' ? undefined : attempt.tier,
    })),
    user_agent: record.userAgent,
    http_referer: record.httpReferer,
    data_region: 'global',
    preset_id: record.presetId,
    workspace_id: null,
    response_cache_source_id: record.responseCacheSourceId,
  }
}

/** Adds up a number over the fees of one kind; null where there are none. */
function numberOf(fees: readonly FeeRecord[], unit: string, of: (fee: FeeRecord) => number): number | null {
  const own = fees.filter((fee) => fee.unit === unit)
  return own.length === 0 ? null : own.reduce((sum, fee) => sum + of(fee), 0)
}
