import { arrayOf, isObject, type JsonObject } from '../../util/json.ts'
import { mapInnerSchemas } from '../vendors/inner-schemas.ts'
import { fitSchema, type SchemaDialect } from '../vendors/json-schema-subset.ts'
import { inCurrentWords } from './current-words.ts'
import { hasReferences, SchemaReferences } from './schema-references.ts'

const unheeded =
  `default examples example minLength maxLength pattern exclusiveMinimum exclusiveMaximum multipleOf uniqueItems minProperties
  maxProperties patternProperties propertyNames dependencies dependentRequired dependentSchemas contains minContains maxContains not if then
  else contentEncoding contentMediaType`.split(/\s+/)

/**
 * How Gemini treats JSON Schema (https://ai.google.dev/api/generate-content, `responseJsonSchema`): a request may contain all of it, but
 * only some keywords have an effect. Those without effect move to the description, since a model reads it.
 */
const dialect: SchemaDialect = {
  keywords: {
    $schema: 'drop',
    $id: 'drop',
    id: (value) => (typeof value === 'string' ? 'drop' : 'keep'),
    $comment: 'drop',
    deprecated: 'drop',
    readOnly: 'drop',
    writeOnly: 'drop',
    ...Object.fromEntries(unheeded.map((keyword) => [keyword, 'describe'] as const)),
  },
  others: 'keep',
  closedObjects: false,
}

/** Translates a schema of any draft to Google's dialect, in which every reference has a target. */
export function encodeSchema(schema: JsonObject): JsonObject {
  const encoder = new SchemaEncoder(schema)
  const fitted = fitSchema(encoder.root(), dialect)
  return fitted.refusal === undefined ? fitted.schema : schema
}

/** How many references in parts of `allOf` are replaced by their targets: a schema of a few lines could refer to millions. */
const mostInlined = 500

class SchemaEncoder {
  readonly #schema: JsonObject
  readonly #references: SchemaReferences
  #inlined = 0

  constructor(schema: JsonObject) {
    this.#schema = schema
    this.#references = new SchemaReferences(schema)
  }

  /** Returns the root of the schema. It may not be a reference in Google's dialect, so the target of a reference replaces it. */
  root(): JsonObject {
    const root = this.#node(this.#atRoot(withoutDefinitions(this.#schema)))
    if (!hasReferences(root)) return root
    const definitions: Record<string, unknown> = {}
    for (const [name, target] of this.#references.definitions()) definitions[name] = this.#node(target)
    return { ...root, $defs: definitions }
  }

  #atRoot(schema: JsonObject): JsonObject {
    const seen = new Set<string>()
    let { $ref, ...root } = schema
    while (typeof $ref === 'string' && !seen.has($ref)) {
      seen.add($ref)
      const target: JsonObject = this.#references.target($ref) ?? {}
      const { $ref: next, ...found } = withoutDefinitions(target)
      root = { ...found, ...root }
      $ref = next
    }
    return root
  }

  readonly #node = (schema: JsonObject): JsonObject => {
    const { $ref } = schema
    // Beside a reference Google refuses every keyword that does not begin with a dollar sign.
    if (typeof $ref === 'string') {
      const renamed = this.#references.rename($ref)
      return renamed === null ? withoutReference(schema) : { $ref: renamed }
    }
    const merged = this.#merged(schema)
    if (merged !== schema) return this.#node(merged)
    return mapInnerSchemas(inCurrentWords(withoutTruths(withoutDefinitions(schema))), this.#node)
  }

  /** Merges the parts of `allOf`, which Google does not have, into one schema. */
  #merged(schema: JsonObject): JsonObject {
    if (schema['allOf'] === undefined) return schema
    const { allOf, ...others } = schema
    const parts = arrayOf(allOf).filter(isObject)
    const [only] = parts
    const saysMore = Object.keys(others).some((keyword) => !aboutOnly.has(keyword))
    if (parts.length === 1 && only !== undefined && typeof only['$ref'] === 'string' && !saysMore) return only
    return parts.map((part) => this.#inline(part)).reduce(join, others)
  }

  #inline(part: JsonObject): JsonObject {
    const { $ref, ...others } = part
    if (typeof $ref !== 'string') return part
    if (this.#inlined++ >= mostInlined) return others
    return { ...this.#references.target($ref), ...others }
  }
}

/** Keywords that do not change the shape. */
const aboutOnly = new Set([
  'title',
  'description',
  'default',
  'examples',
  'example',
  '$comment',
  'deprecated',
  'nullable',
])

/** Merges two schemas. Where they differ in a keyword, the first counts. */
function join(one: JsonObject, other: JsonObject): JsonObject {
  const properties = { ...asObject(other['properties']), ...asObject(one['properties']) }
  const required = [...new Set([...arrayOf(one['required']), ...arrayOf(other['required'])])]
  const allOf = [...arrayOf(one['allOf']), ...arrayOf(other['allOf'])]
  return {
    ...other,
    ...one,
    ...(Object.keys(properties).length > 0 && { properties }),
    ...(required.length > 0 && { required }),
    ...(allOf.length > 0 && { allOf }),
  }
}

/** Leaves out the definitions: those that are referred to are added at the root. */
function withoutDefinitions(schema: JsonObject): JsonObject {
  if (!('$defs' in schema || 'definitions' in schema)) return schema
  const { $defs: _, definitions: __, ...others } = schema
  return others
}

const asObject = (value: unknown): JsonObject => (isObject(value) ? value : {})

/** Leaves out a reference to another document, which cannot be looked up; the keywords beside it stay. */
function withoutReference(schema: JsonObject): JsonObject {
  const { $ref: _, ...others } = schema
  return others
}

/**
 * Replaces the properties whose schema is a boolean, as JSON Schema allows: `true` becomes an empty schema, and a property with `false` is
 * left out.
 */
function withoutTruths(schema: JsonObject): JsonObject {
  const { properties } = schema
  if (!isObject(properties) || Object.values(properties).every(isObject)) return schema
  const allowed = Object.entries(properties).flatMap(([name, inner]) =>
    isObject(inner) ? [[name, inner] as const] : inner === true ? [[name, {}] as const] : [],
  )
  return { ...schema, properties: Object.fromEntries(allowed) }
}
