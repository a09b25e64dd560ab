import type { ChatRequest, Parameters, RequestContext, ResponseFormat } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import { arrayOf, type JsonObject } from '../../util/json.ts'
import { reasoningEffort } from '../vendors/reasoning-effort.ts'
import { askedTier } from '../vendors/service-tier.ts'
import { supportedParameters } from '../vendors/supported-parameters.ts'
import { ToolNames } from '../vendors/tool-names.ts'
import { encodeInput } from './encode-input.ts'
import { encodeTools } from './encode-tools.ts'
import { protocolName } from './name.ts'
import { shortNames } from './tool-group.ts'
import { otherFields, ownInstructions, ownParts } from './own-fields.ts'
import type { ResponsesQuirks } from './quirks.ts'
import { reasoningFormat } from './reasoning-format.ts'
import type { ResponsesRequest, SentRequest, TextFormat, WireReasoning } from './wire.ts'
import { search } from '../../util/pattern.ts'

/** The smallest limit that is accepted. Source: the API reference, `max_output_tokens`. */
const leastOutputTokens = 16

/** OpenAI's models that do not reason refuse to be asked for encrypted thoughts. */
const neverReasons = /^(ft:)?(gpt-[34]|chatgpt-)/

/**
 * Encodes the body of a stateless call: the vendor stores nothing, so reasoning comes back encrypted, to be sent again with the next
 * request. Parameters that the protocol does not have (seed, stop, penalties, logit_bias, top_k …) are left out.
 */
export function encodeRequest(request: ChatRequest, endpoint: Endpoint, quirks: ResponsesQuirks): JsonObject {
  const { context, stream } = request
  const parameters = supportedParameters(request.parameters, endpoint)
  const content = {
    providerName: endpoint.providerName,
    cacheMarkers: quirks.cacheControl === 'breakpoint',
    developerRole: quirks.developerRole === true,
    reasoningFormat: reasoningFormat(quirks),
    customCalls: customCalls(request),
    shortNames: shortNames(parameters.tools),
  }
  // The names of offered tools are valid already; those of tools that were called elsewhere may not be.
  const names = new ToolNames(/[^a-zA-Z0-9_-]/g, 64)
  for (const { name } of parameters.tools ?? []) names.toWire(name)
  const wire: SentRequest = {
    model: endpoint.upstreamModel,
    instructions: ownInstructions(request),
    input: encodeInput(request, content, names),
    store: false,
    include: encodeInclude(request, parameters, endpoint),
    ...encodeTools(request, parameters, endpoint, quirks),
    ...encodeText(request, parameters),
    reasoning: encodeReasoning(request, parameters, endpoint),
    max_output_tokens: raisedMaxTokens(parameters) ?? parameters.maxTokens,
    temperature: parameters.temperature,
    top_p: parameters.topP,
    top_logprobs: parameters.logprobs === true ? (parameters.topLogprobs ?? 0) : undefined,
    service_tier: askedTier(parameters, endpoint, quirks),
    prompt_cache_key: parameters.promptCacheKey,
    prompt_cache_options: quirks.cacheControl === 'breakpoint' ? parameters.promptCacheOptions : undefined,
    ...encodeUser(context, quirks),
    metadata: quirks.metadata === true ? context.metadata : undefined,
    stream: stream ? true : undefined,
  }
  return {
    ...otherFields(request),
    ...Object.fromEntries(Object.entries(wire).filter(([, value]) => value !== undefined)),
  }
}

/** Returns the output limit that is sent in place of one that is too low to be accepted; undefined where the limit is accepted. */
export const raisedMaxTokens = ({ maxTokens }: Parameters): number | undefined =>
  maxTokens !== undefined && maxTokens < leastOutputTokens ? leastOutputTokens : undefined

function encodeInclude(
  { source }: ChatRequest,
  { logprobs }: Parameters,
  { upstreamModel }: Endpoint,
): readonly string[] {
  const asked = source.protocol === protocolName ? arrayOf(source.body['include']) : []
  const words = new Set([
    ...asked.filter((word) => typeof word === 'string' && word !== encryptedContent && word !== textLogprobs),
    ...(search(neverReasons, upstreamModel) === null ? [encryptedContent] : []),
    ...(logprobs === true ? [textLogprobs] : []),
  ])
  return [...words].map(String)
}

const encryptedContent = 'reasoning.encrypted_content'
const textLogprobs = 'message.output_text.logprobs'

/** The ids of the calls of tools that take free text, which are encoded differently. */
function customCalls({ parameters: { tools = [] }, input: { messages } }: ChatRequest): ReadonlySet<string> {
  const custom = new Set(
    tools.flatMap((tool) => (tool.type === 'function' && tool.custom !== undefined ? [tool.name] : [])),
  )
  const ids = new Set<string>()
  if (custom.size === 0) return ids
  for (const message of messages) {
    if (message.role !== 'assistant') continue
    for (const { id, name } of message.toolCalls) if (custom.has(name)) ids.add(id)
  }
  return ids
}

/** The end user as the vendor may know it, in the field that the provider has for it. */
function encodeUser(
  { upstreamUser: user }: RequestContext,
  { userField }: ResponsesQuirks,
): Pick<ResponsesRequest, 'user' | 'safety_identifier'> {
  if (user === undefined || userField === undefined) return {}
  return userField === 'safety_identifier' ? { safety_identifier: user } : { user }
}

function encodeReasoning(
  request: ChatRequest,
  { reasoning, maxTokens }: Parameters,
  endpoint: Endpoint,
): WireReasoning | undefined {
  if (reasoning === undefined) return undefined
  const { summary, context, mode } = reasoning
  const known = ['effort', 'summary', 'context', 'mode', 'max_tokens', 'enabled', 'exclude']
  const wish = {
    ...ownParts(request, 'reasoning', known),
    effort: reasoningEffort(reasoning, maxTokens, endpoint.reasoning),
    summary,
    context,
    mode,
  }
  return Object.values(wish).some((value) => value !== undefined) ? wish : undefined
}

function encodeText(request: ChatRequest, { responseFormat, verbosity }: Parameters): Pick<ResponsesRequest, 'text'> {
  const format = encodeFormat(responseFormat)
  const own = ownParts(request, 'text', ['format', 'verbosity'])
  if (format === undefined && verbosity === undefined && Object.keys(own).length === 0) return {}
  return { text: { ...own, ...(format !== undefined && { format }), ...(verbosity !== undefined && { verbosity }) } }
}

function encodeFormat(format: ResponseFormat | undefined): TextFormat | undefined {
  if (format?.type === 'json_object') return { type: 'json_object' }
  if (format?.type !== 'json_schema') return undefined
  const { type, name, description, schema = {}, strict = false } = format
  return { type, name, ...(description !== undefined && { description }), schema, strict }
}
