import { openEventReply } from '../vendors/event-reply.ts'
import type { ChatProtocol } from '../protocol.ts'
import { supportedParameters } from '../vendors/supported-parameters.ts'
import { ResponseDecoder } from './decode-response.ts'
import { encodeRequest, raisedMaxTokens } from './encode-request.ts'
import { reasoningFormat } from './reasoning-format.ts'

/** The upstream side: one stateless call to a server that speaks OpenAI's Responses. */
export const responsesUpstream: ChatProtocol<'responses'> = {
  name: 'responses',
  framing: 'sse',
  takesUrl: ({ type }, { fetchesUrls }) => (fetchesUrls === 'images' ? type === 'image' : fetchesUrls !== false),
  openCall: (request, endpoint, quirks) => ({
    upstreamRequest: {
      method: 'POST',
      path: '/responses',
      headers: {},
      body: encodeRequest(request, endpoint, quirks),
      stream: request.stream,
    },
    reply: openEventReply(
      endpoint.providerName,
      (log) =>
        new ResponseDecoder(log, {
          providerName: endpoint.providerName,
          format: reasoningFormat(quirks),
          raisedMaxTokens: raisedMaxTokens(supportedParameters(request.parameters, endpoint)),
        }),
    ),
  }),
}
