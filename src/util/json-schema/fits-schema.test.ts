import * as fc from 'fast-check'
import { Check } from 'typebox/schema'
import { describe, expect, test } from 'vitest'
import type { JsonObject } from '../json.ts'
import { fitsSchema, schemaSteps } from './fits-schema.ts'

const fits = (value: unknown, schema: JsonObject) => fitsSchema(value, schema, schemaSteps())

/** Steps that a check took, out of those there are. */
function stepsOf(value: unknown, schema: JsonObject): number {
  const budget = schemaSteps()
  const before = budget.left
  fitsSchema(value, schema, budget)
  return before - budget.left
}

/** `a0` is two `a1`, `a1` two `a2`, …: 2^depth checks of one value. */
function doubling(depth: number, keyword: string): JsonObject {
  const level = (index: number) => ({ [keyword]: [ref(index + 1), ref(index + 1)] })
  const ref = (index: number) => ({ $ref: `#/$defs/a${index}` })
  const levels = Array.from({ length: depth }, (_, index) => [`a${index}`, level(index)])
  return { ...ref(0), $defs: { ...Object.fromEntries(levels), [`a${depth}`]: { type: 'object' } } }
}

describe('every step is counted', () => {
  const most = schemaSteps().left

  test('references that double: four times the work at two levels more, and nothing is found out where it is too much', () => {
    expect(fits({}, doubling(8, 'allOf'))).toBe(true)
    const [few, more] = [stepsOf({}, doubling(6, 'allOf')), stepsOf({}, doubling(8, 'allOf'))]
    expect(more / few).toBeCloseTo(4, 0)
    for (const keyword of ['allOf', 'oneOf']) {
      for (const depth of [18, 40, 400]) expect(fits({}, doubling(depth, keyword)), `${keyword} ${depth}`).toBe(null)
    }
  })

  const longText = 'x'.repeat(90_000)
  const manyItems = Array.from({ length: 30_000 }, (_, index) => index)
  const manyKeys = Object.fromEntries(manyItems.map((index) => [`k${index}`, index]))
  const times = (count: number, schema: unknown) => Array.from({ length: count }, () => schema)
  test.each<[name: string, value: unknown, schema: JsonObject]>([
    ['a reference to itself', 1, { $ref: '#' }],
    [
      'two references to each other',
      1,
      { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } },
    ],
    ['a long text, measured again and again', longText, { allOf: times(20_000, { minLength: 80_000 }) }],
    ['a list, sorted out again and again', manyItems, { allOf: times(20_000, { uniqueItems: true }) }],
    ['a list and a long enumeration', manyItems, { items: { enum: times(1_000_000, 'x') } }],
    ['a list, compared again and again', manyItems, { enum: times(20_000, [...manyItems, 1]) }],
    ['many keys, looked at again and again', manyKeys, { allOf: times(20_000, { additionalProperties: true }) }],
    ['many keys, counted again and again', manyKeys, { anyOf: times(20_000, { maxProperties: 2 }) }],
    ['a long list of what is required', manyKeys, { required: times(1_000_000, 'k1') }],
    ['a long reference', 1, { allOf: times(1_000, { $ref: `#/${'a/'.repeat(20_000)}` }) }],
    ['a tree that is looked at twice at each level', tree(12), treeSchema()],
  ])('%s', (_, value, schema) => {
    const budget = schemaSteps()
    expect(fitsSchema(value, schema, budget)).toBe(null)
    // What was begun when they ran out was of a size that the value bounds.
    expect(most - budget.left).toBeLessThan(2 * most)
  })

  test('one budget for all answers of a call', () => {
    const budget = schemaSteps()
    const schema = doubling(12, 'allOf')
    const verdicts = Array.from({ length: 20 }, () => fitsSchema({}, schema, budget))
    expect(verdicts[0]).toBe(true)
    expect(verdicts.at(-1)).toBe(null)
  })

  test('what an answer of the longest usual kind takes leaves room', () => {
    const keys = Array.from({ length: 10 }, (_, index) => `property_${index}`)
    const item = {
      type: 'object',
      properties: Object.fromEntries(keys.map((key) => [key, { type: ['string', 'null'], maxLength: 100 }])),
      required: keys,
      additionalProperties: false,
    }
    const items = Array.from({ length: 400 }, () => Object.fromEntries(keys.map((key) => [key, 'some words'])))
    expect(JSON.stringify(items).length).toBeGreaterThan(100_000)
    expect(fits(items, { type: 'array', items: item })).toBe(true)
  })

  test('an answer that nests deeper than any stack', () => {
    const deep: unknown = JSON.parse('['.repeat(50_000) + ']'.repeat(50_000))
    expect(fits(deep, { items: { $ref: '#' } })).toBe(null)
    expect(fits([deep, deep], { uniqueItems: true })).toBe(null)
    expect(fits(deep, { type: 'array' })).toBe(true)
  })
})

function tree(depth: number): unknown {
  return depth === 0 ? {} : { child: tree(depth - 1) }
}

/** Two schemas at each level, each of which looks at the child by both. */
function treeSchema(): JsonObject {
  const node = {
    allOf: [{ properties: { child: { $ref: '#/$defs/n' } } }, { properties: { child: { $ref: '#/$defs/n' } } }],
  }
  return { $ref: '#/$defs/n', $defs: { n: { allOf: [node, node, node, node] } } }
}

