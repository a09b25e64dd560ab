import { type CallStream, isContent } from '../../canonical/generation-event.ts'
import type { ChatRequest, PromptRequest } from '../../canonical/generation-request.ts'
import type { CallEndpoint } from '../../health/candidate.ts'
import { fanOut } from './fan-out.ts'

/**
 * Wraps a call so that endpoints that serve only chat can serve completions: each prompt becomes one user message (contract §7.1). Every
 * choice is a call of its own, and the choices are numbered prompt by prompt, since not every chat upstream supports `n`.
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
          // A filter of the router excludes chat endpoints where a prompt is token ids.
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

/** @param sample Counts the choices of one prompt. It is added to the seed: with the same seed every choice would be the same answer. */
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

/** Puts the prompt before the first content of an answer, since a chat endpoint does not echo its prompt. */
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
