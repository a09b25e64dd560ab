import type { FunctionTool, Tool, ToolChoice } from '../../canonical/tool.ts'
import type { JsonObject } from '../../util/json.ts'
import { sharedWireParameters } from '../openai/shared-parameters.ts'
import { marker } from './cache-markers.ts'
import { encodeSearchOptions } from './web-search-options.ts'
import type { WireParameters } from '../openai/wire-parameters.ts'

/** Every parameter in this language's own names. */
export const chatWireParameters: WireParameters = {
  ...sharedWireParameters,
  logprobs: { fields: ['logprobs'], encode: ({ logprobs }) => logprobs },
  topLogprobs: { fields: ['top_logprobs'], encode: ({ topLogprobs }) => topLogprobs },
  structuredOutputs: { fields: ['structured_outputs'] },
  tools: { fields: ['tools'], encode: ({ tools }) => tools?.flatMap(encodeTool) },
  toolChoice: { fields: ['tool_choice'], encode: ({ toolChoice }) => encodeToolChoice(toolChoice) },
  allowedTools: { fields: [] },
  parallelToolCalls: { fields: ['parallel_tool_calls'], encode: ({ parallelToolCalls }) => parallelToolCalls },
  verbosity: { fields: ['verbosity'], encode: ({ verbosity }) => verbosity },
  prediction: { fields: ['prediction'], encode: ({ prediction }) => prediction },
  modalities: { fields: ['modalities'], encode: ({ modalities }) => modalities },
  audio: { fields: ['audio'], encode: ({ audio }) => audio },
  imageConfig: { fields: ['image_config'], encode: ({ imageConfig }) => imageConfig },
  cacheControl: { fields: ['cache_control'] },
  promptCacheKey: { fields: ['prompt_cache_key'], encode: ({ promptCacheKey }) => promptCacheKey },
  promptCacheOptions: { fields: ['prompt_cache_options'] },
  webSearchOptions: {
    fields: ['web_search_options'],
    encode: ({ webSearchOptions }) => webSearchOptions && encodeSearchOptions(webSearchOptions),
  },
  xSearchFilter: { fields: ['x_search_filter'] },
}

/** Server tools are run here, not by the upstream. */
const encodeTool = (tool: Tool): readonly JsonObject[] => (tool.type === 'function' ? [encodeFunction(tool)] : [])

export function encodeFunction(tool: FunctionTool): JsonObject {
  const { type, cacheControl, native: _, standsFor: __, custom: ___, group: ____, ...definition } = tool
  return { type, function: definition, ...marker(cacheControl) }
}

function encodeToolChoice(choice: ToolChoice | undefined): JsonObject | string | undefined {
  return typeof choice === 'object' ? { type: 'function', function: { name: choice.name } } : choice
}
