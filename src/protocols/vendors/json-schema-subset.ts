import { isObject, type JsonObject } from '../../util/json.ts'
import { schemaLists, schemaMaps, singleSchemas } from './inner-schemas.ts'

/**
 * What is done with a keyword: it is kept, described in words in the description, left out, or renamed, perhaps with its value in a list.
 */
type Treatment = 'keep' | 'describe' | 'drop' | { readonly as: string; readonly listed?: true }

/** The part of JSON Schema that one vendor takes. */
export interface SchemaDialect {
  /** A function decides by the value. */
  readonly keywords: Readonly<Record<string, Treatment | ((value: unknown) => Treatment)>>
  /** What becomes of keywords that are not listed. Absent: they are refused. */
  readonly others?: Treatment
  /** Whether objects must have `additionalProperties: false`. */
  readonly closedObjects: boolean
}

/** The first keyword in a schema that a dialect cannot express. */
export interface SchemaRefusal {
  /** Keys from the root, e.g. `['properties', 'age', 'not']`. The last is the keyword. */
  readonly path: readonly string[]
}

type Fitted =
  | { readonly schema: JsonObject; readonly refusal?: undefined }
  | { readonly schema?: undefined; readonly refusal: SchemaRefusal }

/**
 * Translates a schema to a vendor's dialect. Keywords that only move into the description are not enforced by the vendor, but a model reads
 * them. A keyword that cannot be left out without changing the shape of the answer is refused. Closing an object only narrows the schema:
 * whatever is valid afterwards was valid before.
 */
export function fitSchema(schema: JsonObject, dialect: SchemaDialect): Fitted {
  try {
    return { schema: fitObject(schema, dialect, []) }
  } catch (thrown) {
    if (thrown instanceof Refused) return { refusal: { path: thrown.path } }
    throw thrown
  }
}

class Refused extends Error {
  readonly path: readonly string[]

  constructor(path: readonly string[]) {
    super(path.join('.'))
    this.path = path
  }
}

function fitObject(schema: JsonObject, dialect: SchemaDialect, path: readonly string[]): JsonObject {
  const fitted: Record<string, unknown> = {}
  const said: string[] = []
  for (const [keyword, value] of Object.entries(schema)) {
    if (dialect.closedObjects && keyword === 'additionalProperties') continue
    const rule = Object.hasOwn(dialect.keywords, keyword) ? dialect.keywords[keyword] : dialect.others
    if (rule === undefined) throw new Refused([...path, keyword])
    const treatment = typeof rule === 'function' ? rule(value) : rule
    if (treatment === 'describe') said.push(`${keyword}: ${JSON.stringify(value)}`)
    if (treatment === 'keep') fitted[keyword] = fitValue(keyword, value, dialect, path)
    if (typeof treatment === 'object') {
      fitted[treatment.as] = treatment.listed === true ? [value] : fitValue(keyword, value, dialect, path)
    }
  }
  if (said.length > 0) {
    const description = typeof fitted['description'] === 'string' ? `${fitted['description']}\n\n` : ''
    fitted['description'] = `${description}{${said.join(', ')}}`
  }
  if (dialect.closedObjects && describesObject(schema)) {
    // An object without named properties could only be empty once it is closed.
    const open = isObject(schema['additionalProperties']) || !isObject(schema['properties'])
    if (open && schema['additionalProperties'] !== false) throw new Refused([...path, 'additionalProperties'])
    fitted['additionalProperties'] = false
  }
  return fitted
}

const describesObject = ({ type, properties }: JsonObject): boolean =>
  isObject(properties) || type === 'object' || (Array.isArray(type) && type.includes('object'))

function fitValue(keyword: string, value: unknown, dialect: SchemaDialect, path: readonly string[]): unknown {
  const below = [...path, keyword]
  const fit = (inner: unknown, key: string): unknown =>
    isObject(inner) ? fitObject(inner, dialect, [...below, key]) : inner
  if (schemaMaps.has(keyword) && isObject(value)) {
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, fit(inner, name)]))
  }
  if (schemaLists.has(keyword) && Array.isArray(value)) return value.map((inner, index) => fit(inner, String(index)))
  return singleSchemas.has(keyword) && isObject(value) ? fitObject(value, dialect, below) : value
}
