import type { GenerationRequest } from '../../canonical/generation-request.ts'
import { parameterNames, supportsParameter } from '../../canonical/parameter-name.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { JsonObject } from '../../util/json.ts'
import { askedTier } from '../vendors/service-tier.ts'
import { gatewayFieldNames } from '../gateway-fields/field-names.ts'
import { encodeReasoningRequest } from './encode-reasoning-request.ts'
import type { OpenAiQuirks } from './quirks.ts'
import { withoutEmptyStops } from './stops.ts'

/** Fields that the gateway itself reads or writes, and that are never passed on as they came (contract Appendix A, last row). */
const gatewayFields: ReadonlySet<string> = new Set([
  ...gatewayFieldNames,
  'max_tokens',
  'reasoning',
  'reasoning_effort',
  'include_reasoning',
  'service_tier',
  'x_search_filter',
])

const choosable: ReadonlySet<string> = new Set(parameterNames)

/**
 * Encodes the body for an upstream with an OpenAI protocol, except for the fields that one of the protocols alone has.
 * @param asked The client's request in the protocol's names: its own body where that is in the same protocol, so that unknown fields reach
 * the upstream (principle 2). Nulls and parameters that this upstream does not support are left out.
 * @param own Fields that the protocol's own encoder writes.
 */
export function encodeSharedRequest(
  { parameters, context, stream }: GenerationRequest,
  asked: JsonObject,
  own: ReadonlySet<string>,
  endpoint: Endpoint,
  quirks: OpenAiQuirks,
): JsonObject {
  const wire: Record<string, unknown> = { model: endpoint.upstreamModel }
  for (const [name, value] of Object.entries(asked)) {
    if (gatewayFields.has(name) || own.has(name) || value === null || value === undefined) continue
    if (choosable.has(name) && !supportsParameter(endpoint.supportedParameters, name)) continue
    if (quirks.dropParameters?.includes(name)) continue
    const said = name === 'stop' ? withoutEmptyStops(value) : value
    if (said !== undefined) wire[quirks.renameParameters?.[name] ?? name] = said
  }
  if (parameters.maxTokens !== undefined && supportsParameter(endpoint.supportedParameters, 'max_tokens')) {
    wire[maxTokensField(asked, endpoint, quirks)] = parameters.maxTokens
  }
  if (parameters.reasoning !== undefined && supportsParameter(endpoint.supportedParameters, 'reasoning')) {
    Object.assign(wire, encodeReasoningRequest(parameters.reasoning, parameters.maxTokens, endpoint.reasoning, quirks))
  }
  const tier = askedTier(parameters, endpoint, quirks)
  if (tier !== undefined) wire['service_tier'] = tier
  if (context.upstreamUser !== undefined && quirks.userField !== undefined)
    wire[quirks.userField] = context.upstreamUser
  if (context.metadata !== undefined && quirks.metadata === true) wire['metadata'] = context.metadata
  if (stream) {
    wire['stream'] = true
    if (quirks.streamUsage !== false) wire['stream_options'] = { include_usage: true }
  }
  return wire
}

/**
 * Returns the name of the field for the output limit: the only name that the provider takes, else the one that the model requires, else the
 * client's spelling.
 */
function maxTokensField(
  asked: JsonObject,
  { template }: Endpoint,
  { maxTokensField: taken }: OpenAiQuirks,
): 'max_tokens' | 'max_completion_tokens' {
  if (taken === 'max_tokens' || taken === 'max_completion_tokens') return taken
  const said = taken === 'either' && typeof asked['max_completion_tokens'] === 'number'
  return template.maxTokensField ?? (said ? 'max_completion_tokens' : 'max_tokens')
}
