/** The keywords of JSON Schema that our wire schemas are made of, as explaining a failure reads them. */
export interface JsonSchema {
  readonly title?: string
  readonly type?: string
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly JsonSchema[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: JsonSchema | boolean
  readonly propertyNames?: JsonSchema
  readonly maxProperties?: number
  readonly items?: JsonSchema
  readonly minItems?: number
  readonly maxItems?: number
  readonly minimum?: number
  readonly maximum?: number
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  /** The description of what was expected, where the keywords do not describe it well. */
  readonly 'x-expects'?: string
  /** The whole message about a text that the pattern does not match. The schemas that the configuration shares have it. */
  readonly patternErrorMessage?: string
  /** TypeBox's hook for a rule that has no keyword. */
  readonly '~refine'?: readonly { check(value: unknown): boolean; error(value: unknown): string }[]
}

type JsonType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object'

export function jsonType(value: unknown): JsonType {
  if (value === null || value === undefined) return 'null'
  if (Array.isArray(value)) return 'array'
  const type = typeof value
  return type === 'boolean' || type === 'number' || type === 'string' ? type : 'object'
}

/** Tells whether a value has at least the type that a schema describes, so that an explanation of the schema's rules helps. */
export function concerns(schema: JsonSchema, value: unknown): boolean {
  if (schema.anyOf) return schema.anyOf.some((branch) => concerns(branch, value))
  if (schema.enum) return schema.enum.some((option) => typeof option === typeof value)
  if (schema.type === undefined) return true
  return jsonType(value) === (schema.type === 'integer' ? 'number' : schema.type)
}

export function isJsonObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return jsonType(value) === 'object'
}
