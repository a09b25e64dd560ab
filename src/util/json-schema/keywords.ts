import { Format } from 'typebox/format'
import { isObject, type JsonObject } from '../json.ts'
import { canonicalText } from './canonical-text.ts'
import type { Evaluation, Keyword } from './keyword.ts'
import { count, every, not, some, type Truth } from './truth.ts'

const forNumbers =
  (holds: (value: number, bound: number) => Truth): Keyword =>
  (value, bound) =>
    typeof value !== 'number' || (typeof bound === 'number' ? holds(value, bound) : null)

const forTexts =
  (holds: (value: string, operand: unknown, check: Evaluation) => Truth): Keyword =>
  (value, operand, _, check) =>
    typeof value !== 'string' || holds(value, operand, check)

const forLists =
  (holds: (value: readonly unknown[], operand: unknown, schema: JsonObject, check: Evaluation) => Truth): Keyword =>
  (value, operand, schema, check) =>
    !Array.isArray(value) || holds(value, operand, schema, check)

const forObjects =
  (holds: (value: JsonObject, operand: unknown, schema: JsonObject, check: Evaluation) => Truth): Keyword =>
  (value, operand, schema, check) =>
    !isObject(value) || holds(value, operand, schema, check)

const forSize = (holds: (size: number, bound: number) => boolean) => (size: number, bound: unknown) =>
  typeof bound === 'number' ? holds(size, bound) : null
const atLeast = forSize((size, bound) => size >= bound)
const atMost = forSize((size, bound) => size <= bound)

/** A keyword that is not evaluated: a pattern could take for ever, and no keyword sees which items the others have evaluated. */
const unknown: Keyword = () => null

/** `dependencies` of older drafts, which also serves for the two keywords that replaced it. */
const dependencies: Keyword = forObjects((value, operand, _, check) =>
  isObject(operand)
    ? every(keysOf(value, check), (key) => {
        if (!Object.hasOwn(operand, key)) return true
        const needed = operand[key]
        return Array.isArray(needed) ? hasAll(value, needed, check) : check.holds(needed, value)
      })
    : null,
)

/** The keywords in the order in which they are tested: cheap ones first, because the first that fails decides. */
const table: Readonly<Record<string, Keyword>> = {
  type: (value, names, _, check) =>
    Array.isArray(names) ? some(counted(names, check), (name) => isOfType(value, name)) : isOfType(value, names),
  const: (value, operand, _, check) => isSame(value, operand, check),
  enum: (value, options, _, check) =>
    Array.isArray(options) ? some(counted(options, check), (option) => isSame(value, option, check)) : null,

  minimum: forNumbers((value, bound) => value >= bound),
  maximum: forNumbers((value, bound) => value <= bound),
  // In draft 4 these two were booleans that changed the meaning of `minimum` and `maximum`. Those are unknown here.
  exclusiveMinimum: forNumbers((value, bound) => value > bound),
  exclusiveMaximum: forNumbers((value, bound) => value < bound),
  multipleOf: forNumbers((value, divisor) => isMultiple(value, divisor)),

  minLength: forTexts((value, bound, check) => atLeast(lengthOf(value, check), bound)),
  maxLength: forTexts((value, bound, check) => atMost(lengthOf(value, check), bound)),
  format: forTexts((value, name) => hasFormat(value, name)),
  pattern: forTexts(() => null),

  minItems: forLists((value, bound) => atLeast(value.length, bound)),
  maxItems: forLists((value, bound) => atMost(value.length, bound)),
  required: forObjects((value, names, _, check) => (Array.isArray(names) ? hasAll(value, names, check) : null)),
  minProperties: forObjects((value, bound, _, check) => atLeast(keysOf(value, check).length, bound)),
  maxProperties: forObjects((value, bound, _, check) => atMost(keysOf(value, check).length, bound)),

  properties: forObjects((value, schemas, _, check) =>
    isObject(schemas)
      ? every(keysOf(value, check), (key) => !Object.hasOwn(schemas, key) || check.holds(schemas[key], value[key]))
      : null,
  ),
  patternProperties: forObjects((value, _, __, check) => (keysOf(value, check).length === 0 ? true : null)),
  additionalProperties: forObjects((value, operand, { properties, patternProperties }, check) =>
    every(keysOf(value, check), (key) => {
      if (isObject(properties) && Object.hasOwn(properties, key)) return true
      return patternProperties === undefined ? check.holds(operand, value[key]) : null
    }),
  ),
  propertyNames: forObjects((value, names, _, check) => every(keysOf(value, check), (key) => check.holds(names, key))),
  dependentRequired: dependencies,
  dependentSchemas: dependencies,
  dependencies,

  prefixItems: forLists((value, schemas, _, check) => eachByPosition(value, schemas, check)),
  items: forLists((value, items, { prefixItems }, check) => {
    if (Array.isArray(items)) return eachByPosition(value, items, check)
    const first = Array.isArray(prefixItems) ? prefixItems.length : 0
    return every(from(first, value), (item) => check.holds(items, item))
  }),
  additionalItems: forLists((value, operand, { items }, check) =>
    Array.isArray(items) ? every(from(items.length, value), (item) => check.holds(operand, item)) : true,
  ),
  contains: forLists((value, schema, { minContains = 1, maxContains = Infinity }, check) =>
    typeof minContains === 'number' && typeof maxContains === 'number'
      ? count(
          value,
          (item) => check.holds(schema, item),
          (found) => found >= minContains && found <= maxContains,
        )
      : null,
  ),
  uniqueItems: forLists((value, operand, _, check) => {
    if (operand !== true) return operand === false ? true : null
    return new Set(value.map((item) => canonicalText(item, check.budget))).size === value.length
  }),

  $ref: (value, reference, _, check) =>
    typeof reference === 'string' ? check.holds(check.resolve(reference), value) : null,
  if: (value, condition, { then: yes = true, else: no = true }, check) => {
    const truth = check.holds(condition, value)
    return truth === null ? null : check.holds(truth ? yes : no, value)
  },
  not: (value, schema, _, check) => not(check.holds(schema, value)),
  allOf: (value, schemas, _, check) =>
    Array.isArray(schemas) ? every(schemas, (schema) => check.holds(schema, value)) : null,
  anyOf: (value, schemas, _, check) =>
    Array.isArray(schemas) ? some(schemas, (schema) => check.holds(schema, value)) : null,
  oneOf: (value, schemas, _, check) =>
    Array.isArray(schemas)
      ? count(
          schemas,
          (schema) => check.holds(schema, value),
          (found) => found === 1,
        )
      : null,

  unevaluatedItems: forLists(unknown),
  unevaluatedProperties: forObjects(unknown),
  $dynamicRef: unknown,
  $recursiveRef: unknown,
}

