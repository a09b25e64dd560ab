import type { GenerationRequest } from './generation-request.ts'
import type { Message } from './message.ts'

/** Yields every text that the model reads as prompt, except the tools. */
export function* promptTexts({ input }: GenerationRequest): Generator<string, void, void> {
  if (input.type === 'prompts') {
    for (const prompt of input.prompts) if (typeof prompt === 'string') yield prompt
    return
  }
  for (const message of input.messages) yield* messageTexts(message)
}

/** Yields every text of a message that the model reads. */
export function* messageTexts(message: Message): Generator<string, void, void> {
  for (const part of message.content) {
    if (part.type === 'text') yield part.text
    else if (part.type === 'document') yield* part.texts
  }
  if (message.role !== 'assistant') return
  for (const call of message.toolCalls) yield call.arguments
  if (message.reasoning !== undefined) yield message.reasoning
}
