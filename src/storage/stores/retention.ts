/** How long generations and their attempts are kept, and what was said in them. The sums are kept for good. */
export interface Retention {
  readonly days: number
  /** The room that generations may take, about, in bytes; null where there is no limit. */
  readonly bytes: number | null
  /** For how many days the contents of generations are kept. */
  readonly contentDays: number
}
