import { type CallStream, isContent } from '../../canonical/generation-event.ts'
import type { ChatRequest, PromptRequest } from '../../canonical/generation-request.ts'
import type { CallEndpoint } from '../../health/candidate.ts'
import { fanOut } from './fan-out.ts'

/**
 * Lets endpoints that only chat serve completions: each prompt becomes one user message (contract §7.1). Every choice is a call of
 * its own, numbered prompt by prompt, since not every chat upstream knows `n`.
 */
export const completionsThroughChat =
  (call: CallEndpoint): CallEndpoint =>
  (candidate, request, signal, patience, onSent) => {
    if (request.operation !== 'completions' || candidate.endpoint.operations.includes('completions')) {
      return call(candidate, request, signal, patience, onSent)
    }
    const { prompts, n = 1, echo = false } = request.input
    return fanOut(
      (together) =>
        prompts.flatMap((prompt) => {
          // The router keeps token ids away from chats.
          if (typeof prompt !== 'string') return []
          return Array.from({ length: n }, (_, sample) => {
            const answer = call(candidate, chatOf(request, prompt, sample), together, patience, onSent)
            return echo ? withEcho(answer, prompt) : answer
          })
        }),
      signal,
    )
  }

const noModalities = new Set<never>()

/** @param sample Counts the choices of one prompt. A seed is moved on by it: the same one would give the same answer each time. */
function chatOf(request: PromptRequest, prompt: string, sample: number): ChatRequest {
  const { input, parameters } = request
  return {
    ...request,
    operation: 'chat',
    input: {
      type: 'messages',
      messages: [{ role: 'user', content: [{ type: 'text', text: prompt }] }],
      modalities: noModalities,
    },
    parameters: {
      ...parameters,
      seed: parameters.seed === undefined ? undefined : parameters.seed + sample,
      ...(input.logprobs !== undefined && { logprobs: true, topLogprobs: input.logprobs }),
    },
  }
}

/** A chat does not repeat what it was asked: the prompt is put before its first content. */
async function* withEcho(answer: CallStream, prompt: string): CallStream {
  let echoed = false
  for await (const batch of answer) {
    const begin: number = echoed ? -1 : batch.findIndex(isContent)
    if (begin === -1) {
      yield batch
    } else {
      echoed = true
      yield batch.toSpliced(begin, 0, { type: 'text-delta', choice: 0, text: prompt })
    }
  }
}
