import { randomUUID } from 'node:crypto'
import { openaiFailure } from '../openai-failure.ts'
import { openaiUsage } from '../openai-usage.ts'
import { sse } from '../sse.ts'
import { askedRivals } from '../token-logprob.ts'
import type { Wire } from '../wire.ts'
import { chatAsk } from './chat-ask.ts'
import { checkChat, checkOpenAiLimits } from './check-chat.ts'
import { chatFrames, type ChatIdentity } from './chat-frames.ts'
import { chatLogprobs } from './chat-logprobs.ts'
import { chatMessage } from './chat-whole.ts'

/** OpenAI's chat completions; below `/openai/` with the limits that OpenAI itself sets. */
export const chatCompletions: Wire = {
  serves: (path) => path.endsWith('/chat/completions'),
  framing: sse,
  failure: openaiFailure,
  open(body, path) {
    checkChat(body)
    if (path.startsWith('/openai/')) checkOpenAiLimits(body)
    const ask = chatAsk(body)
    const topLogprobs = body['logprobs'] === true ? askedRivals(body['top_logprobs']) : null
    const identity: ChatIdentity = {
      id: `chatcmpl-${randomUUID()}`,
      created: Math.floor(Date.now() / 1000),
      model: ask.model,
    }
    return {
      ask,
      frames: (answer, conduct) => chatFrames(ask, topLogprobs, identity, answer, conduct),
      whole: (answer, conduct) => ({
        id: identity.id,
        object: 'chat.completion',
        created: identity.created,
        model: identity.model,
        system_fingerprint: 'fp_simulator',
        choices: answer.choices.map((choice, index) => ({
          index,
          message: chatMessage(choice, conduct, identity.id),
          logprobs:
            topLogprobs === null
              ? null
              : chatLogprobs(
                  choice.pieces.flatMap((piece) => (piece.type === 'text' ? [piece.text] : [])),
                  topLogprobs,
                ),
          finish_reason: conduct.noFinish ? null : (conduct.finish ?? choice.finish),
        })),
        ...(!conduct.noUsage && { usage: openaiUsage(answer.usage) }),
      }),
    }
  },
}
