import type { GenerationRequest } from './generation-request.ts'

/** Yields every text that the model reads as prompt, except the tools. */
export function* promptTexts({ input }: GenerationRequest): Generator<string, void, void> {
  if (input.type === 'prompts') {
    for (const prompt of input.prompts) if (typeof prompt === 'string') yield prompt
    return
  }
  for (const message of input.messages) {
    for (const part of message.content) if (part.type === 'text') yield part.text
    if (message.role !== 'assistant') continue
    for (const call of message.toolCalls) yield call.arguments
    if (message.reasoning !== undefined) yield message.reasoning
  }
}
