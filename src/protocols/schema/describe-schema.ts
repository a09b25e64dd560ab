import { concerns, jsonType, type JsonSchema } from './json-schema.ts'
import { fullMatch } from '../../util/pattern.ts'

const nouns: Readonly<Record<string, string>> = {
  null: 'null',
  boolean: 'a boolean',
  number: 'a number',
  integer: 'an integer',
  string: 'a string',
  array: 'an array',
  object: 'an object',
}

function describeRange({ type = '', minimum, maximum }: JsonSchema): string {
  if (minimum === undefined) return `${nouns[type]}${maximum === undefined ? '' : ` of at most ${maximum}`}`
  return maximum === undefined
    ? `${nouns[type]} of at least ${minimum}`
    : `${nouns[type]} from ${minimum} to ${maximum}`
}

function describeLength({ minLength = 0, maxLength }: JsonSchema): string {
  if (maxLength !== undefined) {
    return minLength === 0
      ? `a string of at most ${maxLength} characters`
      : `a string of ${minLength} to ${maxLength} characters`
  }
  if (minLength > 1) return `a string of at least ${minLength} characters`
  return minLength === 0 ? 'a string' : 'a non-empty string'
}

/** Formats a list of options for a sentence: `"a"`, `"a" or "b"`, `one of "a", "b", "c"`. */
export function oneOf(options: readonly unknown[]): string {
  const quoted = options.map((option) => JSON.stringify(option))
  return quoted.length > 2 ? `one of ${quoted.join(', ')}` : quoted.join(' or ')
}

/** Describes what a schema requires, as the words after "must be". Null is left out: it only means absent. */
export function describe(schema: JsonSchema): string {
  if (schema['x-expects'] !== undefined) return schema['x-expects']
  if (schema.const !== undefined) return oneOf([schema.const])
  if (schema.enum) return oneOf(schema.enum)
  if (schema.anyOf) {
    const kinds = schema.anyOf.filter((branch) => branch.type !== 'null').map(describe)
    return [...new Set(kinds)].join(' or ')
  }
  if (schema.type === 'number' || schema.type === 'integer') return describeRange(schema)
  if (schema.type === 'string') return describeLength(schema)
  return nouns[schema.type ?? ''] ?? 'valid'
}

function isEnumeration(schema: JsonSchema): boolean {
  return schema.enum !== undefined || schema.const !== undefined || (schema.anyOf ?? []).some(isEnumeration)
}

/**
 * Describes the value that came instead. The value itself is shown only in a field that cannot hold content or a secret: a field of listed
 * values, or one that is not text. A text is shown only where it looks like such a value.
 */
export function describeValue(schema: JsonSchema, value: unknown): string {
  const isListed = isEnumeration(schema)
  const isPlain = typeof value === 'number' || typeof value === 'boolean'
  if (isPlain && (isListed || !concerns(schema, ''))) return String(value)
  if (isListed && typeof value === 'string' && fullMatch(/^[\w.:/-]{1,40}$/, value) !== null)
    return JSON.stringify(value)
  return nouns[jsonType(value)] ?? 'something else'
}
