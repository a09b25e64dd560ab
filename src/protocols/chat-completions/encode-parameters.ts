import type { Parameters, ResponseFormat } from '../../canonical/generation-request.ts'
import type { Tool, ToolChoice } from '../../canonical/tool.ts'
import type { JsonObject } from '../../util/json.ts'

/**
 * Parameters in this language's own names, for requests that came in another one or were changed on the way. What depends on
 * the upstream (token limit, reasoning, tier, caching) is added by `encodeRequest`.
 */
export function encodeParameters(parameters: Parameters): JsonObject {
  return {
    temperature: parameters.temperature,
    top_p: parameters.topP,
    top_k: parameters.topK,
    min_p: parameters.minP,
    top_a: parameters.topA,
    frequency_penalty: parameters.frequencyPenalty,
    presence_penalty: parameters.presencePenalty,
    repetition_penalty: parameters.repetitionPenalty,
    logit_bias: parameters.logitBias,
    logprobs: parameters.logprobs,
    top_logprobs: parameters.topLogprobs,
    seed: parameters.seed,
    stop: parameters.stop,
    response_format: encodeResponseFormat(parameters.responseFormat),
    tools: parameters.tools?.flatMap(encodeTool),
    tool_choice: encodeToolChoice(parameters.toolChoice),
    parallel_tool_calls: parameters.parallelToolCalls,
    verbosity: parameters.verbosity,
    prediction: parameters.prediction,
    modalities: parameters.modalities,
    audio: parameters.audio,
    image_config: parameters.imageConfig,
    prompt_cache_key: parameters.promptCacheKey,
    prompt_cache_options: parameters.promptCacheOptions,
    web_search_options: parameters.webSearchOptions,
    x_search_filter: parameters.xSearchFilter,
  }
}

export function encodeResponseFormat(format: ResponseFormat | undefined): JsonObject | undefined {
  if (format?.type !== 'json_schema') return format
  const { type, ...schema } = format
  return { type, json_schema: schema }
}

/** Server tools are run here, not by the upstream. */
function encodeTool(tool: Tool): readonly JsonObject[] {
  if (tool.type === 'server') return []
  const { type, ...definition } = tool
  return [{ type, function: definition }]
}

function encodeToolChoice(choice: ToolChoice | undefined): JsonObject | string | undefined {
  return typeof choice === 'object' ? { type: 'function', function: { name: choice.name } } : choice
}
