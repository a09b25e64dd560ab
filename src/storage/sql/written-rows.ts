/** Rows to be written to one table, as values in the order of the columns. */
export interface Rows {
  readonly table: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly (string | number | null)[])[]
}

/** Rows that are added to those with the same key. No two of them have the same key. */
export interface SumRows extends Rows {
  /** The columns that distinguish rows. */
  readonly key: readonly string[]
  /** Columns that keep the larger value, where others are added up. */
  readonly latest: readonly string[]
}
