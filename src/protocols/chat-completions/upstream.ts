import { objectOf } from '../../util/json.ts'
import type { UpstreamProtocol } from '../protocol.ts'
import { openReply } from '../reply-decoder.ts'
import { decodeMessage } from './decode-message.ts'
import { protocolName } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'
import { ToolCallTracker } from './tool-call-tracker.ts'

/** The upstream side: one call to a server that speaks chat-completions. */
export const chatCompletionsUpstream: UpstreamProtocol = {
  name: protocolName,
  framing: 'sse',
  takesUrl: (part, { fetchesUrls = true }) => (fetchesUrls === 'images' ? part.type === 'image' : fetchesUrls),
  openCall: (request, endpoint, quirks) => ({
    upstreamRequest: {
      method: 'POST',
      path: quirks.paths?.chat ?? '/chat/completions',
      headers: {},
      body: encodeRequest(request, endpoint, quirks),
      stream: request.stream,
    },
    reply: openReply(endpoint.providerName, (index) => {
      const calls = new ToolCallTracker(index)
      return (choice, events) => {
        const message = objectOf(choice['delta']) ?? objectOf(choice['message'])
        if (message !== undefined) decodeMessage(index, message, objectOf(choice['logprobs']), calls, events)
        return calls.called
      }
    }),
  }),
}
