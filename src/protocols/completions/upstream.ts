import { hasStops, type PromptRequest } from '../../canonical/generation-request.ts'
import { mostChoices } from '../../canonical/most-choices.ts'
import { stringOf } from '../../util/json.ts'
import type { UpstreamProtocol } from '../protocol.ts'
import { decodeReasoning } from '../gateway-fields/reasoning-detail.ts'
import { openReply } from '../openai/reply-decoder.ts'
import { protocolName } from './decode-request.ts'
import { encodeRequest } from './encode-request.ts'
import { decodeLogprobs } from './logprobs.ts'
import type { CompletionsQuirks } from './quirks.ts'

/** The upstream side: one call to a server that speaks completions. */
export const completionsUpstream: UpstreamProtocol<PromptRequest, CompletionsQuirks> = {
  name: protocolName,
  framing: 'sse',
  openCall: (request, endpoint, quirks) => ({
    upstreamRequest: {
      method: 'POST',
      path: '/completions',
      headers: {},
      body: encodeRequest(request, endpoint, quirks),
      stream: request.stream,
    },
    // A piece of a stream and a whole choice look alike in this language.
    reply: openReply(
      endpoint.providerName,
      (index) => ({
        decode(choice, events) {
          decodeReasoning(index, choice, events)
          const text = stringOf(choice['text']) ?? ''
          const logprobs = decodeLogprobs(choice['logprobs'])
          if (text !== '' || logprobs !== undefined) events.push({ type: 'text-delta', choice: index, text, logprobs })
        },
        end: () => false,
      }),
      {
        most: Math.max(mostChoices, request.input.prompts.length * (request.input.n ?? 1)),
        mayBeEmpty: hasStops(request.parameters),
        costField: quirks.reportedCost,
      },
    ),
  }),
}
