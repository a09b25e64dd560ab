import { type RecordFields, type RecordOf } from '../../canonical/record-fields.ts'

/** A record as a row: booleans are 0 and 1, since SQLite has no boolean type. */
export type Row<Record> = { readonly [Field in keyof Record]: Record[Field] extends boolean ? number : Record[Field] }

type Value = string | number | boolean | null

/** Turns a record into the values of a row, in the order of the fields. */
export const toRow = <Fields extends RecordFields>(
  record: RecordOf<Fields>,
  names: readonly (keyof Fields)[],
): readonly (string | number | null)[] =>
  names.map((name) => {
    const value: Value = record[name]
    if (typeof value === 'string') return storable(value)
    return typeof value === 'boolean' ? Number(value) : value
  })

/** Replaces what PostgreSQL stores in no text: the character 0, and halves of characters. Callers may send both. */
export const storable = (text: string): string => text.replaceAll('\0', '\uFFFD').toWellFormed()

/** Turns a row back into its record. */
export function fromRow<Fields extends RecordFields>(fields: Fields, row: Row<RecordOf<Fields>>): RecordOf<Fields>
export function fromRow(fields: RecordFields, row: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, fields[name] === 'boolean' ? value === 1 : value]),
  )
}
