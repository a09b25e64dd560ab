import { usd } from '../../canonical/money.ts'
import type { Cost, Usage } from '../../canonical/usage.ts'
import type { JsonObject } from '../../util/json.ts'

/**
 * Encodes `usage`. This protocol counts tokens that were read from the cache or written to it separately. Decoders require every key to
 * exist, and accept null for unknown values (contract §8.A5).
 * @param native The usage fields that only Anthropic has.
 */
export function encodeUsage(
  usage: Usage,
  cost: Cost | undefined,
  tier: string | null,
  native: JsonObject = {},
): JsonObject {
  const read = usage.cachedTokens ?? 0
  const written = usage.cacheWriteTokens ?? 0
  const writtenForAnHour = usage.cacheWrite1hTokens ?? 0
  return {
    input_tokens: Math.max(0, (usage.promptTokens ?? 0) - read - written),
    output_tokens: usage.completionTokens ?? 0,
    cache_read_input_tokens: read,
    cache_creation_input_tokens: written,
    cache_creation: {
      ephemeral_5m_input_tokens: Math.max(0, written - writtenForAnHour),
      ephemeral_1h_input_tokens: writtenForAnHour,
    },
    output_tokens_details: usage.reasoningTokens === undefined ? null : { thinking_tokens: usage.reasoningTokens },
    server_tool_use: encodeToolUse(usage),
    service_tier: tier === 'default' ? 'standard' : tier,
    inference_geo: null,
    ...native,
    ...(cost !== undefined && { cost: usd(cost.total), is_byok: cost.isByok, cost_details: encodeCost(cost) }),
  }
}

const encodeToolUse = ({ webSearchRequests }: Usage): JsonObject | null =>
  webSearchRequests === undefined ? null : { web_search_requests: webSearchRequests, web_fetch_requests: 0 }

const encodeCost = ({ prompt, completion, tools, upstream }: Cost): JsonObject => ({
  upstream_inference_cost: upstream === undefined ? null : usd(upstream.total),
  upstream_inference_prompt_cost: usd(prompt + (upstream?.prompt ?? 0)),
  upstream_inference_completions_cost: usd(completion + (upstream?.completion ?? 0)),
  ...(tools > 0 && { server_tool_cost: usd(tools) }),
})
