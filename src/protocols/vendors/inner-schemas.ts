import { isObject, type JsonObject } from '../../util/json.ts'

/** The keywords of JSON Schema that hold schemas: by name, in a list, and single ones. `items` was a list until draft 2019-09. */
export const schemaMaps: ReadonlySet<string> = new Set([
  'properties',
  '$defs',
  'definitions',
  'patternProperties',
  'dependentSchemas',
])
export const schemaLists: ReadonlySet<string> = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems'])
export const singleSchemas: ReadonlySet<string> = new Set([
  'items',
  'not',
  'contains',
  'additionalProperties',
  'additionalItems',
  'propertyNames',
  'if',
  'then',
  'else',
])

type Change = (inner: JsonObject) => JsonObject

/** Applies a change to each schema that is directly inside a schema. Returns the schema itself where nothing changed. */
export function mapInnerSchemas(schema: JsonObject, change: Change): JsonObject {
  let changed: Record<string, unknown> | null = null
  for (const [keyword, value] of Object.entries(schema)) {
    const next = changedValue(keyword, value, change)
    if (next !== value) (changed ??= { ...schema })[keyword] = next
  }
  return changed ?? schema
}

function changedValue(keyword: string, value: unknown, change: Change): unknown {
  if (Array.isArray(value)) {
    return schemaLists.has(keyword) || keyword === 'items' ? changedList(value, change) : value
  }
  if (!isObject(value)) return value
  if (singleSchemas.has(keyword)) return change(value)
  return schemaMaps.has(keyword) ? changedMap(value, change) : value
}

function changedList(list: readonly unknown[], change: Change): readonly unknown[] {
  const next = list.map((inner) => (isObject(inner) ? change(inner) : inner))
  return next.every((inner, index) => inner === list[index]) ? list : next
}

function changedMap(map: JsonObject, change: Change): JsonObject {
  const next = Object.entries(map).map(([name, inner]) => [name, isObject(inner) ? change(inner) : inner] as const)
  return next.every(([name, inner]) => inner === map[name]) ? map : Object.fromEntries(next)
}
