import { GatewayError } from '../../canonical/errors.ts'
import type { JsonObject } from '../../util/json.ts'
import { fitSchema, type SchemaDialect } from '../vendors/json-schema-subset.ts'
import { search } from '../../util/pattern.ts'

const formats: ReadonlySet<unknown> = new Set(['date-time', 'uuid', 'date', 'time'])

/** Ranges, lengths and other formats are not enforced. Source: https://docs.cohere.com/docs/structured-outputs */
const dialect: SchemaDialect = {
  closedObjects: false,
  keywords: {
    type: 'keep',
    title: 'keep',
    description: 'keep',
    properties: 'keep',
    required: 'keep',
    additionalProperties: 'drop',
    items: 'keep',
    enum: 'keep',
    const: 'keep',
    anyOf: 'keep',
    oneOf: { as: 'anyOf' },
    $ref: 'keep',
    $defs: 'keep',
    definitions: 'keep',
    $schema: 'drop',
    $id: 'drop',
    $comment: 'drop',
    default: 'describe',
    examples: 'describe',
    pattern: (pattern) =>
      typeof pattern === 'string' && search(/[$^]|\(\?[=!]/, pattern) === null ? 'keep' : 'describe',
    format: (format) => (formats.has(format) ? 'keep' : 'describe'),
    minimum: 'describe',
    maximum: 'describe',
    exclusiveMinimum: 'describe',
    exclusiveMaximum: 'describe',
    multipleOf: 'describe',
    minLength: 'describe',
    maxLength: 'describe',
    minItems: 'describe',
    maxItems: 'describe',
    uniqueItems: 'describe',
  },
}

const place = 'response_format.json_schema.schema'

/** @throws GatewayError that names the keyword, where the vendor could only answer in another shape. */
export function outputSchema(schema: JsonObject, providerName: string): JsonObject {
  const { schema: fitted, refusal } = fitSchema(schema, dialect)
  if (refusal === undefined) return fitted
  const path = [place, ...refusal.path].join('.')
  const message = `${providerName} cannot hold an answer to this.`
  throw new GatewayError('invalid_request', `${path}: ${message}`, { providerName, issues: [{ path, message }] })
}
