import type { GenerationRequest, Source } from '../../canonical/generation-request.ts'
import type { RequestHeaders } from '../protocol.ts'
import { decodeGatewayFields } from './decode-gateway-fields.ts'
import { announcedBytes } from './request-context.ts'

const none = {}

type ItemFields = ReturnType<typeof decodeGatewayFields> &
  Pick<GenerationRequest, 'parameters'> & { readonly source: Source }

/**
 * Decodes what the requests of all operations that are no chats have alike: they have no messages, and no parameters of a chat.
 * @param protocol The name of the language of the client.
 * @throws GatewayError 400 for a header x-session-id that is too long.
 */
export const decodeItemFields = (
  protocol: string,
  wire: Parameters<typeof decodeGatewayFields>[0],
  headers: RequestHeaders,
): ItemFields => ({
  ...decodeGatewayFields(wire, headers),
  parameters: none,
  source: { protocol, body: wire, messages: [], parameters: none, bytes: announcedBytes(headers) },
})
