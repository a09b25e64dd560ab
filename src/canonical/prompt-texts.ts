import type { EmbeddingInput, GenerationRequest } from './generation-request.ts'
import type { Message } from './message.ts'
import { append } from '../util/append.ts'

/** Lists every text that the model reads as prompt, except the tools. */
export function promptTexts({ input }: GenerationRequest): readonly string[] {
  const texts: string[] = []
  switch (input.type) {
    case 'messages':
      for (const message of input.messages) addMessageTexts(texts, message)
      return texts
    case 'prompts':
      return input.prompts.filter((prompt) => typeof prompt === 'string')
    case 'embeddings':
      for (const each of input.inputs) addEmbeddedTexts(texts, each)
      return texts
    case 'rerank':
      return [input.query, ...input.documents.flatMap(({ text }) => text ?? [])]
    case 'images':
      return [input.prompt]
    case 'speech':
      return input.turns.flatMap(({ text, instructions }) => (instructions === undefined ? text : [text, instructions]))
    case 'transcription':
      return texts
  }
}

/** Lists every text of a message that the model reads. */
export function messageTexts(message: Message): readonly string[] {
  const texts: string[] = []
  addMessageTexts(texts, message)
  return texts
}

function addMessageTexts(texts: string[], message: Message): void {
  for (const part of message.content) {
    if (part.type === 'text') texts.push(part.text)
    else if (part.type === 'document') append(texts, part.texts)
  }
  if (message.role !== 'assistant') return
  for (const call of message.toolCalls) texts.push(call.arguments)
  if (message.reasoning !== undefined) texts.push(message.reasoning)
}

function addEmbeddedTexts(texts: string[], input: EmbeddingInput): void {
  if (typeof input === 'string') texts.push(input)
  else for (const part of input) if (typeof part === 'object' && part.type === 'text') texts.push(part.text)
}
