import { BadAsk } from './ask.ts'
import { asArray, asInteger, isObject, type JsonObject } from './json.ts'
import { simulatedText } from './simulated-text.ts'

const nesting = 32

/** One example in the making. */
interface Making {
  /** Where local `$ref`s start. */
  readonly root: unknown
  readonly most: number
  /** Characters that it may still take. */
  left: number
}

/**
 * A value that satisfies a simple JSON Schema: const, enum, default, anyOf/oneOf/allOf (its first member), local $ref, object,
 * array, string, number, integer, boolean, null. Every property that is named is given, required or not.
 * @param most About how many characters of JSON it may take.
 * @throws BadAsk when the schema asks for more: a few bytes of schema can ask for gigabytes.
 */
export function schemaExample(schema: unknown, most: number): unknown {
  return example(schema, { root: schema, most, left: most }, 0)
}

function example(schema: unknown, making: Making, depth: number): unknown {
  take(making, 1)
  if (!isObject(schema) || depth > nesting) return null
  if ('const' in schema) return given(schema['const'], making)
  if ('default' in schema) return given(schema['default'], making)
  const [firstValue] = asArray(schema['enum'])
  if (firstValue !== undefined) return given(firstValue, making)
  const inner = referenced(schema, making) ?? asArray(schema['anyOf'] ?? schema['oneOf'] ?? schema['allOf'])[0]
  if (inner !== undefined) return example(inner, making, depth + 1)
  switch (typeOf(schema)) {
    case 'object':
      return objectExample(schema, making, depth)
    case 'array':
      return arrayExample(schema, making, depth)
    case 'number':
    case 'integer':
      return numberExample(schema)
    case 'boolean':
      return true
    case 'null':
      return null
    default:
      return stringExample(schema, making)
  }
}

/** Before the characters are made. */
function take(making: Making, characters: number): void {
  making.left -= characters
  if (making.left >= 0) return
  throw new BadAsk(
    `The schema asks for a value of more than ${making.most} characters, which the simulator does not make. ` +
      'Lower minItems, minLength or the number of required properties.',
  )
}

function given(value: unknown, making: Making): unknown {
  take(making, JSON.stringify(value).length)
  return value
}

function typeOf(schema: JsonObject): unknown {
  const type = Array.isArray(schema['type']) ? schema['type'][0] : schema['type']
  return type ?? ('properties' in schema ? 'object' : 'items' in schema ? 'array' : 'string')
}

function referenced(schema: JsonObject, making: Making): unknown {
  const reference = schema['$ref']
  if (typeof reference !== 'string' || !reference.startsWith('#')) return undefined
  take(making, reference.length)
  const keys = reference.split('/').slice(1)
  return keys.reduce<unknown>((place, key) => (isObject(place) ? place[key] : undefined), making.root)
}

function objectExample(schema: JsonObject, making: Making, depth: number): JsonObject {
  const properties = isObject(schema['properties']) ? schema['properties'] : {}
  const required = new Set(asArray(schema['required']).filter((name) => typeof name === 'string'))
  const names = [...required.union(new Set(Object.keys(properties)))]
  take(making, names.join('').length + names.length)
  return Object.fromEntries(
    names
      // A type that contains itself ends where nothing more is required.
      .filter((name) => depth < 4 || required.has(name))
      .map((name) => [name, example(properties[name] ?? { type: 'string' }, making, depth + 1)]),
  )
}

function arrayExample(schema: JsonObject, making: Making, depth: number): readonly unknown[] {
  const length = Math.max(1, asInteger(schema['minItems']) ?? 1)
  take(making, length)
  return Array.from({ length }, () => example(schema['items'] ?? { type: 'string' }, making, depth + 1))
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

function stringExample(schema: JsonObject, making: Making): string {
  const formatted = formats[String(schema['format'])]
  const least = asInteger(schema['minLength']) ?? 0
  const words = typeof formatted === 'string' ? formatted : simulatedText(2)
  take(making, Math.max(words.length, least))
  if (typeof formatted === 'string') return formatted
  const text = words.padEnd(least, '.')
  return text.slice(0, asInteger(schema['maxLength']) ?? text.length)
}
