import type { Issue } from '../../canonical/errors.ts'
import type { ChatRequest } from '../../canonical/generation-request.ts'
import type { Modality } from '../../canonical/content-part.ts'
import type { RequestHeaders } from '../protocol.ts'
import { decodeGatewayFields } from '../gateway-fields/decode-gateway-fields.ts'
import { announcedBytes, listedHeader } from '../gateway-fields/request-context.ts'
import { isStripped } from '../gateway-fields/schema/server-tool.ts'
import { sharedRules, toolRules } from '../gateway-fields/schema/request-rules.ts'
import { requestValidator } from '../schema/validate.ts'
import { decodeParameters } from './decode-parameters.ts'
import { decodeTurns } from './decode-turns.ts'
import { protocolName } from './name.ts'
import { type MessagesRequest, MessagesRequestSchema } from './schema/request.ts'

const accept = requestValidator(MessagesRequestSchema, rules)

/** @throws GatewayError 400 with `issues`. Source: contract §8.A5. */
export function decodeRequest(body: unknown, headers: RequestHeaders): ChatRequest {
  const wire = withoutStripped(accept(body), headers)
  const modalities = new Set<Modality>()
  const stretches = decodeTurns(wire, modalities)
  const messages = stretches.flatMap((stretch) => stretch.messages)
  const parameters = decodeParameters(wire)
  const { metadata, fallbacks, ...fields } = wire
  const models = fallbacks ? fallbacks.map(({ model }) => model) : fields.models
  const user = fields.user ?? metadata?.user_id
  const shared = decodeGatewayFields({ ...fields, models, user }, headers)
  const { anthropicBetas = [] } = shared.context
  const betas = [...new Set([...listedHeader(headers, 'anthropic-beta'), ...anthropicBetas])]
  return {
    operation: 'chat',
    input: { type: 'messages', messages, modalities },
    ...shared,
    context: { ...shared.context, ...(betas.length > 0 && { anthropicBetas: betas }) },
    parameters,
    source: { protocol: protocolName, body: wire, messages, stretches, parameters, bytes: announcedBytes(headers) },
  }
}

/** The request without the tools that the headers strip from it. */
function withoutStripped(wire: MessagesRequest, headers: RequestHeaders): MessagesRequest {
  const tools = wire.tools?.filter(({ type }) => !type || !isStripped(type, headers))
  return tools?.length === wire.tools?.length ? wire : { ...wire, tools }
}

function rules(wire: MessagesRequest): readonly Issue[] {
  const { fallbacks, models, thread } = wire
  return [
    ...sharedRules(wire),
    ...toolRules(wire),
    ...(thread
      ? [{ path: 'thread', message: 'cannot be given: nothing is kept here, so send the whole conversation' }]
      : []),
    ...(fallbacks && models
      ? [{ path: 'fallbacks', message: 'cannot be combined with models: give only one of the two' }]
      : []),
  ]
}
