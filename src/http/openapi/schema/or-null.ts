import { Type, type TNull, type TSchema, type TUnion } from 'typebox'

/** A field of a reply that is always there and may be unknown. */
export const orNull = <Schema extends TSchema>(schema: Schema): TUnion<[Schema, TNull]> =>
  Type.Union([schema, Type.Null()])
