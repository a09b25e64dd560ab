import type { UpstreamProtocol } from '../protocol.ts'
import { classifyFailure } from '../classify-failure.ts'
import { ReplyDecoder } from './decode-reply.ts'
import { protocolName } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'

/** The upstream side: one call to a server that speaks chat-completions. */
export const chatCompletionsUpstream: UpstreamProtocol = {
  name: protocolName,
  framing: 'sse',
  openCall(request, endpoint, quirks) {
    const decoder = new ReplyDecoder(endpoint.providerName)
    return {
      upstreamRequest: {
        method: 'POST',
        path: quirks.paths?.chat ?? '/chat/completions',
        headers: {},
        body: encodeRequest(request, endpoint, quirks),
        stream: request.stream,
      },
      decodeFrame: (frame) => decoder.frame(frame),
      decodeEnd: () => decoder.end(),
      decodeResult: (body) => decoder.result(body),
      decodeError: (status, headers, body) => classifyFailure(status, headers, body, endpoint.providerName),
    }
  },
}
