import { randomUUID } from 'node:crypto'
import type { Answer } from '../../answer.ts'
import { openaiFailure } from '../openai-failure.ts'
import { openaiUsage } from '../openai-usage.ts'
import type { Protocol } from '../protocol.ts'
import { sse } from '../sse.ts'
import { requestedAlternatives } from '../token-logprob.ts'
import { chatFrames } from './chat-frames.ts'
import { chatLogprobs } from './chat-logprobs.ts'
import { isPerplexity, listedSources, toolUse, withoutCitations } from './chat-search.ts'
import { chatMessage } from './chat-whole.ts'
import { checkChat, checkOpenAiLimits } from './check-chat.ts'
import { parseChatRequest } from './parse-chat-request.ts'

/**
 * OpenAI's Chat Completions. Below the path `/openai/` it enforces the limits of OpenAI itself; below `/perplexity/` it always searches, and
 * lists its sources as Perplexity does.
 */
export const chatCompletions: Protocol = {
  serves: (path) => path.endsWith('/chat/completions'),
  framing: sse,
  failure: openaiFailure,
  open(body, path) {
    checkChat(body)
    if (path.startsWith('/openai/')) checkOpenAiLimits(body)
    const request = parseChatRequest(body, path)
    const topLogprobs = body['logprobs'] === true ? requestedAlternatives(body['top_logprobs']) : null
    const cited = (answer: Answer) =>
      isPerplexity(path)
        ? { answer: withoutCitations(answer), sources: listedSources(answer) }
        : { answer, sources: {} }
    const identity = {
      id: `chatcmpl-${randomUUID()}`,
      created: Math.floor(Date.now() / 1000),
      model: request.model,
    }
    return {
      request,
      frames: (given, settings) => {
        const { answer, sources } = cited(given)
        const usage = { ...openaiUsage(answer.usage), ...toolUse(answer, body) }
        return chatFrames(request, topLogprobs, { ...identity, sources }, answer, usage, settings)
      },
      whole: (given, settings) => {
        const { answer, sources } = cited(given)
        return {
          ...sources,
          id: identity.id,
          object: 'chat.completion',
          created: identity.created,
          model: identity.model,
          system_fingerprint: 'fp_simulator',
          choices: answer.choices.map((choice, index) => ({
            index,
            message: chatMessage(choice, settings, identity.id),
            logprobs:
              topLogprobs === null
                ? null
                : chatLogprobs(
                    choice.pieces.flatMap((piece) => (piece.type === 'text' ? [piece.text] : [])),
                    topLogprobs,
                  ),
            finish_reason: settings.noFinish ? null : (settings.finish ?? choice.finish),
          })),
          ...(!settings.noUsage && { usage: { ...openaiUsage(answer.usage), ...toolUse(answer, body) } }),
        }
      },
    }
  },
}
