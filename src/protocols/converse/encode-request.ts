import type { ChatRequest } from '../../canonical/generation-request.ts'
import { supportsParameter } from '../../canonical/parameter-name.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { JsonObject } from '../../util/json.ts'
import { hostedBetas } from '../vendors/anthropic-betas.ts'
import { askedTier } from '../vendors/service-tier.ts'
import type { ToolNames } from '../vendors/tool-names.ts'
import { placeCachePoints } from './cache-points.ts'
import { MediaEncoder } from './encode-media.ts'
import { encodeConversation } from './encode-messages.ts'
import { encodeThinking } from './encode-reasoning.ts'
import { askForText, encodeParallelCalls, encodeTools, forcesTool } from './encode-tools.ts'
import type { ModelFamily } from './model-family.ts'
import { encodeStructuredOutput } from './structured-output.ts'
import type { ConverseBody, InferenceConfig } from './wire-request.ts'

interface EncodedRequest {
  readonly body: ConverseBody
  /** The name of the tool whose call is the answer; null where the answer is text. */
  readonly answerTool: string | null
}

/** @throws GatewayError with an issue for a part of a message that Bedrock does not take. */
export function encodeRequest(
  asked: ChatRequest,
  endpoint: Endpoint,
  family: ModelFamily,
  names: ToolNames,
): EncodedRequest {
  const request = withSupported(asked, endpoint)
  const { parameters } = request
  const media = new MediaEncoder(endpoint.providerName)
  const tools = { family, names, media, providerName: endpoint.providerName }
  const encoded = encodeConversation(request.input.messages, tools)
  const conversation =
    parameters.toolChoice === 'none' ? { ...encoded, messages: askForText(encoded.messages) } : encoded
  const { outputConfig, answerTool } = encodeStructuredOutput(parameters, family, names)
  const offered = encodeTools(request, conversation.messages, { family, names, answerTool })
  const prompt = placeCachePoints({ ...conversation, tools: offered }, parameters.cacheControl, family)
  const { tools: toolConfig, system, messages } = prompt
  const isForced = toolConfig !== undefined && forcesTool(toolConfig)
  const thinking = encodeThinking(request, endpoint, family, messages, isForced)
  const sampling = encodeSampling(request, family, thinking.fixedSampling)
  const { maxTokens = parameters.maxTokens } = thinking
  const inferenceConfig = {
    ...(typeof maxTokens === 'number' && { maxTokens }),
    ...sampling.inferenceConfig,
    ...encodeStop(request),
  }
  const additional = {
    ...sampling.fields,
    ...encodeVerbosity(request, family),
    ...thinking.fields,
    ...(family.claude !== null && encodeParallelCalls(request, toolConfig)),
    ...encodeBetas(hostedBetas(request.context, family.claude)),
  }
  const tier = tierOf(askedTier(parameters, endpoint, { serviceTier: true }))
  const body: ConverseBody = {
    messages,
    ...(system.length > 0 && { system }),
    ...(Object.keys(inferenceConfig).length > 0 && { inferenceConfig }),
    ...(toolConfig !== undefined && { toolConfig }),
    ...(outputConfig !== undefined && { outputConfig }),
    ...(Object.keys(additional).length > 0 && { additionalModelRequestFields: additional }),
    ...(tier !== undefined && { serviceTier: { type: tier } }),
  }
  return { body, answerTool: answerTool?.name ?? null }
}

/** What an endpoint does not support is left out, whatever it would have become here. */
function withSupported(request: ChatRequest, { supportedParameters }: Endpoint): ChatRequest {
  const isTaken = (name: string): boolean => supportsParameter(supportedParameters, name)
  const { parameters } = request
  return {
    ...request,
    parameters: {
      ...parameters,
      maxTokens: isTaken('max_tokens') ? parameters.maxTokens : undefined,
      temperature: isTaken('temperature') ? parameters.temperature : undefined,
      topP: isTaken('top_p') ? parameters.topP : undefined,
      topK: isTaken('top_k') ? parameters.topK : undefined,
      stop: isTaken('stop') ? parameters.stop : undefined,
      tools: isTaken('tools') ? parameters.tools : undefined,
      toolChoice: isTaken('tool_choice') ? parameters.toolChoice : undefined,
      parallelToolCalls: isTaken('parallel_tool_calls') ? parameters.parallelToolCalls : undefined,
      responseFormat: isTaken('response_format') ? parameters.responseFormat : undefined,
      verbosity: isTaken('verbosity') ? parameters.verbosity : undefined,
    },
  }
}

const encodeBetas = (betas: readonly string[]): JsonObject => (betas.length === 0 ? {} : { anthropic_beta: betas })

interface Sampling {
  readonly inferenceConfig: InferenceConfig
  readonly fields: JsonObject
}

/** Bedrock's temperature ends at 1. Claude's newer models take temperature or `top_p`, the newest neither. */
function encodeSampling({ parameters }: ChatRequest, { maker, claude }: ModelFamily, isFixed: boolean): Sampling {
  if (isFixed || claude?.sampling === 'none') return { inferenceConfig: {}, fields: {} }
  const { temperature, topP, topK } = parameters
  const isEither = claude?.sampling === 'either' && temperature !== undefined
  return {
    inferenceConfig: {
      ...(temperature !== undefined && { temperature: Math.min(temperature, 1) }),
      ...(topP !== undefined && !isEither && { topP }),
    },
    fields: topK === undefined ? {} : topKFields[maker](topK),
  }
}

const topKFields: Readonly<Record<ModelFamily['maker'], (topK: number) => JsonObject>> = {
  anthropic: (topK) => ({ top_k: topK }),
  amazon: (topK) => ({ inferenceConfig: { topK } }),
  cohere: (k) => ({ k }),
  openai: () => ({}),
  xai: () => ({}),
  other: (topK) => ({ top_k: topK }),
}

/** White space alone is refused, and could never end an answer that way. */
function encodeStop({ parameters: { stop = [] } }: ChatRequest): InferenceConfig {
  const stopSequences = stop.filter((sequence) => sequence.trim() !== '')
  return stopSequences.length === 0 ? {} : { stopSequences }
}

/** Claude's effort is about words as much as about thoughts (contract Appendix A). */
function encodeVerbosity({ parameters: { verbosity } }: ChatRequest, { claude }: ModelFamily): JsonObject {
  const effort = claude?.efforts.find((level) => level === verbosity)
  return effort === undefined ? {} : { output_config: { effort } }
}

function tierOf(tier: string | undefined): 'default' | 'flex' | 'priority' | undefined {
  return tier === 'default' || tier === 'flex' || tier === 'priority' ? tier : undefined
}
