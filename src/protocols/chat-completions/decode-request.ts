import type { ChatRequest, Parameters } from '../../canonical/generation-request.ts'
import type { Modality } from '../../canonical/content-part.ts'
import type { Tool, ToolChoice } from '../../canonical/tool.ts'
import type { RequestHeaders } from '../protocol.ts'
import { announcedBytes } from '../gateway-fields/request-context.ts'
import { chatRequestRules } from '../gateway-fields/schema/request-rules.ts'
import { isStripped, serverToolParameters } from '../gateway-fields/schema/server-tool.ts'
import { requestValidator } from '../schema/validate.ts'
import { decodeSharedParameters } from '../openai/shared-parameters.ts'
import { decodeGatewayFields } from '../gateway-fields/decode-gateway-fields.ts'
import { withoutConfigurationUpdates } from './configuration-updates.ts'
import { withTrueMedia } from './true-media.ts'
import { decodeCacheControl, decodeInputMessage } from './decode-input-message.ts'
import { type ChatCompletionsRequest, ChatCompletionsRequestSchema } from './schema/request.ts'
import { decodeSearchOptions, decodeXSearchFilter } from './web-search-options.ts'
import type { ChatTool, ToolChoice as WireToolChoice } from './schema/tool.ts'

const accept = requestValidator(ChatCompletionsRequestSchema, chatRequestRules)

/** The name under which `source` says that a request came in this language. */
export const protocolName = 'chat-completions'

/** @throws GatewayError 400 with `issues`. Source: contract §1. */
export function decodeRequest(body: unknown, headers: RequestHeaders): ChatRequest {
  const wire = withTrueMedia(withoutConfigurationUpdates(accept(body)))
  const modalities = new Set<Modality>()
  const messages = wire.messages.map((message) => decodeInputMessage(message, modalities))
  const parameters = decodeParameters(wire, headers)
  return {
    operation: 'chat',
    input: { type: 'messages', messages, modalities },
    ...decodeGatewayFields(wire, headers),
    parameters,
    source: { protocol: protocolName, body: wire, messages, parameters, bytes: announcedBytes(headers) },
  }
}

function decodeParameters(wire: ChatCompletionsRequest, headers: RequestHeaders): Parameters {
  return {
    ...decodeSharedParameters(wire),
    maxTokens: wire.max_completion_tokens ?? wire.max_tokens ?? undefined,
    logprobs: wire.logprobs ?? undefined,
    topLogprobs: wire.top_logprobs ?? undefined,
    structuredOutputs: wire.structured_outputs ?? undefined,
    tools: wire.tools?.filter(({ type }) => !isStripped(type, headers)).map(decodeTool),
    toolChoice: decodeToolChoice(wire.tool_choice),
    parallelToolCalls: wire.parallel_tool_calls ?? undefined,
    verbosity: wire.verbosity ?? undefined,
    prediction: wire.prediction ?? undefined,
    modalities: wire.modalities ?? undefined,
    audio: wire.audio ?? undefined,
    imageConfig: wire.image_config ?? undefined,
    cacheControl: wire.cache_control ? { type: 'ephemeral', ttl: wire.cache_control.ttl ?? undefined } : undefined,
    promptCacheKey: wire.prompt_cache_key ?? undefined,
    promptCacheOptions: decodeCacheOptions(wire.prompt_cache_options),
    webSearchOptions: wire.web_search_options ? decodeSearchOptions(wire.web_search_options) : undefined,
    xSearchFilter: decodeXSearchFilter(wire.x_search_filter),
  }
}

const decodeCacheOptions = (
  options: ChatCompletionsRequest['prompt_cache_options'],
): Parameters['promptCacheOptions'] =>
  options ? { mode: options.mode, ...(options.ttl && { ttl: options.ttl }) } : undefined

function decodeTool(tool: ChatTool): Tool {
  if (tool.type !== 'function') return { type: 'server', name: tool.type, parameters: serverToolParameters(tool) }
  const { name, description, parameters, strict } = tool.function
  return {
    type: 'function',
    name,
    description: description ?? undefined,
    parameters: parameters ?? undefined,
    strict: strict ?? undefined,
    // Beside the function, or inside it as LiteLLM's clients write it.
    cacheControl: decodeCacheControl({ cache_control: tool.cache_control ?? tool.function.cache_control }),
  }
}

function decodeToolChoice(choice: WireToolChoice | null | undefined): ToolChoice | undefined {
  if (choice === null || choice === undefined || typeof choice === 'string') return choice ?? undefined
  return { name: choice.type === 'function' ? choice.function.name : choice.type }
}
