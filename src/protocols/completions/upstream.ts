import type { PromptRequest } from '../../canonical/generation-request.ts'
import { stringOf } from '../../util/json.ts'
import type { UpstreamProtocol } from '../protocol.ts'
import { decodeReasoning } from '../reasoning-detail.ts'
import { mostChoices, openReply } from '../reply-decoder.ts'
import { protocolName } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'
import { decodeLogprobs } from './logprobs.ts'

/** The upstream side: one call to a server that speaks completions. */
export const completionsUpstream: UpstreamProtocol<PromptRequest> = {
  name: protocolName,
  framing: 'sse',
  openCall: (request, endpoint, quirks) => ({
    upstreamRequest: {
      method: 'POST',
      path: quirks.paths?.completions ?? '/completions',
      headers: {},
      body: encodeRequest(request, endpoint, quirks),
      stream: request.stream,
    },
    // A piece of a stream and a whole choice look alike in this language.
    reply: openReply(
      endpoint.providerName,
      (index) => (choice, events) => {
        decodeReasoning(index, choice, events)
        const text = stringOf(choice['text']) ?? ''
        const logprobs = decodeLogprobs(choice['logprobs'])
        if (text !== '' || logprobs !== undefined) events.push({ type: 'text-delta', choice: index, text, logprobs })
        return false
      },
      Math.max(mostChoices, request.input.prompts.length * (request.input.n ?? 1)),
    ),
  }),
}
