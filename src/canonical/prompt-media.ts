import type { ContentPart, Modality } from './content-part.ts'
import type { GenerationRequest } from './generation-request.ts'

/** How many images, sounds, videos and files a prompt holds. */
export type PromptMedia = Readonly<Record<Exclude<Modality, 'text'>, number>>

const none: PromptMedia = { image: 0, audio: 0, video: 0, file: 0 }

/** Counts the media of a request. A prompt of text alone, which decoding told, is not looked through. */
export function mediaIn(input: GenerationRequest['input']): PromptMedia {
  switch (input.type) {
    case 'messages':
      if (input.modalities.size === 0) return none
      return countParts(input.messages.map(({ content }) => content))
    case 'embeddings':
      if (input.modalities.size === 0) return none
      return countParts(input.inputs.map((each) => (typeof each === 'string' ? [] : each)))
    case 'rerank':
      if (input.modalities.size === 0) return none
      return { ...none, image: input.documents.filter(({ image }) => image !== undefined).length }
    case 'images':
      return { ...none, image: input.references.length + (input.mask === undefined ? 0 : 1) }
    case 'speech': {
      const image = input.references.filter(({ type }) => type === 'image').length
      return { ...none, image, audio: input.references.length - image }
    }
    case 'transcription':
      return { ...none, audio: 1 }
    case 'prompts':
      return none
  }
}

function countParts(contents: readonly (readonly (number | ContentPart)[])[]): PromptMedia {
  const counts = { ...none }
  for (const content of contents) {
    for (const part of content) {
      if (typeof part === 'number') break
      if (part.type !== 'text' && part.type !== 'document' && part.type !== 'vendor') counts[part.type] += 1
    }
  }
  return counts
}
