import type { SpeechFormat } from '../../canonical/generation-request.ts'

/** How a provider speaks, otherwise than in a chat. */
export interface SpeechService {
  /** Matches the upstream's own ids of these models. Absent: all. */
  readonly models?: RegExp
  readonly language: SpeechLanguage
  /** What differs between those who speak OpenAI's language. Absent: nothing is known, so all is sent as OpenAI has it. */
  readonly openai?: OpenAiSpeech
}

/** `chat`: a chat whose answer is audio, in the provider's language of chats. */
export type SpeechLanguage = 'openai' | 'elevenlabs' | 'mistral' | 'chat'

export interface OpenAiSpeech {
  /** The formats that it makes. Where `wav` is listed and `pcm` is not, `pcm` is taken out of that. Absent: all. */
  readonly formats?: readonly SpeechFormat[]
  /** The voice of a request that names none. */
  readonly voice: string
  /** Whether it takes `instructions`. */
  readonly instructions?: true
  /** Whether it takes a `speed`. */
  readonly speed?: true
  /** Whether it can send the audio in events, of which the last has the usage. */
  readonly events?: true
}

/** What a server of unknown make is sent: everything in OpenAI's words. */
export const plainOpenAi: OpenAiSpeech = {
  voice: 'alloy',
  instructions: true,
  speed: true,
}
