import { outputsOf } from '../../canonical/operation.ts'
import type { PromptRequest } from '../../canonical/generation-request.ts'
import type { Filter, Refusal } from './filter.ts'

/**
 * Leaves out endpoints that cannot serve the operation. A chat needs a chat endpoint. A completion is served by a completions endpoint, or by
 * a chat endpoint through one user message (contract §7.1).
 */
export const operation: Filter = {
  name: 'operation',
  verdict: { type: 'unavailable', code: 'wrong_endpoint' },
  ruleFor(request, _pool, { mostCalls }) {
    const unserved = { field: 'model', detail: `it serves no ${request.operation}` }
    const outputs = outputsOf[request.operation]
    return ({ outputModalities, operations }) => {
      if (!outputModalities.some((modality) => outputs.includes(modality))) return unserved
      if (operations.includes(request.operation)) return null
      switch (request.operation) {
        case 'chat':
        case 'embeddings':
        case 'rerank':
        case 'images':
        case 'speech':
        case 'transcription':
          return unserved
        case 'completions':
          return chatObstacle(request, mostCalls)
      }
    }
  },
}

/** Returns why a chat cannot serve this completion; null when it can. Without this check, such a completion would get a wrong answer. */
function chatObstacle({ input, parameters }: PromptRequest, mostCalls: number): Refusal | null {
  const { prompts, n = 1 } = input
  if (prompts.some((prompt) => typeof prompt !== 'string')) {
    return { field: 'prompt', detail: 'a chat takes text, not token ids' }
  }
  if (input.suffix) return { field: 'suffix', detail: 'a chat cannot be told what comes after its answer' }
  if (input.echo === true && input.logprobs !== undefined) {
    return { field: 'logprobs', detail: 'a chat gives no log probabilities of an echoed prompt' }
  }
  if (parameters.maxTokens === 0) return { field: 'max_tokens', detail: 'a chat answers with one token at least' }
  if (prompts.length * n > mostCalls) {
    const field = prompts.length > mostCalls ? 'prompt' : 'n'
    const detail = `a chat is called once a choice, and a request makes at most ${mostCalls} calls (limits.calls_per_request)`
    return { field, detail }
  }
  return null
}
