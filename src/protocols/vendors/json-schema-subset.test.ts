import { expect, test } from 'vitest'
import { fitSchema, type SchemaDialect } from './json-schema-subset.ts'

const dialect: SchemaDialect = {
  closedObjects: true,
  keywords: {
    type: 'keep',
    description: 'keep',
    properties: 'keep',
    required: 'keep',
    items: 'keep',
    anyOf: 'keep',
    oneOf: { as: 'anyOf' },
    $defs: 'keep',
    minimum: 'describe',
    minItems: (value) => (value === 1 ? 'keep' : 'describe'),
    $schema: 'drop',
  },
}
const text = { type: 'string' }

test('keeps, says in words, leaves out and renames, at every depth', () => {
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    type: 'object',
    properties: {
      // Names of properties are no keywords.
      not: { type: 'integer', minimum: 3 },
      list: { type: 'array', items: { oneOf: [text, { type: 'number', minimum: 1 }] }, minItems: 2 },
    },
    $defs: { one: { type: 'array', minItems: 1, description: 'Some.' } },
  }
  expect(fitSchema(schema, dialect)).toEqual({
    schema: {
      type: 'object',
      properties: {
        not: { type: 'integer', description: '{minimum: 3}' },
        list: {
          type: 'array',
          items: { anyOf: [text, { type: 'number', description: '{minimum: 1}' }] },
          description: '{minItems: 2}',
        },
      },
      $defs: { one: { type: 'array', minItems: 1, description: 'Some.' } },
      additionalProperties: false,
    },
  })
})

test('what an open object loses when it is closed it need not have had', () => {
  const schema = { type: ['object', 'null'], properties: { a: text }, additionalProperties: true }
  expect(fitSchema(schema, dialect)).toEqual({
    schema: { type: ['object', 'null'], properties: { a: text }, additionalProperties: false },
  })
  expect(fitSchema(schema, { ...dialect, closedObjects: false }).refusal?.path).toEqual(['additionalProperties'])
})

test.each([
  [{ type: 'object', properties: { a: { anyOf: [text, { not: text }] } } }, ['properties', 'a', 'anyOf', '1', 'not']],
  [{ type: 'array', items: { type: 'object', additionalProperties: text } }, ['items', 'additionalProperties']],
  [{ type: 'object' }, ['additionalProperties']],
  [JSON.parse('{"__proto__": {"type": "string"}}'), ['__proto__']],
])('refuses by name: %j', (schema, path) => {
  expect(fitSchema(schema, dialect).refusal?.path).toEqual(path)
})
