import { Type, type TNull, type TSchema, type TUnion } from 'typebox'

/** Creates the schema of a field that is always present and may be unknown. */
export const orNull = <Schema extends TSchema>(schema: Schema): TUnion<[Schema, TNull]> =>
  Type.Union([schema, Type.Null()])
