import type { ChatRequest } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { JsonObject } from '../../util/json.ts'
import type { Quirks } from '../protocol.ts'
import { encodeSharedRequest } from '../shared-request.ts'
import { protocolName } from './decode-request.ts'
import { encodeMessages } from './encode-input-message.ts'
import { encodeParameters } from './encode-parameters.ts'

/** Written here or run by the gateway, never passed on as they came. */
const ownFields: ReadonlySet<string> = new Set([
  'messages',
  'max_completion_tokens',
  'structured_outputs',
  'speed',
  'cache_control',
  'max_tool_calls',
  'stop_server_tools_when',
])

/**
 * The body for a chat-completions upstream. For a request that came in the same language it is the client's own body with our
 * differences applied (design law 2).
 */
export function encodeRequest(request: ChatRequest, endpoint: Endpoint, quirks: Quirks): JsonObject {
  const { parameters, source } = request
  const untouched = source.protocol === protocolName && parameters === source.parameters
  const asked = untouched ? source.body : encodeParameters(parameters)
  return {
    ...encodeSharedRequest(request, asked, ownFields, endpoint, quirks),
    messages: encodeMessages(request, quirks),
    ...(parameters.cacheControl !== undefined &&
      quirks.cacheControl === true && { cache_control: parameters.cacheControl }),
  }
}
