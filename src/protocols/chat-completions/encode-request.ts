import type { GenerationRequest } from '../../canonical/generation-request.ts'
import { parameterNames, supportsParameter } from '../../canonical/parameter-name.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { JsonObject } from '../../util/json.ts'
import { hashedUser } from '../hashed-user.ts'
import type { Quirks } from '../protocol.ts'
import { protocolName } from './decode-request.ts'
import { encodeMessages } from './encode-input-message.ts'
import { encodeParameters } from './encode-parameters.ts'
import { encodeReasoningRequest } from './encode-reasoning.ts'

/** Ours to read or to write, never passed on as they came (contract Appendix A, last row). */
const gatewayFields: ReadonlySet<string> = new Set([
  'messages',
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
  'max_completion_tokens',
  'reasoning',
  'reasoning_effort',
  'include_reasoning',
  'structured_outputs',
  'service_tier',
  'speed',
  'cache_control',
  'max_tool_calls',
  'stop_server_tools_when',
  // As a key of a literal it would set the prototype.
  '__proto__',
])

const choosable: ReadonlySet<string> = new Set(parameterNames)

/**
 * The body for a chat-completions upstream. For a request that came in the same language it is the client's own body with our
 * differences applied, so that fields nobody here knows reach the upstream (design law 2).
 */
export function encodeRequest(request: GenerationRequest, endpoint: Endpoint, quirks: Quirks): JsonObject {
  const { parameters, source } = request
  const wire: Record<string, unknown> = { model: endpoint.upstreamModel, messages: encodeMessages(request, quirks) }
  const untouched = source.protocol === protocolName && parameters === source.parameters
  const asked = untouched ? source.body : encodeParameters(parameters)
  for (const [name, value] of Object.entries(asked)) {
    if (gatewayFields.has(name) || value === null || value === undefined) continue
    if (choosable.has(name) && !supportsParameter(endpoint.supportedParameters, name)) continue
    if (quirks.dropParameters?.includes(name)) continue
    wire[name] = value
  }

  if (parameters.maxTokens !== undefined && supportsParameter(endpoint.supportedParameters, 'max_tokens')) {
    wire[quirks.maxTokensField ?? 'max_tokens'] = parameters.maxTokens
  }
  if (parameters.reasoning !== undefined && supportsParameter(endpoint.supportedParameters, 'reasoning')) {
    Object.assign(wire, encodeReasoningRequest(parameters.reasoning, parameters.maxTokens, quirks))
  }
  if (parameters.serviceTier !== undefined && quirks.serviceTier === true) wire['service_tier'] = parameters.serviceTier
  if (parameters.cacheControl !== undefined && quirks.cacheControl === true) wire['cache_control'] = parameters.cacheControl
  if (request.context.user !== undefined && quirks.userField !== undefined) {
    wire[quirks.userField] = hashedUser(request.context.user)
  }
  if (request.context.metadata !== undefined && quirks.metadata === true) wire['metadata'] = request.context.metadata
  if (request.stream) {
    wire['stream'] = true
    if (quirks.streamUsage !== false) wire['stream_options'] = { include_usage: true }
  }
  return wire
}
