import { search } from '../util/pattern.ts'
import { headBytes, wavBytesPerSecond } from '../util/wav-head.ts'
import type { AudioPart, ContentPart } from './content-part.ts'
import type { GenerationRequest } from './generation-request.ts'
import { mediaIn } from './prompt-media.ts'

/*
 * What media take of a prompt at most, as providers count them. Sources: https://docs.claude.com/en/docs/build-with-claude/vision,
 * https://ai.google.dev/gemini-api/docs/tokens and https://platform.openai.com/docs/guides/images-vision.
 */

/** Large images take up to 4,784 tokens at Anthropic, and fewer elsewhere. */
const perImage = 5_000
/** Gemini reads up to 1,000 pages of 258 tokens. */
const perFile = 258_000
/** Gemini takes 32 tokens for a second of audio, and about 300 for one of video. */
const perSecond = { audio: 32, video: 300 }
/** Speech is not understood at a lower rate than 8 kbit/s, and nothing is seen in a video of less. */
export const leastBytesPerSecond = 1_000

/**
 * Returns the most tokens of each image, file, sound and video of a prompt. It is `Infinity` where nothing in the request tells how long one
 * is: then the context of the model limits it.
 */
export function mediaTokens({ input }: GenerationRequest): readonly number[] {
  switch (input.type) {
    case 'messages':
      if (input.modalities.size === 0) return none
      return input.messages.flatMap(({ content }) => content.flatMap(tokensOf))
    case 'embeddings':
      if (input.modalities.size === 0) return none
      return input.inputs.flatMap((each) => (typeof each === 'string' ? none : each.flatMap(tokensOf)))
    case 'rerank':
      return input.documents.flatMap(({ image }) => (image === undefined ? none : perImage))
    case 'images':
      return Array.from({ length: mediaIn(input).image }, () => perImage)
    case 'prompts':
    case 'speech':
    case 'transcription':
      return none
  }
}

const none: readonly number[] = []

function tokensOf(part: number | ContentPart): readonly number[] | number {
  if (typeof part === 'number') return none
  switch (part.type) {
    case 'image':
      return perImage
    case 'file':
      return perFile
    case 'audio':
      return tokensOfAudio(part)
    case 'video':
      return secondsOf(part.url, leastBytesPerSecond) * perSecond.video
    case 'text':
    case 'document':
    case 'vendor':
      return none
  }
}

function tokensOfAudio({ data, format }: AudioPart): number {
  const isWav = format === 'wav'
  const bytesPerSecond = isWav ? wavBytesPerSecond(Buffer.from(data.slice(0, headCharacters), 'base64')) : null
  return secondsOf(data, bytesPerSecond ?? leastBytesPerSecond) * perSecond.audio
}

const headCharacters = Math.ceil(headBytes / 3) * 4

/** @param content Base64, a data URL, or an address. */
const secondsOf = (content: string, bytesPerSecond: number): number =>
  search(/^\s*(?!data:)\w+:/i, content) === null ? Math.ceil((content.length * 3) / 4 / bytesPerSecond) : Infinity
