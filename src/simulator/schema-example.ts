import { asArray, asInteger, isObject, type JsonObject } from './json.ts'
import { simulatedText } from './simulated-text.ts'

const nesting = 32

/**
 * A value that satisfies a simple JSON Schema: const, enum, default, anyOf/oneOf/allOf (its first member), local $ref, object,
 * array, string, number, integer, boolean, null. Every property that is named is given, required or not.
 */
export function schemaExample(schema: unknown, root: unknown = schema, depth = 0): unknown {
  if (!isObject(schema) || depth > nesting) return null
  if ('const' in schema) return schema['const']
  if ('default' in schema) return schema['default']
  const [firstValue] = asArray(schema['enum'])
  if (firstValue !== undefined) return firstValue
  const inner = referenced(schema, root) ?? asArray(schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf'])[0]
  if (inner !== undefined) return schemaExample(inner, root, depth + 1)
  switch (typeOf(schema)) {
    case 'object':
      return objectExample(schema, root, depth)
    case 'array':
      return Array.from({ length: Math.max(1, asInteger(schema['minItems']) ?? 1) }, () =>
        schemaExample(schema['items'] ?? { type: 'string' }, root, depth + 1),
      )
    case 'number':
    case 'integer':
      return numberExample(schema)
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return stringExample(schema)
  }
}

function typeOf(schema: JsonObject): unknown {
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type']
  return type ?? ('properties' in schema ? 'object' : 'items' in schema ? 'array' : 'string')
}

function referenced(schema: JsonObject, root: unknown): unknown {
  const reference = schema['$ref']
  if (typeof reference !== 'string' || !reference.startsWith('#')) return undefined
  const keys = reference.split('/').slice(1)
  return keys.reduce<unknown>((place, key) => (isObject(place) ? place[key] : undefined), root)
}

function objectExample(schema: JsonObject, root: unknown, depth: number): JsonObject {
  const properties = isObject(schema['properties']) ? schema['properties'] : {}
  const required = asArray(schema['required']).filter((name) => typeof name === 'string')
  const names = new Set([...required, ...Object.keys(properties)])
  return Object.fromEntries(
    [...names]
      // A type that contains itself ends where nothing more is required.
      .filter((name) => depth < 4 || required.includes(name))
      .map((name) => [name, schemaExample(properties[name] ?? { type: 'string' }, root, depth + 1)]),
  )
}

function numberExample(schema: JsonObject): number {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema
  if (typeof minimum === 'number') return Math.ceil(minimum)
  if (typeof exclusiveMinimum === 'number') return Math.floor(exclusiveMinimum) + 1
  if (typeof maximum === 'number') return Math.min(7, Math.floor(maximum))
  if (typeof exclusiveMaximum === 'number') return Math.min(7, Math.ceil(exclusiveMaximum) - 1)
  return 7
}

function stringExample(schema: JsonObject): string {
  const formats: JsonObject = {
    date: '2026-01-01',
    'date-time': '2026-01-01T00:00:00Z',
    time: '00:00:00Z',
    email: 'river@example.com',
    uri: 'https://example.com/',
    uuid: '00000000-0000-4000-8000-000000000000',
  }
  const formatted = formats[String(schema['format'])]
  if (typeof formatted === 'string') return formatted
  const text = simulatedText(2).padEnd(asInteger(schema['minLength']) ?? 0, '.')
  return text.slice(0, asInteger(schema['maxLength']) ?? text.length)
}
