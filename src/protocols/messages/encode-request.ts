import { onlyAllowedTools } from '../../canonical/only-allowed-tools.ts'
import type { ChatRequest } from '../../canonical/generation-request.ts'
import { toolsAt } from '../../canonical/native-tool-for.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { JsonObject } from '../../util/json.ts'
import { structuredOutputsBeta } from '../vendors/anthropic-betas.ts'
import { type ClaudeTraits, claudeTraits } from '../vendors/claude-model.ts'
import { askedTier } from '../vendors/service-tier.ts'
import { supportedParameters } from '../vendors/supported-parameters.ts'
import { ToolNames } from '../vendors/tool-names.ts'
import { placeBreakpoints } from './cache-breakpoints.ts'
import { type Conversation, encodeConversation, roomToThink } from './encode-messages.ts'
import { encodeSampling } from './encode-sampling.ts'
import { encodeThinking, outputLimit } from './encode-thinking.ts'
import { encodeTools, isForced } from './encode-tools.ts'
import { ownFields } from './own-fields.ts'
import type { MessagesQuirks } from './quirks.ts'
import { structuredOutput } from './structured-output.ts'

/** Models of others that speak this language: the language's plain form, and what their endpoints list as supported. */
const plainTraits: ClaudeTraits = {
  thinking: 'budget',
  thinkingOff: 'disabled',
  efforts: [],
  sampling: 'free',
  forcedTools: true,
  structuredOutputs: true,
  eagerTools: false,
  interleaves: false,
}

export interface EncodedRequest {
  readonly body: JsonObject
  readonly names: ToolNames
  /** The tool whose call is the answer. */
  readonly answerTool: string | null
}

/** @throws GatewayError for what the language cannot say. */
export function encodeRequest(asked: ChatRequest, endpoint: Endpoint, quirks: MessagesQuirks): EncodedRequest {
  const request = onlyAllowedTools(asked)
  const { stream } = request
  const own = ownFields(request, endpoint)
  const parameters = supportedParameters(request.parameters, endpoint)
  // A deployment's own name may say nothing: then the catalogue's slug tells.
  const traits = claudeTraits(endpoint.upstreamModel) ?? claudeTraits(endpoint.model) ?? plainTraits
  const used = toolsAt(request.parameters, endpoint)
  const functions = parameters.tools === undefined ? [] : used.functions
  const names = new ToolNames(
    /[^a-zA-Z0-9_-]/g,
    128,
    used.native.map(({ tool }) => tool.name),
  )
  const output = structuredOutput(parameters.responseFormat, parameters.tools ?? [], endpoint, traits)
  const answer = output.answer === undefined ? null : { ...output.answer, name: names.toWire(output.answer.name) }
  const strictTools = request.context.anthropicBetas?.includes(structuredOutputsBeta) === true
  const { tools: encodedTools, tool_choice } = encodeTools(parameters, {
    ...used,
    functions,
    toolChoice: parameters.toolChoice === undefined ? undefined : used.toolChoice,
    traits,
    names,
    answer,
    stream,
    strictTools,
    source: request.source,
  })
  const conversation = withInstruction(encodeConversation(request, names, endpoint.providerName), output.instruction)
  const prompt = { ...conversation, tools: encodedTools }
  // Anthropic itself places the mark of a whole request, and judges the client's own.
  const keepsMarks = own.isOwn && quirks.host !== 'vertex'
  const marked = keepsMarks ? prompt : placeBreakpoints(prompt, parameters.cacheControl)
  const { tools, system, messages } = marked
  // A forced tool is a demand, and does not go with thinking, which is a wish.
  const room = isForced(tool_choice) ? 'none' : roomToThink(messages)
  const maxTokens = outputLimit(parameters, endpoint)
  const { thinking, effort } = encodeThinking(parameters, { endpoint, traits, maxTokens, room })
  const thinks = thinking?.['type'] === 'enabled' || thinking?.['type'] === 'adaptive'
  const outputConfig = {
    ...own.outputConfig,
    ...(own.effort(traits) ?? (effort && { effort })),
    ...(output.format && { format: output.format }),
  }
  const body = {
    ...own.others,
    ...(quirks.host === 'vertex' ? { anthropic_version: 'vertex-2023-10-16' } : { model: endpoint.upstreamModel }),
    max_tokens: maxTokens,
    ...(system.length > 0 && { system: own.system(system) }),
    messages: messages.map(({ came, ...turn }) => came ?? turn),
    ...(tools !== undefined && { tools }),
    ...(tool_choice !== undefined && { tool_choice: own.toolChoice(used.toolChoice) ?? tool_choice }),
    ...(thinking !== undefined && { thinking: own.thinking(traits) ?? thinking }),
    ...(keepsMarks && parameters.cacheControl && { cache_control: request.source.body['cache_control'] }),
    ...(Object.keys(outputConfig).length > 0 && { output_config: outputConfig }),
    ...encodeSampling(parameters, traits, thinks),
    ...encodeStops(parameters.stop),
    ...encodeIdentity(request, endpoint, quirks),
    ...(stream && { stream: true }),
  }
  return { body, names, answerTool: answer?.name ?? null }
}

function withInstruction(conversation: Conversation, instruction: string | undefined): Conversation {
  if (instruction === undefined) return conversation
  return { ...conversation, system: [...conversation.system, { type: 'text', text: instruction }] }
}

/** One of white space alone is refused, so it cannot be kept. */
function encodeStops(stop: readonly string[] | undefined): JsonObject {
  const stops = stop?.filter((text) => text.trim() !== '') ?? []
  return stops.length > 0 ? { stop_sequences: stops } : {}
}

/** Which capacity Anthropic may use: its `auto` tries the prioritised first, which others call `priority`. */
const tiers: Readonly<Record<string, string>> = { auto: 'auto', priority: 'auto', default: 'standard_only' }

function encodeIdentity({ parameters, context }: ChatRequest, endpoint: Endpoint, quirks: MessagesQuirks): JsonObject {
  const tier = tiers[askedTier(parameters, endpoint, quirks) ?? '']
  return {
    ...(context.upstreamUser !== undefined && { metadata: { user_id: context.upstreamUser } }),
    ...(tier !== undefined && { service_tier: tier }),
  }
}
