import { nanoUsd } from '../../canonical/money.ts'

/** The usage of a model on a UTC day as a provider reports it. What an export does not tell is absent. */
export interface ReportedUsage {
  /** The UTC day, as in `2026-11-29`. */
  readonly day: string
  /** The name of the model, as the provider writes it. */
  readonly model: string
  readonly promptTokens?: number
  readonly completionTokens?: number
  /** Nano-USD. */
  readonly cost?: number
}

/** A row of an export, by column. Fields of JSON have the names of their objects before them: `amount.value` is `amount_value`. */
export type ExportRow = Readonly<Record<string, string>>

/** One kind of file that a vendor exports. */
export interface ExportShape {
  /** What the vendor calls it. */
  readonly name: string
  /** The columns that identify the format. An export of this format has all of them. */
  readonly marks: readonly string[]
  /** All other columns that it may have. Any other is refused by name. */
  readonly others: readonly string[]
  /**
   * Reads a row. Null for one without usage.
   * @throws Error that tells what is wrong with the row.
   */
  read(row: ExportRow): ReportedUsage | null
}

/** The exports of one vendor. */
export interface ExportFormat {
  readonly vendor: string
  /** The slug of the provider whose calls are compared, where no other is named. */
  readonly provider: string
  readonly shapes: readonly ExportShape[]
}

/** Checks the type of a format where it is written. */
export const defineExportFormat = (format: ExportFormat): ExportFormat => format

/** Returns the number in a column; 0 where it is empty or absent. */
export function numberIn(row: ExportRow, column: string): number {
  const text = row[column] ?? ''
  const value = Number(text)
  if (Number.isFinite(value)) return value
  throw new Error(`${column} is "${text}", which is no number.`)
}

/** Adds up the numbers in some columns. */
export const sumIn = (row: ExportRow, columns: readonly string[]): number =>
  columns.reduce((sum, column) => sum + numberIn(row, column), 0)

/** Returns the amount of USD in a column, as nano-USD. */
export const usdIn = (row: ExportRow, column: string): number => nanoUsd(numberIn(row, column))

/** Returns the UTC day that a time in a column begins with. */
export function dayIn(row: ExportRow, column: string): string {
  const text = row[column] ?? ''
  const day = text.slice(0, 10)
  const time = Date.parse(day)
  if (day.length === 10 && !Number.isNaN(time) && new Date(time).toISOString().startsWith(day)) return day
  throw new Error(`${column} is "${text}", which does not begin with a day such as 2026-11-29.`)
}

/**
 * Returns the model in a column.
 * @param grouping What to export by, so that each row is of one model.
 */
export function requireModel(row: ExportRow, column: string, grouping: string): string {
  const model = row[column] ?? ''
  if (model !== '') return model
  throw new Error(`${column} is empty. Export with ${grouping}, so that each row is of one model.`)
}

/** Refuses an amount in another currency than USD. */
export function requireUsd(row: ExportRow, column: string): void {
  const currency = row[column] ?? ''
  if (currency.toLowerCase() !== 'usd') throw new Error(`${column} is "${currency}", and only USD can be compared.`)
}
