import { GatewayError } from '../../canonical/errors.ts'
import type { GenerationRequest, Parameters, ResponseFormat } from '../../canonical/generation-request.ts'
import type { Modality } from '../../canonical/content-part.ts'
import type { Tool, ToolChoice } from '../../canonical/tool.ts'
import type { RequestHeaders } from '../protocol.ts'
import { decodeReasoningRequest } from '../reasoning.ts'
import { decodeContext } from '../request-context.ts'
import { decodeModels, decodeRouting } from '../routing.ts'
import { chatRequestRules } from '../schema/request-rules.ts'
import type { ResponseFormat as WireResponseFormat } from '../schema/response-format.ts'
import { compileValidator, describeIssues } from '../schema/validate.ts'
import { sentParameters } from '../../canonical/parameter-name.ts'
import { refuseUnbuilt } from '../unbuilt.ts'
import { objectOf } from '../../util/json.ts'
import { decodeInputMessage } from './decode-input-message.ts'
import { type ChatCompletionsRequest, ChatCompletionsRequestSchema } from './schema/request.ts'
import type { ChatTool, ToolChoice as WireToolChoice } from './schema/tool.ts'

const validate = compileValidator(ChatCompletionsRequestSchema, chatRequestRules)

/** The name under which `source` says that a request came in this language. */
export const protocolName = 'chat-completions'

/** @throws GatewayError 400 with `issues`. Source: contract §1. */
export function decodeRequest(body: unknown, headers: RequestHeaders): GenerationRequest {
  const checked = validate(body)
  if (!checked.ok) {
    throw new GatewayError('invalid_request', describeIssues(checked.issues), { issues: checked.issues })
  }
  const wire = checked.value
  refuseUnbuilt(wire)

  const modalities = new Set<Modality>()
  const messages = wire.messages.map((message) => decodeInputMessage(message, modalities))
  const parameters = decodeParameters(wire)
  return {
    operation: 'chat',
    input: { type: 'messages', messages, modalities },
    models: decodeModels(wire),
    stream: wire.stream === true,
    parameters,
    sentParameters: sentParameters(wire),
    routing: decodeRouting(wire),
    context: decodeContext(wire, headers),
    source: { protocol: protocolName, body: wire, messages, parameters },
  }
}

function decodeParameters(wire: ChatCompletionsRequest): Parameters {
  return {
    maxTokens: wire.max_completion_tokens ?? wire.max_tokens ?? undefined,
    temperature: wire.temperature ?? undefined,
    topP: wire.top_p ?? undefined,
    topK: wire.top_k ?? undefined,
    minP: wire.min_p ?? undefined,
    topA: wire.top_a ?? undefined,
    frequencyPenalty: wire.frequency_penalty ?? undefined,
    presencePenalty: wire.presence_penalty ?? undefined,
    repetitionPenalty: wire.repetition_penalty ?? undefined,
    logitBias: wire.logit_bias ?? undefined,
    logprobs: wire.logprobs ?? undefined,
    topLogprobs: wire.top_logprobs ?? undefined,
    seed: wire.seed ?? undefined,
    stop: typeof wire.stop === 'string' ? [wire.stop] : (wire.stop ?? undefined),
    responseFormat: decodeResponseFormat(wire.response_format),
    structuredOutputs: wire.structured_outputs ?? undefined,
    tools: wire.tools?.map(decodeTool),
    toolChoice: decodeToolChoice(wire.tool_choice),
    parallelToolCalls: wire.parallel_tool_calls ?? undefined,
    reasoning: decodeReasoningRequest(wire),
    verbosity: wire.verbosity ?? undefined,
    prediction: wire.prediction ?? undefined,
    modalities: wire.modalities ?? undefined,
    audio: wire.audio ?? undefined,
    imageConfig: wire.image_config ?? undefined,
    cacheControl: wire.cache_control
      ? { type: 'ephemeral', ttl: wire.cache_control.ttl ?? undefined }
      : undefined,
    promptCacheKey: wire.prompt_cache_key ?? undefined,
    promptCacheOptions: wire.prompt_cache_options ?? undefined,
    webSearchOptions: wire.web_search_options ?? undefined,
    xSearchFilter: wire.x_search_filter ?? undefined,
    serviceTier: decodeServiceTier(wire),
  }
}

export function decodeResponseFormat(format: WireResponseFormat | null | undefined): ResponseFormat | undefined {
  if (format?.type !== 'json_schema') return format ?? undefined
  const { name, description, schema, strict } = format.json_schema
  return {
    type: 'json_schema',
    name,
    description: description ?? undefined,
    schema: schema ?? undefined,
    strict: strict ?? undefined,
  }
}

function decodeTool(tool: ChatTool): Tool {
  if (tool.type !== 'function') return { type: 'server', name: tool.type, parameters: objectOf(tool.parameters) ?? {} }
  const { name, description, parameters, strict } = tool.function
  return {
    type: 'function',
    name,
    description: description ?? undefined,
    parameters: parameters ?? undefined,
    strict: strict ?? undefined,
  }
}

function decodeToolChoice(choice: WireToolChoice | null | undefined): ToolChoice | undefined {
  if (choice === null || choice === undefined || typeof choice === 'string') return choice ?? undefined
  return { name: choice.type === 'function' ? choice.function.name : choice.type }
}

/** `fast` is `priority`, and Anthropic's `speed` is the same wish in other words (contract §6.10). */
function decodeServiceTier({ service_tier, speed }: ChatCompletionsRequest): Parameters['serviceTier'] {
  if (service_tier === 'fast' || (!service_tier && speed === 'fast')) return 'priority'
  return service_tier ?? undefined
}
