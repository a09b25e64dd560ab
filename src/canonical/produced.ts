import type { CallEvent } from './generation-event.ts'

/** Returns the text that an event adds to an answer: text, reasoning, refusals, arguments of tools, what speech says, and transcripts. */
export function producedText(event: CallEvent): string {
  switch (event.type) {
    case 'text-delta':
    case 'refusal-delta':
      return event.text
    case 'reasoning-delta':
      if (event.detail.type === 'text') return event.detail.text ?? ''
      return event.detail.type === 'summary' ? event.detail.summary : ''
    case 'tool-call-delta':
      return event.arguments
    case 'audio-delta':
      return event.transcript ?? ''
    case 'item':
      return event.item.type === 'transcript-delta' ? event.item.text : ''
    default:
      return ''
  }
}

/**
 * The characters of a token of streamed speech. It comes as Base64 of PCM with 48,000 bytes a second. OpenAI counts 20 tokens a second, and
 * Gemini up to 32.
 */
const charactersPerAudioToken = 2_000

/** Estimates the tokens of speech that an event adds to an answer. */
export const producedAudioTokens = (event: CallEvent): number =>
  event.type === 'audio-delta' ? (event.data?.length ?? 0) / charactersPerAudioToken : 0

/** The most tokens that Gemini counts for one picture: 1,290, and 2,000 in 4K (ai.google.dev/gemini-api/docs/pricing). */
const tokensPerImage = 2_000

/** Estimates the tokens of pictures that an event adds to an answer. */
export const producedImageTokens = (event: CallEvent): number => (event.type === 'image' ? tokensPerImage : 0)