describe('an unknown result is neither good nor bad', () => {
  test.each<[value: unknown, schema: JsonObject, verdict: boolean | null]>([
    ['abc', { pattern: '^(a+)+$' }, null],
    [1, { pattern: '^(a+)+$' }, true],
    [1, { type: 'string', pattern: 'a' }, false],
    [{ a: 1 }, { patternProperties: { a: {} } }, null],
    [{ a: 1 }, { properties: { a: { type: 'string' } }, patternProperties: { b: {} } }, false],
    ['a', { anyOf: [{ pattern: 'b' }, { const: 'a' }] }, true],
    ['a', { anyOf: [{ pattern: 'b' }, { const: 'b' }] }, null],
    ['a', { oneOf: [{ pattern: 'b' }, { const: 'a' }] }, null],
    ['a', { oneOf: [{ pattern: 'b' }, { const: 'a' }, { type: 'string' }] }, false],
    ['a', { not: { pattern: 'b' } }, null],
    ['a', { if: { pattern: 'b' }, else: false }, null],
    [{ a: 1 }, { unevaluatedProperties: false }, null],
    [1, { $ref: 'https://example.com/schema' }, null],
    [1, { $ref: '#/$defs/nowhere' }, null],
    [1, { $ref: '#named' }, null],
    [1, { $dynamicRef: '#x' }, null],
    [1, { type: 'whatever' }, null],
    [1, { type: 5 }, null],
    [1, { minimum: '3' }, null],
    [1, { allOf: [{ minimum: '3' }, { maximum: 0 }] }, false],
    [1, { allOf: 'x' }, null],
    [1, { allOf: [7] }, null],
    ['a@example.com', { format: 'email' }, true],
    ['a', { format: 'email' }, false],
    ['a', { format: 'made-up' }, true],
    [0.3, { multipleOf: 0.1 }, true],
    [0.35, { multipleOf: 0.1 }, false],
    [1, { definitions: { 'a/b~c d': { type: 'string' } }, $ref: '#/definitions/a~1b~0c%20d' }, false],
  ])('%j held to %j: %s', (value, schema, verdict) => {
    expect(fits(value, schema)).toBe(verdict)
  })

  test('no pattern is given a long text', () => {
    expect(fits(`${'a'.repeat(1_000_000)}@example.com`, { format: 'email' })).toBe(false)
  })

  test('without a schema everything fits', () => {
    expect(fitsSchema(1, undefined, schemaSteps())).toBe(true)
  })
})

/** Small numbers and texts, so that values and schemas often meet. */
const scalar = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer({ min: -2, max: 4 }),
  fc.constantFrom('', 'a', 'b', 'ab', '𝒳'),
)
const key = fc.constantFrom('a', 'b', 'c')
const { value: anyValue } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 3 }),
  ),
}))
const size = fc.integer({ min: 0, max: 3 })
const typeName = fc.constantFrom('null', 'boolean', 'integer', 'number', 'string', 'array', 'object')
const { schema: anySchema } = fc.letrec<{ schema: JsonObject | boolean }>((tie) => {
  const schemas = fc.array(tie('schema'), { minLength: 1, maxLength: 3 })
  const named = fc.dictionary(key, tie('schema'), { maxKeys: 3 })
  return {
    schema: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.boolean(),
      fc.record({ type: fc.oneof(typeName, fc.uniqueArray(typeName, { minLength: 1, maxLength: 3 })) }),
      fc.record(
        {
          const: anyValue,
          enum: fc.array(anyValue, { minLength: 1, maxLength: 3 }),
          minimum: fc.integer({ min: -2, max: 3 }),
          exclusiveMaximum: fc.integer({ min: -2, max: 3 }),
          multipleOf: fc.integer({ min: 1, max: 3 }),
          minLength: size,
          maxLength: size,
          minItems: size,
          maxItems: size,
          uniqueItems: fc.boolean(),
          minProperties: size,
          maxProperties: size,
          required: fc.uniqueArray(key, { maxLength: 2 }),
        },
        { requiredKeys: [] },
      ),
      fc.record(
        {
          properties: named,
          additionalProperties: tie('schema'),
          propertyNames: tie('schema'),
          dependentRequired: fc.dictionary(key, fc.uniqueArray(key, { maxLength: 2 }), { maxKeys: 2 }),
          dependentSchemas: named,
          prefixItems: schemas,
          items: tie('schema'),
          contains: tie('schema'),
        },
        { requiredKeys: [] },
      ),
      fc.record(
        {
          allOf: schemas,
          anyOf: schemas,
          oneOf: schemas,
          not: tie('schema'),
          if: tie('schema'),
          // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
          then: tie('schema'),
          else: tie('schema'),
        },
        { requiredKeys: [] },
      ),
      fc.record({ $ref: fc.constantFrom('#/$defs/a', '#/$defs/b') }),
    ),
  }
})

test('agrees with a validator that supports all of JSON Schema', () => {
  const rooted = fc.record({ schema: anySchema, definitions: fc.record({ a: anySchema, b: anySchema }) })
  fc.assert(
    fc.property(rooted, anyValue, ({ schema, definitions }, value) => {
      // References to each other would have no end.
      const flat = JSON.parse(JSON.stringify(definitions).replaceAll('"$ref":"#/$defs/', '"title":"'))
      const root = { allOf: [schema], $defs: flat }
      expect(fits(value, root)).toBe(Check(root, value))
    }),
    { numRuns: 3_000 },
  )
})
