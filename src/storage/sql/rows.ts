import { type RecordFields, type RecordOf } from '../../canonical/record-fields.ts'

/** A record as a row: booleans are 0 and 1, since SQLite has no boolean type. */
export type Row<Record> = { readonly [Field in keyof Record]: Cell<Record[Field]> }

type Cell<Value> = Value extends boolean ? number : Value

type Value = string | number | boolean | null

/** Turns a row back into its record. */
export function fromRow<Fields extends RecordFields>(fields: Fields, row: Row<RecordOf<Fields>>): RecordOf<Fields>
export function fromRow(fields: RecordFields, row: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, isBoolean(fields[name]) && value !== null ? value === 1 : value]),
  )
}

const isBoolean = (type: RecordFields[string] | undefined): boolean => type === 'boolean' || type === 'boolean?'

/** Turns some fields of a record into the columns of its row. */
export function toColumns<Fields extends RecordFields, Names extends keyof Fields>(
  fields: Pick<RecordOf<Fields>, Names>,
): Pick<Row<RecordOf<Fields>>, Names>
export function toColumns<Fields extends RecordFields>(
  fields: Partial<RecordOf<Fields>>,
): Partial<Row<RecordOf<Fields>>>
export function toColumns(fields: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [name, typeof value === 'boolean' ? Number(value) : value]),
  )
}