/** All keywords that are tested, in order. */
export const keywords: readonly (readonly [name: string, keyword: Keyword])[] = Object.entries(table)

function* counted<T>(items: readonly T[], check: Evaluation): Iterable<T> {
  for (const item of items) {
    check.budget.spend(1)
    yield item
  }
}

function* from<T>(first: number, items: readonly T[]): Iterable<T> {
  for (let index = first; index < items.length; index++) yield items[index] as T
}

function keysOf(value: JsonObject, check: Evaluation): readonly string[] {
  const keys = Object.keys(value)
  check.budget.spend(keys.length)
  return keys
}

const hasAll = (value: JsonObject, names: readonly unknown[], check: Evaluation): Truth =>
  every(counted(names, check), (name) => (typeof name === 'string' ? Object.hasOwn(value, name) : null))

const eachByPosition = (value: readonly unknown[], schemas: unknown, check: Evaluation): Truth =>
  Array.isArray(schemas)
    ? every(value.entries(), ([index, item]) => index >= schemas.length || check.holds(schemas[index], item))
    : null

function isOfType(value: unknown, name: unknown): Truth {
  switch (name) {
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === name
    case 'integer':
      return Number.isInteger(value)
    case 'null':
      return value === null
    case 'array':
      return Array.isArray(value)
    case 'object':
      return isObject(value)
    default:
      return null
  }
}

function isSame(value: unknown, other: unknown, check: Evaluation): boolean {
  if (typeof value !== 'object' || value === null) {
    if (typeof value === 'string') check.budget.spend(value.length >> 8)
    return value === other
  }
  if (typeof other !== 'object' || other === null || Array.isArray(value) !== Array.isArray(other)) return false
  return canonicalText(value, check.budget) === canonicalText(other, check.budget)
}

/** Tells whether a number is a multiple of another, within the error of floating point: 0.3 is a multiple of 0.1. */
function isMultiple(value: number, divisor: number): Truth {
  const quotient = value / divisor
  if (divisor <= 0 || !Number.isFinite(quotient)) return null
  return Math.abs(quotient - Math.round(quotient)) <= Math.abs(quotient) * Number.EPSILON
}

/** Counts characters as JSON Schema does, which is in code points. */
function lengthOf(text: string, check: Evaluation): number {
  check.budget.spend(text.length >> 4)
  let length = 0
  for (let index = 0; index < text.length; index++) {
    length += 1
    if ((text.codePointAt(index) ?? 0) > 0xffff) index += 1
  }
  return length
}

/** The formats that OpenAI's structured outputs support. */
const formats = new Set(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'ipv4', 'ipv6', 'uuid'])
/** No value of these formats is longer. A longer text is not given to the patterns behind them. */
const longestFormatted = 320

function hasFormat(text: string, name: unknown): Truth {
  if (typeof name !== 'string' || !formats.has(name)) return true
  return text.length <= longestFormatted && Format.Test(name, text)
}
