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
 * What Gemini makes of JSON Schema (https://ai.google.dev/api/generate-content, `responseJsonSchema`): the whole may be sent, but
 * only some keywords are heeded. What it does not heed is said in words, since a model reads those.
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

/** The schema in Google's words: whatever draft it was written in, and with every reference leading somewhere. */
export function encodeSchema(schema: JsonObject): JsonObject {
  const encoder = new SchemaEncoder(schema)
  const fitted = fitSchema(encoder.root(), dialect)
  return fitted.refusal === undefined ? fitted.schema : schema
}

/** How many parts of `allOf` are put in the place of references: a few lines could name millions. */
const mostInlined = 500

class SchemaEncoder {
  readonly #schema: JsonObject
  readonly #references: SchemaReferences
  #inlined = 0

  constructor(schema: JsonObject) {
    this.#schema = schema
    this.#references = new SchemaReferences(schema)
  }

  /** At the root there may be no reference: what it leads to stands there instead. */
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
    // Beside a reference Google refuses everything that does not begin with a dollar sign.
    if (typeof $ref === 'string') {
      const renamed = this.#references.rename($ref)
      return renamed === null ? withoutReference(schema) : { $ref: renamed }
    }
    const merged = this.#merged(schema)
    if (merged !== schema) return this.#node(merged)
    return mapInnerSchemas(inCurrentWords(withoutTruths(withoutDefinitions(schema))), this.#node)
  }

  /** Google has no `allOf`: its parts stand in one schema. */
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

/** Words that say nothing about the shape. */
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

/** What both say; where they say it differently, the first counts. */
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

/** They stand at the root, as far as something refers to them. */
function withoutDefinitions(schema: JsonObject): JsonObject {
  if (!('$defs' in schema || 'definitions' in schema)) return schema
  const { $defs: _, definitions: __, ...others } = schema
  return others
}

const asObject = (value: unknown): JsonObject => (isObject(value) ? value : {})

/** What leads out of the schema cannot be looked up; beside it may stand what is known of it. */
function withoutReference(schema: JsonObject): JsonObject {
  const { $ref: _, ...others } = schema
  return others
}

/** In the place of a schema may stand whether there may be anything at all. */
function withoutTruths(schema: JsonObject): JsonObject {
  const { properties } = schema
  if (!isObject(properties) || Object.values(properties).every(isObject)) return schema
  const allowed = Object.entries(properties).flatMap(([name, inner]) =>
    isObject(inner) ? [[name, inner] as const] : inner === true ? [[name, {}] as const] : [],
  )
  return { ...schema, properties: Object.fromEntries(allowed) }
}
