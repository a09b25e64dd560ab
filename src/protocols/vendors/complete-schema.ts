import { isObject, type JsonObject } from '../../util/json.ts'
import { mapInnerSchemas } from './inner-schemas.ts'

/**
 * The schema of a function's arguments with what OpenAI demands to be said although it changes no meaning: that they are an object, its
 * `properties`, and the `items` of lists ("object schema missing properties", "array schema missing items"). The schema itself where
 * nothing is lacking.
 */
export function completeSchema(schema: JsonObject): JsonObject {
  const listed = withItems(withoutNulls(schema))
  const { type, properties } = listed
  const isComposed = composing.some((keyword) => keyword in listed)
  if (isComposed || (type === 'object' ? isObject(properties) : type !== undefined)) return listed
  return { ...listed, type: 'object', properties: properties ?? {} }
}

/** Where one of these stands at the top, it says what the arguments are. */
const composing = ['$ref', 'anyOf', 'oneOf', 'allOf', 'enum', 'const', 'not', 'if']

/** Serialisers write null for what is not there. */
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
