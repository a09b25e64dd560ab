import { GatewayError } from '../../canonical/errors.ts'
import { usd } from '../../canonical/money.ts'
import type { GenerationRecord } from '../../canonical/generation-record.ts'
import type { GenerationStore } from '../../storage/stores/generation-store.ts'
import type { Route } from '../exchange.ts'

/** `GET /generation?id=`: what is on record about one generation of the caller's account (contract §8.A3). */
export const generation =
  (generations: GenerationStore): Route =>
  async (exchange) => {
    const id = exchange.query.get('id')
    if (!id) throw new GatewayError('invalid_request', 'The query parameter id must name a generation: ?id=gen-…')
    const record = await generations.find(id, exchange.principal.account)
    if (record === null) throw new GatewayError('not_found', `There is no generation ${id.slice(0, 100)}.`)
    exchange.json({ data: describe(record) })
  }

function describe(record: GenerationRecord): object {
  return {
    id: record.id,
    request_id: record.requestId,
    upstream_id: record.upstreamId,
    session_id: record.sessionId,
    total_cost: usd(record.cost),
    usage: usd(record.cost),
    cache_discount: null,
    upstream_inference_cost: record.isByok ? usd(record.cost) : null,
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
    num_media_prompt: null,
    num_input_audio_prompt: null,
    num_media_completion: null,
    num_search_results: null,
    num_fetches: null,
    web_search_engine: null,
    origin: record.httpReferer ?? '',
    is_byok: record.isByok,
    external_user: record.externalUser,
    api_type: 'completions',
    router: null,
    provider_responses: record.attempts.map((attempt) => ({
      status: attempt.status,
      provider_name: attempt.providerName,
      endpoint_id: attempt.endpoint,
      model_permaslug: attempt.model,
      id: attempt.upstreamId,
      is_byok: false,
      latency: attempt.latency,
      routed_service_tier: attempt.tier === 'default' ? undefined : attempt.tier,
    })),
    user_agent: record.userAgent,
    http_referer: record.httpReferer,
    data_region: 'global',
    preset_id: null,
    workspace_id: null,
    response_cache_source_id: null,
  }
}
