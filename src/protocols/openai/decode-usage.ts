import type { Usage } from '../../canonical/usage.ts'
import { type JsonObject, objectOf, tokensOf } from '../../util/json.ts'

/**
 * Decodes a `usage` object of any OpenAI-like upstream. Details learned from recorded replies: DeepSeek counts cache hits in
 * `prompt_cache_hit_tokens`; Moonshot puts `cached_tokens` at the top; xAI leaves reasoning tokens out of `completion_tokens` but not out
 * of `total_tokens`. Perplexity's research bills the tokens of cited pages as prompt, and its reasoning beside the completion.
 */
export function decodeUsage(usage: JsonObject): Usage {
  const prompt = objectOf(usage['prompt_tokens_details'])
  const completion = objectOf(usage['completion_tokens_details'])
  const searched = objectOf(usage['server_tool_use_details']) ?? objectOf(usage['server_tool_use'])
  const plain = tokensOf(usage['prompt_tokens'])
  const cited = tokensOf(usage['citation_tokens'])
  const reasoningTokens = tokensOf(completion?.['reasoning_tokens']) ?? tokensOf(usage['reasoning_tokens'])
  return {
    promptTokens: plain === undefined ? undefined : plain + (cited ?? 0),
    completionTokens: withReasoning(
      tokensOf(usage['completion_tokens']),
      plain,
      reasoningTokens,
      tokensOf(usage['total_tokens']),
      cited !== undefined,
    ),
    cachedTokens:
      tokensOf(prompt?.['cached_tokens']) ??
      tokensOf(usage['prompt_cache_hit_tokens']) ??
      tokensOf(usage['cached_tokens']),
    cacheWriteTokens: tokensOf(prompt?.['cache_write_tokens']) ?? tokensOf(prompt?.['cache_creation_input_tokens']),
    promptAudioTokens: tokensOf(prompt?.['audio_tokens']),
    promptVideoTokens: tokensOf(prompt?.['video_tokens']),
    reasoningTokens,
    completionAudioTokens: tokensOf(completion?.['audio_tokens']),
    completionImageTokens: tokensOf(completion?.['image_tokens']),
    acceptedPredictionTokens: tokensOf(completion?.['accepted_prediction_tokens']),
    rejectedPredictionTokens: tokensOf(completion?.['rejected_prediction_tokens']),
    webSearchRequests: tokensOf(usage['num_search_queries']) ?? tokensOf(searched?.['web_search_requests']),
  }
}

/** Adds the reasoning tokens to the completion where `total_tokens` shows that the completion lacks them. */
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
