import { isObject, type JsonObject } from '../../util/json.ts'
import { fitSchema, type SchemaDialect } from '../vendors/json-schema-subset.ts'

/**
 * What Gemini makes of JSON Schema (https://ai.google.dev/api/generate-content, `responseJsonSchema`): the whole may be sent, but
 * only some keywords are heeded. What it does not heed is said in words, since a model reads those.
 */
const dialect: SchemaDialect = {
  keywords: {
    $schema: 'drop',
    const: { as: 'enum', listed: true },
    default: 'describe',
    examples: 'describe',
    minLength: 'describe',
    maxLength: 'describe',
    pattern: 'describe',
    exclusiveMinimum: 'describe',
    exclusiveMaximum: 'describe',
    multipleOf: 'describe',
    uniqueItems: 'describe',
    minProperties: 'describe',
    maxProperties: 'describe',
  },
  others: 'keep',
  closedObjects: false,
}

export function encodeSchema(schema: JsonObject): JsonObject {
  const fitted = fitSchema(bareReferences(schema), dialect)
  return fitted.refusal === undefined ? fitted.schema : schema
}

/** Beside a `$ref` Gemini refuses everything that does not begin with a dollar sign. */
function bareReferences(schema: JsonObject): JsonObject {
  const isReference = typeof schema['$ref'] === 'string'
  const entries = Object.entries(schema).filter(([keyword]) => !isReference || keyword.startsWith('$'))
  return Object.fromEntries(entries.map(([keyword, value]) => [keyword, bareInside(value)]))
}

function bareInside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bareInside)
  return isObject(value) ? bareReferences(value) : value
}
