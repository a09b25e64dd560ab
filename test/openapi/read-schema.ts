import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from '../../src/util/json.ts'

/** What a `$ref` of the document points at. Throws when there is nothing. */
export function pointedAt(document: unknown, reference: string): JsonObject {
  const found = reference
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((place, key) => objectOf(place)?.[key], document)
  if (!isObject(found)) throw new Error(`${reference} points at nothing.`)
  return found
}

/** The schema with every reference replaced by what it points at. `closed`: an object has no property that is not described. */
export function dereference(document: unknown, schema: unknown, closed = false): unknown {
  if (Array.isArray(schema)) return schema.map((item) => dereference(document, item, closed))
  if (!isObject(schema)) return schema
  const reference = stringOf(schema['$ref'])
  if (reference !== undefined) return dereference(document, pointedAt(document, reference), closed)
  const inner = Object.fromEntries(
    Object.entries(schema).map(([key, value]) => [key, dereference(document, value, closed)]),
  )
  const isOpen = schema['properties'] === undefined || schema['additionalProperties'] !== undefined
  return closed && !isOpen ? { ...inner, additionalProperties: false } : inner
}

/** The branches of a schema: itself, or those of its union. */
function branches(document: unknown, schema: unknown): readonly JsonObject[] {
  const resolved = objectOf(dereferenceOnce(document, schema)) ?? {}
  const inner = [...arrayOf(resolved['anyOf']), ...arrayOf(resolved['oneOf'])]
  return inner.length === 0 ? [resolved] : inner.flatMap((branch) => branches(document, branch))
}

function dereferenceOnce(document: unknown, schema: unknown): unknown {
  const reference = stringOf(objectOf(schema)?.['$ref'])
  return reference === undefined ? schema : pointedAt(document, reference)
}

/**
 * The schemas at a path below a schema, branches of unions apart: `messages[]<user>.content[]<text>.text`, where `[]` is an item
 * of a list and `<word>` an object whose `type` or `role` may be that word.
 */
export function schemasAt(document: unknown, schema: unknown, path: string): readonly JsonObject[] {
  let places = branches(document, schema)
  for (const [step, name, tag] of path.matchAll(/\.?([\w-]+)|<([\w-]+)>|\[\]/g)) {
    if (tag !== undefined) places = places.filter((place) => wordsOf(document, place).includes(tag))
    else {
      const below = places.map((place) =>
        step === '[]' ? place['items'] : objectOf(place['properties'])?.[name ?? ''],
      )
      places = below.filter((found) => found !== undefined).flatMap((found) => branches(document, found))
    }
  }
  return places
}

function wordsOf(document: unknown, place: JsonObject): readonly unknown[] {
  const properties = objectOf(place['properties'])
  return branches(document, properties?.['role'] ?? properties?.['type']).flatMap(valuesOf)
}

/** The listed values of a schema. The published documents spell one as `{value}`. */
export function valuesOf(schema: JsonObject): readonly unknown[] {
  const listed = schema['const'] === undefined ? arrayOf(schema['enum']) : [schema['const']]
  return listed.map((value) => (isObject(value) ? value['value'] : value))
}

/** The JSON types of a schema; a whole number counts as a number. */
export function typesOf(schema: JsonObject): readonly string[] {
  const types = [schema['type']].flat()
  return types.filter((type) => typeof type === 'string').map((type) => (type === 'integer' ? 'number' : type))
}
