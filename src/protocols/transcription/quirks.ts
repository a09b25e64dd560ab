/** How a provider transcribes. */
export interface TranscriptionService {
  /** Matches the upstream's own ids of these models. Absent: all. */
  readonly models?: RegExp
  readonly language: never
}
