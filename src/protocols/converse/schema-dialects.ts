import type { JsonObject } from '../../util/json.ts'
import type { SchemaDialect } from '../vendors/json-schema-subset.ts'

const formats: ReadonlySet<unknown> = new Set([
  'date-time',
  'time',
  'date',
  'duration',
  'email',
  'hostname',
  'uri',
  'ipv4',
  'ipv6',
  'uuid',
])

/**
 * The keywords that structured outputs enforce. Read 2026-11-20 at
 * https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html
 */
export const enforcedSchema: SchemaDialect = {
  closedObjects: true,
  keywords: {
    type: 'keep',
    properties: 'keep',
    required: 'keep',
    items: 'keep',
    enum: 'keep',
    const: 'keep',
    anyOf: 'keep',
    allOf: 'keep',
    oneOf: { as: 'anyOf' },
    $ref: 'keep',
    $defs: 'keep',
    definitions: 'keep',
    title: 'keep',
    description: 'keep',
    default: 'keep',
    minItems: (value) => (value === 0 || value === 1 ? 'keep' : 'describe'),
    format: (value) => (formats.has(value) ? 'keep' : 'describe'),
    pattern: 'describe',
    minLength: 'describe',
    maxLength: 'describe',
    maxItems: 'describe',
    uniqueItems: 'describe',
    minimum: 'describe',
    maximum: 'describe',
    exclusiveMinimum: 'describe',
    exclusiveMaximum: 'describe',
    multipleOf: 'describe',
    examples: 'describe',
    $schema: 'drop',
    $id: 'drop',
    $comment: 'drop',
  },
}

const topWords: ReadonlySet<string> = new Set(['$schema', 'title', 'description', 'additionalProperties'])

/** Removes keywords at the top of a tool's schema that do not change its shape: Nova takes little more than properties there. */
export const withoutTopWords = (schema: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(schema).filter(([keyword]) => !topWords.has(keyword)))
