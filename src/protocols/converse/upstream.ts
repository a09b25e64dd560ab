import { onlyAllowedTools } from '../../canonical/only-allowed-tools.ts'
import { isObject } from '../../util/json.ts'
import { SimilarJson } from '../../util/similar-json.ts'
import { classifySaid } from '../vendors/classify-failure.ts'
import { ReplyLog } from '../vendors/event-reply.ts'
import { saysFailure } from '../vendors/read-error.ts'
import type { ChatProtocol, UpstreamReply } from '../protocol.ts'
import { ToolNames } from '../vendors/tool-names.ts'
import { ConverseDecoder, type ConverseExpectation } from './converse-decoder.ts'
import { decodeError } from '../vendors/aws-failure.ts'
import { encodeRequest } from './encode-request.ts'
import { modelFamily } from './model-family.ts'

/** The upstream side of Amazon Bedrock's Converse and ConverseStream. */
export const converseUpstream: ChatProtocol<'converse'> = {
  name: 'converse',
  framing: 'aws-event-stream',
  takesUrl: () => false,
  openCall(asked, endpoint) {
    const request = onlyAllowedTools(asked)
    const family = modelFamily(endpoint)
    const names = new ToolNames(/[^a-zA-Z0-9_-]/g, 64)
    const { body, answerTool } = encodeRequest(request, endpoint, family, names)
    const { reasoningFormat } = family
    return {
      upstreamRequest: {
        method: 'POST',
        path: `/model/${encodeURIComponent(endpoint.upstreamModel)}/${request.stream ? 'converse-stream' : 'converse'}`,
        headers: {},
        body,
        stream: request.stream,
      },
      reply: openReply({ providerName: endpoint.providerName, names, answerTool, reasoningFormat }),
    }
  },
}

function openReply(expected: ConverseExpectation): UpstreamReply {
  const log = new ReplyLog(expected.providerName)
  const decoder = new ConverseDecoder(log, expected)
  const json = new SimilarJson()
  return {
    decodeFrame(frame) {
      if (frame.type === 'comment') return [{ type: 'alive' }]
      const event = json.parse(frame.data)
      if (!isObject(event)) log.fail('The provider sent an event that is not a JSON object.')
      else decoder.event(frame.event, event)
      return log.take()
    },
    decodeEnd() {
      decoder.close()
      return log.take()
    },
    decodeResult(body) {
      if (isObject(body) && !saysFailure(body)) decoder.result(body)
      else if (saysFailure(body)) log.refuse(classifySaid(body, expected.providerName))
      else log.fail('The provider sent a reply that is not an object.')
      decoder.close()
      return log.take()
    },
    decodeError: (reply) => decodeError(reply, expected.providerName),
  }
}
