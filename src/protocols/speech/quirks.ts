/** How a provider speaks. */
export interface SpeechService {
  /** Matches the upstream's own ids of these models. Absent: all. */
  readonly models?: RegExp
  readonly language: never
}
