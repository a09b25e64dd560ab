import { Type, type TNull, type TOptional, type TSchema, type TUnion } from 'typebox'

/**
 * Makes the schema of an optional field of a request. An explicit null means absent, also where the published schema is not nullable
 * (contract §0.7 and §10.47): many clients serialise what they did not set as null.
 */
export function nullish<Schema extends TSchema>(schema: Schema): TOptional<TUnion<[Schema, TNull]>> {
  return Type.Optional(Type.Union([schema, Type.Null()]))
}
