import type { GenerationRequest, Parameters } from '../canonical/generation-request.ts'
import { parameterNames, supportsParameter } from '../canonical/parameter-name.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { JsonObject } from '../util/json.ts'
import { encodeReasoningRequest } from './encode-reasoning.ts'
import { hashedUser } from './hashed-user.ts'
import type { Quirks, RequestHeaders } from './protocol.ts'
import { decodeContext, type SelfDescription } from './request-context.ts'
import { decodeModels, decodeRouting, type RoutedBody } from './routing.ts'
import { type FeatureFields, refuseUnbuilt } from './unbuilt.ts'

/**
 * What chat and completions requests say to the gateway in the same words.
 * @throws GatewayError 400 for what is not built yet, and for a session id that is too long.
 */
export function decodeSharedRequest(
  wire: JsonObject & RoutedBody & SelfDescription & FeatureFields,
  headers: RequestHeaders,
): Pick<GenerationRequest, 'models' | 'stream' | 'routing' | 'context'> {
  refuseUnbuilt(wire, headers)
  return {
    models: decodeModels(wire),
    stream: wire.stream === true,
    routing: decodeRouting(wire),
    context: decodeContext(wire, headers),
  }
}

/** Ours to read or to write, never passed on as they came (contract Appendix A, last row). */
const gatewayFields: ReadonlySet<string> = new Set([
  'model',
  'models',
  'route',
  'provider',
  'plugins',
  'preset',
  'transforms',
  'stream',
  'stream_options',
  'usage',
  'session_id',
  'trace',
  'debug',
  'metadata',
  'user',
  'max_tokens',
  'reasoning',
  'reasoning_effort',
  'include_reasoning',
  'service_tier',
  'speed',
  'deferred_tools',
  'x_search_filter',
  // As a key of a literal it would set the prototype.
  '__proto__',
])

const choosable: ReadonlySet<string> = new Set(parameterNames)

/**
 * The body for an upstream that speaks an OpenAI language, but for what the languages have of their own.
 *
 * @param asked What the client asked for, in the language's names: its own body where that is in the same language, so that fields
 *   nobody here knows reach the upstream (principle 2). Nulls and what this upstream does not support are left out.
 * @param own Fields that the language writes itself.
 */
export function encodeSharedRequest(
  { parameters, context, stream }: GenerationRequest,
  asked: JsonObject,
  own: ReadonlySet<string>,
  endpoint: Endpoint,
  quirks: Quirks,
): JsonObject {
  const wire: Record<string, unknown> = { model: endpoint.upstreamModel }
  for (const [name, value] of Object.entries(asked)) {
    if (gatewayFields.has(name) || own.has(name) || value === null || value === undefined) continue
    if (choosable.has(name) && !supportsParameter(endpoint.supportedParameters, name)) continue
    if (quirks.dropParameters?.includes(name)) continue
    wire[quirks.renameParameters?.[name] ?? name] = value
  }
  if (parameters.maxTokens !== undefined && supportsParameter(endpoint.supportedParameters, 'max_tokens')) {
    wire[quirks.maxTokensField ?? 'max_tokens'] = parameters.maxTokens
  }
  if (parameters.reasoning !== undefined && supportsParameter(endpoint.supportedParameters, 'reasoning')) {
    Object.assign(wire, encodeReasoningRequest(parameters.reasoning, parameters.maxTokens, endpoint.reasoning, quirks))
  }
  const tier = askedTier(parameters, endpoint, quirks)
  if (tier !== undefined) wire['service_tier'] = tier
  if (context.user !== undefined && quirks.userField !== undefined) wire[quirks.userField] = hashedUser(context.user)
  if (context.metadata !== undefined && quirks.metadata === true) wire['metadata'] = context.metadata
  if (stream) {
    wire['stream'] = true
    if (quirks.streamUsage !== false) wire['stream_options'] = { include_usage: true }
  }
  return wire
}

/**
 * The tier to ask this upstream for; undefined where it knows none. An endpoint of a tier may have been chosen by its tag, without a
 * word about the tier. Few know `ultrafast`: elsewhere it falls back to the next best (contract §6.10).
 */
export function askedTier(
  { serviceTier }: Parameters,
  { tier }: Endpoint,
  quirks: Pick<Quirks, 'serviceTier'>,
): string | undefined {
  if (quirks.serviceTier === undefined || quirks.serviceTier === false) return undefined
  if (tier !== 'default') return tier
  return serviceTier === 'ultrafast' && quirks.serviceTier !== 'ultrafast' ? 'priority' : serviceTier
}
