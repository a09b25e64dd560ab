import { usd } from '../../canonical/money.ts'
import type { Cost, Usage } from '../../canonical/usage.ts'
import type { JsonObject } from '../../util/json.ts'

/**
 * Encodes `usage` for chat and completions (contract §3.4). Clients reject nulls here, so unknown values are left out, and the two counts
 * that clients require inside a details object are 0.
 */
export function encodeUsage(usage: Usage, cost: Cost | undefined): JsonObject {
  const promptTokens = usage.promptTokens ?? 0
  const completionTokens = usage.completionTokens ?? 0
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    ...(cost !== undefined && { cost: usd(cost.total), is_byok: cost.isByok }),
    prompt_tokens_details: {
      cached_tokens: usage.cachedTokens ?? 0,
      cache_write_tokens: usage.cacheWriteTokens,
      audio_tokens: usage.promptAudioTokens,
      video_tokens: usage.promptVideoTokens,
    },
    completion_tokens_details: {
      reasoning_tokens: usage.reasoningTokens ?? 0,
      audio_tokens: usage.completionAudioTokens,
      image_tokens: usage.completionImageTokens,
      accepted_prediction_tokens: usage.acceptedPredictionTokens,
      rejected_prediction_tokens: usage.rejectedPredictionTokens,
    },
    ...encodeToolUse(usage),
    ...(cost !== undefined && {
      cost_details: {
        upstream_inference_cost: cost.upstream === undefined ? null : usd(cost.upstream.total),
        upstream_inference_prompt_cost: usd(cost.prompt + (cost.upstream?.prompt ?? 0)),
        upstream_inference_completions_cost: usd(cost.completion + (cost.upstream?.completion ?? 0)),
        // Absent where no tool or plugin has a fee (contract §3.4).
        ...(cost.tools > 0 && { server_tool_cost: usd(cost.tools) }),
      },
    }),
  }
}

/** Absent where neither tools nor searches were used. `server_tool_use` is the older name, which documented clients still read. */
function encodeToolUse({ webSearchRequests, toolCallsRequested, toolCallsExecuted }: Usage): JsonObject {
  if (!webSearchRequests && !toolCallsRequested) return {}
  return {
    server_tool_use_details: {
      ...(toolCallsRequested !== undefined && {
        tool_calls_requested: toolCallsRequested,
        tool_calls_executed: toolCallsExecuted ?? 0,
      }),
      web_search_requests: webSearchRequests ?? 0,
    },
    ...(webSearchRequests && { server_tool_use: { web_search_requests: webSearchRequests } }),
  }
}
