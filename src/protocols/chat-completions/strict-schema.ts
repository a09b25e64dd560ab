import { GatewayError } from '../../canonical/errors.ts'
import type { JsonObject } from '../../util/json.ts'
import { fitSchema, type SchemaDialect } from '../vendors/json-schema-subset.ts'

/**
 * Returns a schema in the form that OpenAI takes for strict use. OpenAI itself refuses properties that are not listed in `required`, and
 * names them.
 * @param place Where the schema is in the request.
 * @throws GatewayError that names a keyword which OpenAI does not take.
 */
export function strictSchema(schema: JsonObject, place: string, providerName: string): JsonObject {
  const fitted = fitSchema(schema, strictDialect)
  if (fitted.schema !== undefined) return fitted.schema
  const path = [place, ...fitted.refusal.path].join('.')
  const message = `${providerName} does not take the JSON Schema keyword "${fitted.refusal.path.at(-1)}" where strict is true.`
  throw new GatewayError('invalid_request', `${path}: ${message}`, { providerName, issues: [{ path, message }] })
}

/** https://platform.openai.com/docs/guides/structured-outputs#supported-schemas */
const strictDialect: SchemaDialect = {
  closedObjects: true,
  keywords: {
    type: 'keep',
    title: 'keep',
    description: 'keep',
    enum: 'keep',
    const: 'keep',
    properties: 'keep',
    required: 'keep',
    items: 'keep',
    anyOf: 'keep',
    // At most one of several alternatives that exclude each other is valid anyway.
    oneOf: { as: 'anyOf' },
    $ref: 'keep',
    $defs: 'keep',
    definitions: 'keep',
    pattern: 'keep',
    format: 'keep',
    multipleOf: 'keep',
    minimum: 'keep',
    maximum: 'keep',
    exclusiveMinimum: 'keep',
    exclusiveMaximum: 'keep',
    minItems: 'keep',
    maxItems: 'keep',
    minLength: 'describe',
    maxLength: 'describe',
    uniqueItems: 'describe',
    minProperties: 'describe',
    maxProperties: 'describe',
    default: 'describe',
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
