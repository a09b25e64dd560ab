/** The types of the fields of a record. A field with `?` may also be null. */
interface FieldTypes {
  readonly text: string
  readonly integer: number
  readonly boolean: boolean
  readonly 'text?': string | null
  readonly 'integer?': number | null
  readonly 'boolean?': boolean | null
}

/** The fields of a kind of record, in the order of their columns. */
export type RecordFields = Readonly<Record<string, keyof FieldTypes>>

/** A record that has these fields. */
export type RecordOf<Fields extends RecordFields> = { readonly [Name in keyof Fields]: FieldTypes[Fields[Name]] }

/** Lists the names of the fields. */
export const fieldNames = <Fields extends object>(fields: Fields): readonly (keyof Fields & string)[] =>
  Object.keys(fields).filter((name): name is keyof Fields & string => Object.hasOwn(fields, name))
