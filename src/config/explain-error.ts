import type { TLocalizedValidationError } from 'typebox/error'
import { didYouMean } from './suggest.ts'

/** The part of the schema that failed, as plain data. */
export type Keywords = Readonly<Record<string, unknown>>

/**
 * Returns what would be correct, according to the schema. The text does not contain the value, which may be secret, except in suggestions.
 */
export function explainError(error: TLocalizedValidationError, schema: Keywords, value: unknown): string {
  switch (error.keyword) {
    case 'type':
      return `must be ${describe(schema)}, not ${kindOf(value)}.${error.params.type === 'string' && isBare(value) ? ' Put it in quotes.' : ''}`
    case 'enum':
      return oneOf(error.params.allowedValues.map(String), value)
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
      return `must be ${range(schema)}.`
    case 'minLength':
      return error.params.limit === 1 ? 'must not be empty.' : `must have at least ${error.params.limit} characters.`
    case 'maxLength':
      return `must have at most ${error.params.limit} characters.`
    case 'pattern':
      return `${String(schema['patternErrorMessage'])}.`
    case 'minItems':
      return 'must have at least one entry.'
    case 'uniqueItems':
      return 'must not have the same entry twice.'
    case 'anyOf':
      return `must be ${describe(schema)}.`
    default:
      return `${error.message}.`
  }
}

export function explainUnknownKey(key: string, schema: Keywords): string {
  const known = Object.keys(schema['properties'] ?? {})
  return `unknown key.${didYouMean(key, known) || ` Known here: ${known.join(', ')}.`}`
}

export function explainBadName(schema: Keywords): string {
  return `this name ${String(Object(schema['propertyNames']).patternErrorMessage)}.`
}

function oneOf(allowed: readonly string[], value: unknown): string {
  const choices = allowed.length === 1 ? `must be ${allowed[0]}.` : `must be one of ${allowed.join(', ')}.`
  return typeof value === 'string' ? choices + didYouMean(value, allowed) : choices
}

const descriptions: Readonly<Record<string, string>> = {
  object: 'a map of keys',
  array: 'a list',
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'null',
}

function describe(schema: Keywords): string {
  if (Array.isArray(schema['anyOf'])) return schema['anyOf'].map(describe).join(' or ')
  if ('const' in schema) return String(schema['const'])
  if (Array.isArray(schema['enum'])) return `one of ${schema['enum'].map(String).join(', ')}`
  return `${descriptions[String(schema['type'])]}${'minimum' in schema ? ` ${range(schema)}` : ''}`
}

function range({ minimum, exclusiveMinimum, maximum }: Keywords): string {
  const most = Number(maximum)
  return exclusiveMinimum === undefined
    ? `between ${Number(minimum)} and ${most}`
    : `above ${Number(exclusiveMinimum)} and at most ${most}`
}

/** Whether YAML parsed an unquoted text as another type than the operator meant. */
function isBare(value: unknown): boolean {
  return typeof value === 'number' || typeof value === 'boolean'
}

function kindOf(value: unknown): string {
  if (value === null) return 'nothing'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'number')
    return Number.isFinite(value) ? (Number.isInteger(value) ? 'a number' : 'a fraction') : 'NaN or infinity'
  return descriptions[typeof value] ?? 'nothing'
}
