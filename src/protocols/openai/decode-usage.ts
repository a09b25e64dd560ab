import type { Usage } from '../../canonical/usage.ts'
import { countOf, type JsonObject, objectOf } from '../../util/json.ts'

/**
 * A `usage` object of any OpenAI-like upstream. Details learned from recorded replies: DeepSeek counts cache hits in
 * `prompt_cache_hit_tokens`; Moonshot puts `cached_tokens` at the top; xAI leaves reasoning tokens out of `completion_tokens`
 * but not out of `total_tokens`. Perplexity's research bills what it cited as prompt, and its thoughts beside the completion.
 */
export function decodeUsage(usage: JsonObject): Usage {
  const prompt = objectOf(usage['prompt_tokens_details'])
  const completion = objectOf(usage['completion_tokens_details'])
  const searched = objectOf(usage['server_tool_use_details']) ?? objectOf(usage['server_tool_use'])
  const plain = countOf(usage['prompt_tokens'])
  const cited = countOf(usage['citation_tokens'])
  const reasoningTokens = countOf(completion?.['reasoning_tokens']) ?? countOf(usage['reasoning_tokens'])
  return {
    promptTokens: plain === undefined ? undefined : plain + (cited ?? 0),
    completionTokens: withReasoning(
      countOf(usage['completion_tokens']),
      plain,
      reasoningTokens,
      countOf(usage['total_tokens']),
      cited !== undefined,
    ),
    cachedTokens:
      countOf(prompt?.['cached_tokens']) ??
      countOf(usage['prompt_cache_hit_tokens']) ??
      countOf(usage['cached_tokens']),
    cacheWriteTokens: countOf(prompt?.['cache_write_tokens']) ?? countOf(prompt?.['cache_creation_input_tokens']),
    promptAudioTokens: countOf(prompt?.['audio_tokens']),
    promptVideoTokens: countOf(prompt?.['video_tokens']),
    reasoningTokens,
    completionAudioTokens: countOf(completion?.['audio_tokens']),
    completionImageTokens: countOf(completion?.['image_tokens']),
    acceptedPredictionTokens: countOf(completion?.['accepted_prediction_tokens']),
    rejectedPredictionTokens: countOf(completion?.['rejected_prediction_tokens']),
    webSearchRequests: countOf(usage['num_search_queries']) ?? countOf(searched?.['web_search_requests']),
  }
}

/** The total is the witness: where it holds the reasoning on top of the completion, the completion lacks it. */
function withReasoning(
  completion: number | undefined,
  prompt: number | undefined,
  reasoning: number | undefined,
  total: number | undefined,
  isResearch: boolean,
): number | undefined {
  if (completion === undefined || prompt === undefined || reasoning === undefined || reasoning === 0) return completion
  return isResearch || total === prompt + completion + reasoning ? completion + reasoning : completion
}
