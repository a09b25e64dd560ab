import type { JsonObject } from '../../util/json.ts'
import { fitSchema, type SchemaDialect } from '../vendors/json-schema-subset.ts'

const formats = new Set(['date-time', 'time', 'date', 'duration', 'email', 'hostname', 'uri', 'ipv4', 'ipv6', 'uuid'])
const isPlain = (value: unknown): boolean => value === null || typeof value !== 'object'

/** https://platform.claude.com/docs/en/build-with-claude/structured-outputs, and what Anthropic's own SDK makes of the rest. */
export const enforcedDialect: SchemaDialect = {
  closedObjects: true,
  keywords: {
    type: 'keep',
    title: 'keep',
    description: 'keep',
    default: 'keep',
    enum: (values) => (Array.isArray(values) && values.every(isPlain) ? 'keep' : 'describe'),
    const: (value) => (isPlain(value) ? 'keep' : 'describe'),
    properties: 'keep',
    required: 'keep',
    items: 'keep',
    anyOf: 'keep',
    oneOf: { as: 'anyOf' },
    allOf: 'keep',
    $ref: 'keep',
    $defs: 'keep',
    definitions: 'keep',
    format: (format) => (typeof format === 'string' && formats.has(format) ? 'keep' : 'describe'),
    minItems: (count) => (count === 0 || count === 1 ? 'keep' : 'describe'),
    maxItems: 'describe',
    uniqueItems: 'describe',
    minimum: 'describe',
    maximum: 'describe',
    exclusiveMinimum: 'describe',
    exclusiveMaximum: 'describe',
    multipleOf: 'describe',
    minLength: 'describe',
    maxLength: 'describe',
    pattern: 'describe',
    minProperties: 'describe',
    maxProperties: 'describe',
    examples: 'describe',
    contentEncoding: 'describe',
    contentMediaType: 'describe',
    deprecated: 'drop',
    readOnly: 'drop',
    writeOnly: 'drop',
    $schema: 'drop',
    $id: 'drop',
    $comment: 'drop',
  },
}

/** Returns a schema in the form that Anthropic can enforce; undefined where it cannot. */
export const enforceableSchema = (schema: JsonObject): JsonObject | undefined =>
  fitSchema(schema, enforcedDialect).schema
