import { attemptFields, feeFields } from '../../canonical/generation-record.ts'
import { fieldNames } from '../../canonical/record-fields.ts'
import { type KeptGeneration, keptFields, type RecordText } from '../../canonical/record-text.ts'

/** A table that generations are written to. */
export interface RecordTable {
  readonly table: string
  /** The columns, which are also the fields of what is written. */
  readonly columns: readonly string[]
  /** The items of a generation that have rows here, in order. */
  readonly items: (generation: KeptGeneration) => readonly object[]
}

/** The table of the generations themselves. A generation whose id is there is not written again, and adds nothing to other tables. */
export const generationTable: RecordTable = {
  table: 'generation',
  columns: fieldNames(keptFields),
  items: (generation) => [generation],
}

/** The tables of what belongs to a generation. */
export const partTables: readonly RecordTable[] = [
  { table: 'generationAttempt', columns: fieldNames(attemptFields), items: ({ attempts }) => attempts },
  { table: 'generationFee', columns: fieldNames(feeFields), items: ({ fees }) => fees },
]

/** What PostgreSQL stores in no text, as JSON writes it: the character 0, and halves of characters. Callers may send both. */
const unstorable = /\\u(?:0000|d[89a-f])/

/** Reads the texts of records. What cannot be stored in every database is replaced in all. */
export function readRecords(texts: readonly RecordText[]): readonly KeptGeneration[] {
  const text = `[${texts.join()}]`
  if (!unstorable.test(text)) return JSON.parse(text)
  return JSON.parse(text, (_, value: unknown) => (typeof value === 'string' ? storable(value) : value))
}

/** Replaces what cannot be stored in every database. */
export const storable = (text: string): string => text.replaceAll('\0', '\uFFFD').toWellFormed()

/** Returns the values of a row. A field that is absent is null, and booleans are 0 and 1, since SQLite has no boolean type. */
export const valuesOf = (item: object, columns: readonly string[]): (string | number | null)[] => {
  const fields: Readonly<Record<string, unknown>> = { ...item }
  return columns.map((column) => {
    const value = fields[column] ?? null
    if (typeof value === 'boolean') return Number(value)
    if (value === null || typeof value === 'string' || typeof value === 'number') return value
    throw new TypeError(`The column ${column} takes text, numbers and null, not a value of type ${typeof value}.`)
  })
}
