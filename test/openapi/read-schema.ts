import { arrayOf, isObject, type JsonObject, objectOf, stringOf } from '../../src/util/json.ts'

/** Returns the target of a `$ref` of the document. Throws when there is none. */
export function pointedAt(document: unknown, reference: string): JsonObject {
  const found = reference
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((place, key) => objectOf(place)?.[key], document)
  if (!isObject(found)) throw new Error(`${reference} points at nothing.`)
  return found
}

/** Returns the schema with every reference replaced by its target. With `closed`, an object has no property that is not described. */
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

/** Returns the branches of a schema: itself, or those of its union. */
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
 * Returns the schemas at a path below a schema, with the branches of unions separate: `messages[]<user>.content[]<text>.text`, where `[]`
 * is an item of a list and `<word>` an object whose `type` or `role` may be that word.
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

/** Returns the listed values of a schema. The published documents write one as `{value}`. */
export function valuesOf(schema: JsonObject): readonly unknown[] {
  const listed = schema['const'] === undefined ? arrayOf(schema['enum']) : [schema['const']]
  return listed.map((value) => (isObject(value) ? value['value'] : value))
}

/** Returns the JSON types of a schema. An integer counts as a number. */
export function typesOf(schema: JsonObject): readonly string[] {
  const types = [schema['type']].flat()
  return types.filter((type) => typeof type === 'string').map((type) => (type === 'integer' ? 'number' : type))
}
