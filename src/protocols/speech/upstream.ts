import type { ServiceProtocols } from '../protocol.ts'
import { elevenLabsSpeech } from './languages/elevenlabs.ts'
import { mistralSpeech } from './languages/mistral.ts'
import { openAiSpeech } from './languages/openai.ts'

/** The upstream side: the languages in which speech is asked for. */
export const speechUpstreams: ServiceProtocols['speech'] = {
  openai: openAiSpeech,
  elevenlabs: elevenLabsSpeech,
  mistral: mistralSpeech,
}
