import type { Parameters } from '../../canonical/generation-request.ts'
import type { Tool, ToolChoice } from '../../canonical/tool.ts'
import type { JsonObject } from '../../util/json.ts'
import { encodeSharedParameters } from '../shared-parameters.ts'

/** Parameters in this language's own names, for requests that came in another one or were changed on the way. */
export function encodeParameters(parameters: Parameters): JsonObject {
  return {
    ...encodeSharedParameters(parameters),
    logprobs: parameters.logprobs,
    top_logprobs: parameters.topLogprobs,
    tools: parameters.tools?.flatMap(encodeTool),
    tool_choice: encodeToolChoice(parameters.toolChoice),
    parallel_tool_calls: parameters.parallelToolCalls,
    verbosity: parameters.verbosity,
    prediction: parameters.prediction,
    modalities: parameters.modalities,
    audio: parameters.audio,
    image_config: parameters.imageConfig,
    prompt_cache_key: parameters.promptCacheKey,
    web_search_options: parameters.webSearchOptions,
  }
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
