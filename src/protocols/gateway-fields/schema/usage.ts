import { Type } from 'typebox'

const Count = Type.Integer({ minimum: 0, description: 'Tokens.' })
const Dollars = Type.Number({ minimum: 0, description: 'USD.' })

const CostDetails = Type.Object(
  {
    upstream_inference_prompt_cost: Dollars,
    upstream_inference_completions_cost: Dollars,
    // The one null that every client reads: there is a figure only for a credential of the caller's own.
    upstream_inference_cost: Type.Optional(Type.Union([Dollars, Type.Null()])),
  },
  { title: 'CostDetails' },
)

/** What embeddings used and cost. */
export const embeddingsUsageProperties = {
  prompt_tokens: Count,
  total_tokens: Count,
  cost: Type.Optional(Dollars),
  is_byok: Type.Optional(Type.Boolean()),
  cost_details: Type.Optional(CostDetails),
}

/**
 * What a generation used and cost. Counts are never null, though the published schema allows it: the AI SDK refuses a
 * null where it expects a number (contract §3.4, §10.23).
 */
export const UsageSchema = Type.Object(
  {
    prompt_tokens: Count,
    completion_tokens: Count,
    total_tokens: Count,
    prompt_tokens_details: Type.Optional(
      Type.Object(
        {
          cached_tokens: Count,
          cache_write_tokens: Type.Optional(Count),
          audio_tokens: Type.Optional(Count),
          video_tokens: Type.Optional(Count),
        },
        { title: 'PromptTokensDetails' },
      ),
    ),
    completion_tokens_details: Type.Optional(
      Type.Object(
        {
          reasoning_tokens: Count,
          audio_tokens: Type.Optional(Count),
          image_tokens: Type.Optional(Count),
          accepted_prediction_tokens: Type.Optional(Count),
          rejected_prediction_tokens: Type.Optional(Count),
        },
        { title: 'CompletionTokensDetails' },
      ),
    ),
    cost: Type.Optional(Dollars),
    is_byok: Type.Optional(Type.Boolean()),
    cost_details: Type.Optional(CostDetails),
    server_tool_use_details: Type.Optional(
      Type.Object(
        {
          tool_calls_requested: Type.Optional(Count),
          tool_calls_executed: Type.Optional(Count),
          web_search_requests: Type.Optional(Count),
        },
        { title: 'ServerToolUseDetails' },
      ),
    ),
    server_tool_use: Type.Optional(Type.Object({ web_search_requests: Count })),
  },
  { title: 'Usage', description: 'Tokens by the upstream’s own count, and the cost in USD.' },
)
