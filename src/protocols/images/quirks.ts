/** How a provider makes images. */
export interface ImagesService {
  /** Matches the upstream's own ids of these models. Absent: all. */
  readonly models?: RegExp
  readonly language: never
}
