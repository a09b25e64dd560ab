import { type RecordFields, type RecordOf } from '../../canonical/record-fields.ts'

/** A record as a row: booleans are 0 and 1, since SQLite has no boolean type. */
export type Row<Record> = { readonly [Field in keyof Record]: Record[Field] extends boolean ? number : Record[Field] }

type Value = string | number | boolean | null

/** Turns a row back into its record. */
export function fromRow<Fields extends RecordFields>(fields: Fields, row: Row<RecordOf<Fields>>): RecordOf<Fields>
export function fromRow(fields: RecordFields, row: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, fields[name] === 'boolean' ? value === 1 : value]),
  )
}
