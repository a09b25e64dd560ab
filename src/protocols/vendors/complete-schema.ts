import { isObject, type JsonObject } from '../../util/json.ts'
import { mapInnerSchemas } from './inner-schemas.ts'

/**
 * Completes the schema of a function's arguments with what OpenAI requires although it changes no meaning: `type` object, `properties`, and
 * the `items` of arrays ("object schema missing properties", "array schema missing items"). Returns the schema itself where nothing is
 * missing.
 */
export function completeSchema(schema: JsonObject): JsonObject {
  const listed = withItems(withoutNulls(schema))
  const { type, properties } = listed
  const isComposed = composing.some((keyword) => keyword in listed)
  if (isComposed || (type === 'object' ? isObject(properties) : type !== undefined)) return listed
  return { ...listed, type: 'object', properties: properties ?? {} }
}

/** Keywords that already describe the arguments where they are at the top of the schema. */
const composing = ['$ref', 'anyOf', 'oneOf', 'allOf', 'enum', 'const', 'not', 'if']

/** Leaves out the keywords that are null: some serialisers write null for an absent value. */
const withoutNulls = (schema: JsonObject): JsonObject =>
  ['type', 'properties', 'required'].some((keyword) => schema[keyword] === null)
    ? Object.fromEntries(Object.entries(schema).filter(([, value]) => value !== null))
    : schema

function withItems(schema: JsonObject): JsonObject {
  const inside = mapInnerSchemas(schema, withItems)
  const { type, items } = inside
  const isList = type === 'array' || (Array.isArray(type) && type.includes('array'))
  return isList && (items === undefined || items === null) ? { ...inside, items: {} } : inside
}
