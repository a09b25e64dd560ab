/** How a provider transcribes. */
export interface TranscriptionService {
  /** Matches the upstream's own ids of these models. Absent: all. */
  readonly models?: RegExp
  readonly language: TranscriptionLanguage
  /** Whether it can stream a transcript while it is made. Otherwise one that is to be streamed comes in one piece. */
  readonly streams?: true
  /** What differs between those who speak OpenAI's language. Absent: what Whisper has. */
  readonly openai?: OpenAiTranscription
}

export type TranscriptionLanguage = 'openai' | 'elevenlabs' | 'mistral'

export interface OpenAiTranscription {
  /** Whether it has `verbose_json`: the language, the length, and times. Asked for always, since the length is what is charged. */
  readonly verbose?: true
  /** Whether it tells when each word was said. */
  readonly words?: true
  /** Whether it has `diarized_json`, which tells the speakers apart, in place of `verbose_json`. */
  readonly diarizes?: true
  /** Whether it translates to English. */
  readonly translates?: true
  /** Shorter audio is charged as so many seconds. */
  readonly leastSeconds?: number
}

/** What Whisper has, which most servers run. */
export const whisper: OpenAiTranscription = { verbose: true, words: true, translates: true }
