import { onlyAllowedTools } from '../../canonical/only-allowed-tools.ts'
import { openEventReply } from '../vendors/event-reply.ts'
import type { ChatProtocol } from '../protocol.ts'
import { ToolNames } from '../vendors/tool-names.ts'
import { ChatDecoder } from './decode-chat.ts'
import { encodeRequest } from './encode-request.ts'

/** The upstream side: one call to a server that speaks Cohere's chat, version 2. */
export const cohereChatUpstream: ChatProtocol<'cohere-chat'> = {
  name: 'cohere-chat',
  framing: 'sse',
  // Files are sent as text; only of images an address will do.
  takesUrl: (part, quirks) => part.type === 'image' && quirks.fetchesUrls !== false,
  openCall(asked, endpoint) {
    const request = onlyAllowedTools(asked)
    const names = new ToolNames(refusedInNames, longestName)
    return {
      upstreamRequest: {
        method: 'POST',
        path: '/chat',
        headers: {},
        body: encodeRequest(request, endpoint, names),
        stream: request.stream,
      },
      reply: openEventReply(endpoint.providerName, (log) => new ChatDecoder(log, endpoint.providerName, names)),
    }
  },
}

/** Letters, digits and `_`, a digit not first. Source: https://docs.cohere.com/v1/reference/chat, `tools`. */
const refusedInNames = /^\d|\W/g
const longestName = 64
