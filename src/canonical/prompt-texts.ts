import type { GenerationRequest } from './generation-request.ts'

/** Every text that the model will read as prompt, tools apart. */
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
