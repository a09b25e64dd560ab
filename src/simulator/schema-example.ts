import { asArray, asInteger, isObject, type JsonObject } from './json.ts'
import { InvalidRequest } from './parsed-request.ts'
import { simulatedText } from './simulated-text.ts'

const nesting = 32

/** The state of one example while it is created. */
interface ExampleState {
  /** The root that local `$ref`s start from. */
  readonly root: unknown
  readonly most: number
  /** The number of characters that the example may still use. */
  left: number
}

/**
 * Creates a value that satisfies a simple JSON Schema: const, enum, default, anyOf/oneOf/allOf (its first member), local $ref, object,
 * array, string, number, integer, boolean, null. It contains every property that the schema names, required or not.
 * @param most The approximate limit, in characters of JSON.
 * @throws InvalidRequest when the schema asks for more: a few bytes of schema can ask for gigabytes.
 */
export function schemaExample(schema: unknown, most: number): unknown {
  return example(schema, { root: schema, most, left: most }, 0)
}

function example(schema: unknown, state: ExampleState, depth: number): unknown {
  take(state, 1)
  if (!isObject(schema) || depth > nesting) return null
  if ('const' in schema) return given(schema['const'], state)
  if ('default' in schema) return given(schema['default'], state)
  const [firstValue] = asArray(schema['enum'])
  if (firstValue !== undefined) return given(firstValue, state)
  const inner = referenced(schema, state) ?? asArray(schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf'])[0]
  if (inner !== undefined) return example(inner, state, depth + 1)
  switch (typeOf(schema)) {
    case 'object':
      return objectExample(schema, state, depth)
    case 'array':
      return arrayExample(schema, state, depth)
    case 'number':
    case 'integer':
      return numberExample(schema)
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return stringExample(schema, state)
  }
}

/** Subtracts characters from the limit, before they are created. */
function take(state: ExampleState, characters: number): void {
  state.left -= characters
  if (state.left >= 0) return
  throw new InvalidRequest(
    `The schema asks for a value of more than ${state.most} characters, which the simulator does not make. ` +
      'Lower minItems, minLength or the number of required properties.',
  )
}

function given(value: unknown, state: ExampleState): unknown {
  take(state, JSON.stringify(value).length)
  return value
}

function typeOf(schema: JsonObject): unknown {
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type']
  return type ?? ('properties' in schema ? 'object' : 'items' in schema ? 'array' : 'string')
}

function referenced(schema: JsonObject, state: ExampleState): unknown {
  const reference = schema['$ref']
  if (typeof reference !== 'string' || !reference.startsWith('#')) return undefined
  take(state, reference.length)
  const keys = reference.split('/').slice(1)
  return keys.reduce<unknown>((place, key) => (isObject(place) ? place[key] : undefined), state.root)
}

function objectExample(schema: JsonObject, state: ExampleState, depth: number): JsonObject {
  const properties = isObject(schema['properties']) ? schema['properties'] : {}
  const required = new Set(asArray(schema['required']).filter((name) => typeof name === 'string'))
  const names = [...required.union(new Set(Object.keys(properties)))]
  take(state, names.join('').length + names.length)
  return Object.fromEntries(
    names
      // A recursive type ends at the depth where nothing more is required.
      .filter((name) => depth < 4 || required.has(name))
      .map((name) => [name, example(properties[name] ?? { type: 'string' }, state, depth + 1)]),
  )
}

function arrayExample(schema: JsonObject, state: ExampleState, depth: number): readonly unknown[] {
  const length = Math.max(1, asInteger(schema['minItems']) ?? 1)
  take(state, length)
  return Array.from({ length }, () => example(schema['items'] ?? { type: 'string' }, state, depth + 1))
}

function numberExample(schema: JsonObject): number {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema
  if (typeof minimum === 'number') return Math.ceil(minimum)
  if (typeof exclusiveMinimum === 'number') return Math.floor(exclusiveMinimum) + 1
  if (typeof maximum === 'number') return Math.min(7, Math.floor(maximum))
  if (typeof exclusiveMaximum === 'number') return Math.min(7, Math.ceil(exclusiveMaximum) - 1)
  return 7
}

const formats: JsonObject = {
  date: '2026-01-01',
  'date-time': '2026-01-01T00:00:00Z',
  time: '00:00:00Z',
  email: 'river@example.com',
  uri: 'https://example.com/',
  uuid: '00000000-0000-4000-8000-000000000000',
}

function stringExample(schema: JsonObject, state: ExampleState): string {
  const formatted = formats[String(schema['format'])]
  const least = asInteger(schema['minLength']) ?? 0
  const words = typeof formatted === 'string' ? formatted : simulatedText(2)
  take(state, Math.max(words.length, least))
  if (typeof formatted === 'string') return formatted
  const text = words.padEnd(least, '.')
  return text.slice(0, asInteger(schema['maxLength']) ?? text.length)
}
