import type { EmbeddingInput, GenerationRequest } from './generation-request.ts'
import type { Message } from './message.ts'

/** Yields every text that the model reads as prompt, except the tools. */
export function* promptTexts({ input }: GenerationRequest): Generator<string, void, void> {
  switch (input.type) {
    case 'messages':
      for (const message of input.messages) yield* messageTexts(message)
      return
    case 'prompts':
      for (const prompt of input.prompts) if (typeof prompt === 'string') yield prompt
      return
    case 'embeddings':
      for (const each of input.inputs) yield* embeddedTexts(each)
      return
    case 'rerank':
      yield input.query
      for (const { text } of input.documents) if (text !== undefined) yield text
      return
    case 'images':
      yield input.prompt
      return
    case 'speech':
      for (const { text, instructions } of input.turns) {
        yield text
        if (instructions !== undefined) yield instructions
      }
      return
    case 'transcription':
  }
}

function* embeddedTexts(input: EmbeddingInput): Generator<string, void, void> {
  if (typeof input === 'string') yield input
  else for (const part of input) if (typeof part === 'object' && part.type === 'text') yield part.text
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
