import { hasStops } from '../../canonical/generation-request.ts'
import { onlyAllowedTools } from '../../canonical/only-allowed-tools.ts'
import type { ChatProtocol, UpstreamReply } from '../protocol.ts'
import { openReply, type ReplyOptions } from '../openai/reply-decoder.ts'
import { withAnswerFrom } from './answer-tool.ts'
import { protocolName } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'
import { MessageDecoder } from './message-decoder.ts'
import { withThoughts } from './think-tags.ts'

/** The upstream side: one call to a server that speaks chat-completions. */
export const chatCompletionsUpstream: ChatProtocol<'chat-completions'> = {
  name: protocolName,
  framing: 'sse',
  takesUrl: (part, { fetchesUrls = true }) => (fetchesUrls === 'images' ? part.type === 'image' : fetchesUrls),
  openCall(asked, endpoint, quirks) {
    const request = onlyAllowedTools(asked)
    const { path, body, answersByTool } = encodeRequest(request, endpoint, quirks)
    const { stream } = request
    const thinkTags = quirks.thinkTags === true || endpoint.template.thinkTags === true
    return {
      upstreamRequest: { method: 'POST', path, headers: {}, body, stream },
      reply: openChatReply(endpoint.providerName, thinkTags, answersByTool, {
        mayBeEmpty: hasStops(request.parameters),
        costField: quirks.reportedCost,
      }),
    }
  },
}

/** A scope of its own: a reply outlives the request that it answers. */
function openChatReply(
  providerName: string,
  thinkTags: boolean,
  answersByTool: boolean,
  options: ReplyOptions,
): UpstreamReply {
  const plain = openReply(providerName, (index) => new MessageDecoder(index, providerName), options)
  const thinking = thinkTags ? withThoughts(plain) : plain
  return answersByTool ? withAnswerFrom(thinking) : thinking
}
