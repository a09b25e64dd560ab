import type { ServiceProtocols } from '../protocol.ts'
import { elevenLabsTranscription } from './languages/elevenlabs.ts'
import { mistralTranscription } from './languages/mistral.ts'
import { openAiTranscription } from './languages/openai.ts'

/** The upstream side: the languages in which transcripts are asked for. */
export const transcriptionUpstreams: ServiceProtocols['transcription'] = {
  openai: openAiTranscription,
  elevenlabs: elevenLabsTranscription,
  mistral: mistralTranscription,
}
