import { arrayOf, isObject, type JsonObject, numberOf } from '../../util/json.ts'

/** Replaces keywords in one node of a schema by those of JSON Schema that Google knows, where an older or other keyword means the same. */
export const inCurrentWords = (schema: JsonObject): JsonObject =>
  [withPrefixItems, withoutConst, withPlainEnum, withNull, withInclusiveBounds, withKnownRequired].reduce(
    (node, change) => change(node),
    schema,
  )

/** Translates tuples: until draft 2019-09 a list of fixed places was written as `items`, and its rest as `additionalItems`. */
function withPrefixItems(schema: JsonObject): JsonObject {
  const { additionalItems, items, ...others } = schema
  if (!Array.isArray(items)) {
    const isPlain = typeof items !== 'boolean'
    if (isPlain && additionalItems === undefined) return schema
    return isPlain && items !== undefined ? { ...others, items } : others
  }
  const prefixed = { ...others, prefixItems: items.map((item) => (isObject(item) ? item : {})) }
  if (additionalItems === false) return { ...prefixed, maxItems: numberOf(schema['maxItems']) ?? items.length }
  return isObject(additionalItems) ? { ...prefixed, items: additionalItems } : prefixed
}

function withoutConst(schema: JsonObject): JsonObject {
  if (!('const' in schema)) return schema
  const { const: only, ...others } = schema
  return { ...others, enum: [only] }
}

/**
 * Keeps only strings and numbers in `enum`, as Google does. Null becomes a type. Where a boolean or any other value is listed, the whole
 * list moves to the description.
 */
function withPlainEnum(schema: JsonObject): JsonObject {
  const values = schema['enum']
  if (!Array.isArray(values)) return schema
  const plain = values.filter((value) => typeof value === 'string' || typeof value === 'number')
  const { enum: _, ...others } = schema
  if (plain.length === values.length) return schema
  const types = values.includes(null) ? { type: [...typesOf(schema, plain), 'null'] } : {}
  const odd = values.filter((value) => value !== null && typeof value !== 'string' && typeof value !== 'number')
  if (odd.length > 0) return described({ ...others, ...booleanType(schema, values), ...types }, 'enum', values)
  return plain.length === 0 ? { ...others, type: 'null' } : { ...others, ...types, enum: plain }
}

const booleanType = ({ type }: JsonObject, values: readonly unknown[]): JsonObject =>
  type === undefined && values.every((value) => typeof value === 'boolean') ? { type: 'boolean' } : {}

function typesOf({ type }: JsonObject, plain: readonly unknown[]): readonly unknown[] {
  if (Array.isArray(type)) return type.filter((one) => one !== 'null')
  if (typeof type === 'string') return type === 'null' ? [] : [type]
  return [...new Set(plain.map((value) => typeof value))]
}

/** Translates `nullable` of OpenAPI. */
function withNull(schema: JsonObject): JsonObject {
  if (!('nullable' in schema)) return schema
  const { nullable, ...others } = schema
  const { type } = others
  if (nullable !== true || type === undefined) return others
  const types = Array.isArray(type) ? type : [type]
  return types.includes('null') ? others : { ...others, type: [...types, 'null'] }
}

/**
 * Translates exclusive bounds of integers to inclusive ones, which differ by one. Those of other numbers stay here, and are described in
 * words later.
 */
function withInclusiveBounds(schema: JsonObject): JsonObject {
  if (schema['type'] !== 'integer') return schema
  const above = integerOf(schema['exclusiveMinimum'])
  const below = integerOf(schema['exclusiveMaximum'])
  if (above === undefined && below === undefined) return schema
  const { exclusiveMinimum, exclusiveMaximum, ...others } = schema
  const least = numberOf(schema['minimum']) ?? -Infinity
  const most = numberOf(schema['maximum']) ?? Infinity
  return {
    ...others,
    ...(above === undefined
      ? exclusiveMinimum !== undefined && { exclusiveMinimum }
      : { minimum: Math.max(least, above + 1) }),
    ...(below === undefined
      ? exclusiveMaximum !== undefined && { exclusiveMaximum }
      : { maximum: Math.min(most, below - 1) }),
  }
}

const integerOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) ? value : undefined

/** "required[0]: property is not defined". */
function withKnownRequired(schema: JsonObject): JsonObject {
  const { required, properties } = schema
  if (required === undefined) return schema
  const { required: _, ...others } = schema
  const known = isObject(properties)
    ? arrayOf(required).filter((name) => typeof name === 'string' && Object.hasOwn(properties, name))
    : []
  return known.length === 0 ? others : { ...schema, required: known }
}

/** Adds to the description what no keyword can express. */
function described(schema: JsonObject, keyword: string, value: unknown): JsonObject {
  const description = typeof schema['description'] === 'string' ? `${schema['description']}\n\n` : ''
  return { ...schema, description: `${description}{${keyword}: ${JSON.stringify(value)}}` }
}
