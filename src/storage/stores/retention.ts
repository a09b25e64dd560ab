/** How long generations and their attempts are kept. The sums are kept for good. */
export interface Retention {
  readonly days: number
  /** The room that generations may take, about, in bytes; null where there is no limit. */
  readonly bytes: number | null
}
