import { Type } from 'typebox'
import { orNull } from './or-null.ts'

const Text = orNull(Type.String())
const Count = orNull(Type.Integer({ minimum: 0 }))
const Tokens = orNull(Type.Integer({ minimum: 0, description: 'Tokens.' }))
const Dollars = Type.Number({ minimum: 0, description: 'USD.' })
const duration = (description: string) => Type.Number({ minimum: 0, description })

const ProviderResponseSchema = Type.Object(
  {
    status: orNull(
      Type.Integer({
        description:
          'HTTP status, or the one the failure was mapped to. 0 when the client left, or another call answered first.',
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
    cache_discount: orNull(Type.Number({ description: 'USD saved by the provider’s cache.' })),
    upstream_inference_cost: orNull(Dollars),
    created_at: Type.String({ description: 'ISO time.' }),
    model: Type.String({ description: 'The model that answered.' }),
    app_id: orNull(Type.Integer()),
    streamed: Type.Boolean(),
    cancelled: Type.Boolean({ description: 'The client left before the end.' }),
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
    num_media_prompt: Count,
    num_input_audio_prompt: Count,
    num_media_completion: Count,
    num_search_results: Count,
    num_fetches: Count,
    web_search_engine: Text,
    origin: Type.String({ description: 'The `HTTP-Referer` of the request, or empty.' }),
    is_byok: Type.Boolean({ description: 'It was made with credentials of the caller’s own.' }),
    external_user: orNull(Type.String({ description: 'The `user` of the request.' })),
    api_type: Text,
    router: Text,
    provider_responses: orNull(Type.Array(ProviderResponseSchema, { description: 'In the order of the calls.' })),
    user_agent: Text,
    http_referer: Text,
    data_region: Type.String(),
    preset_id: Text,
    workspace_id: Text,
    response_cache_source_id: Text,
  },
  { title: 'Generation', description: 'What is on record about one generation.' },
)

export const GenerationReplySchema = Type.Object({ data: GenerationSchema }, { title: 'GenerationReply' })
