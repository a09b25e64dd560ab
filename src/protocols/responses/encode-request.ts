import type { ChatRequest, Parameters, RequestContext, ResponseFormat } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { JsonObject } from '../../util/json.ts'
import { reasoningEffort } from '../vendors/reasoning-effort.ts'
import { askedTier } from '../vendors/service-tier.ts'
import { supportedParameters } from '../vendors/supported-parameters.ts'
import { ToolNames } from '../vendors/tool-names.ts'
import { encodeInput } from './encode-input.ts'
import { encodeTools } from './encode-tools.ts'
import type { ResponsesQuirks } from './quirks.ts'
import { reasoningFormat } from './reasoning-format.ts'
import type { ResponsesRequest, TextFormat, WireReasoning } from './wire.ts'
import { search } from '../../util/pattern.ts'

/** Fewer are refused. Source: the API reference, `max_output_tokens`. */
const leastOutputTokens = 16

/** OpenAI's models that do not reason refuse to be asked for encrypted thoughts. */
const neverReasons = /^(ft:)?(gpt-[34]|chatgpt-)/

/**
 * The body of a stateless call: nothing is stored at the vendor, so the thoughts come back encrypted, to be sent along the next time.
 * What the language does not have (seed, stop, penalties, logit_bias, top_k …) is left out.
 */
export function encodeRequest(request: ChatRequest, endpoint: Endpoint, quirks: ResponsesQuirks): JsonObject {
  const { context, stream } = request
  const parameters = supportedParameters(request.parameters, endpoint)
  const content = {
    providerName: endpoint.providerName,
    cacheMarkers: quirks.cacheControl === 'breakpoint',
    developerRole: quirks.developerRole === true,
    reasoningFormat: reasoningFormat(quirks),
  }
  // What is offered has names that are taken; what was called elsewhere may not.
  const names = new ToolNames(/[^a-zA-Z0-9_-]/g, 64)
  for (const { name } of parameters.tools ?? []) names.toWire(name)
  const wire: ResponsesRequest = {
    model: endpoint.upstreamModel,
    input: encodeInput(request.input.messages, content, names),
    store: false,
    include: encodeInclude(parameters, endpoint),
    ...encodeTools(request.parameters, parameters, endpoint, quirks),
    ...encodeText(parameters),
    reasoning: encodeReasoning(parameters, endpoint),
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
  return Object.fromEntries(Object.entries(wire).filter(([, value]) => value !== undefined))
}

/** What is sent in place of a limit that would be refused; undefined where it would not. */
export const raisedMaxTokens = ({ maxTokens }: Parameters): number | undefined =>
  maxTokens !== undefined && maxTokens < leastOutputTokens ? leastOutputTokens : undefined

function encodeInclude({ logprobs }: Parameters, { upstreamModel }: Endpoint): ResponsesRequest['include'] {
  return [
    ...(search(neverReasons, upstreamModel) !== null ? [] : (['reasoning.encrypted_content'] as const)),
    ...(logprobs === true ? (['message.output_text.logprobs'] as const) : []),
  ]
}

/** The end user as the vendor may know it, in the field that the provider has for it. */
function encodeUser(
  { upstreamUser: user }: RequestContext,
  { userField }: ResponsesQuirks,
): Pick<ResponsesRequest, 'user' | 'safety_identifier'> {
  if (user === undefined || userField === undefined) return {}
  return userField === 'safety_identifier' ? { safety_identifier: user } : { user }
}

function encodeReasoning({ reasoning, maxTokens }: Parameters, endpoint: Endpoint): WireReasoning | undefined {
  if (reasoning === undefined) return undefined
  const { summary, context, mode } = reasoning
  const wish = { effort: reasoningEffort(reasoning, maxTokens, endpoint.reasoning), summary, context, mode }
  return Object.values(wish).some((value) => value !== undefined) ? wish : undefined
}

function encodeText({ responseFormat, verbosity }: Parameters): Pick<ResponsesRequest, 'text'> {
  const format = encodeFormat(responseFormat)
  if (format === undefined && verbosity === undefined) return {}
  return { text: { ...(format !== undefined && { format }), ...(verbosity !== undefined && { verbosity }) } }
}

function encodeFormat(format: ResponseFormat | undefined): TextFormat | undefined {
  if (format?.type === 'json_object') return { type: 'json_object' }
  if (format?.type !== 'json_schema') return undefined
  const { type, name, description, schema = {}, strict = false } = format
  return { type, name, ...(description !== undefined && { description }), schema, strict }
}
