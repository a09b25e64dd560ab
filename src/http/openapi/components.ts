import { isDeepStrictEqual } from 'node:util'
import type { SchemaObject } from './schema-object.ts'

/** A schema as it is written in this repository. `x-expects` is only for the gateway's own error messages. */
type WrittenSchema = SchemaObject & { readonly 'x-expects'?: string }

export interface Components {
  /** The schemas by name, in the order of first use. */
  readonly schemas: Readonly<Record<string, SchemaObject>>
  /** Returns the schema as it stands in the document: a schema with a title becomes a component, and the result is a reference to it. */
  reference(schema: WrittenSchema): SchemaObject
}

/** Creates a collection of the named schemas of a document. */
export function createComponents(): Components {
  const schemas: Record<string, SchemaObject> = {}
  const reference = (schema: WrittenSchema): SchemaObject => {
    const converted = convert(schema, reference)
    const { title } = schema
    if (title === undefined) return converted
    const known = (schemas[title] ??= converted)
    if (!isDeepStrictEqual(known, converted)) throw new Error(`Two different schemas are called ${title}.`)
    return { $ref: `#/components/schemas/${title}` }
  }
  return { schemas, reference }
}

type Convert = (schema: WrittenSchema) => SchemaObject

function convert(schema: WrittenSchema, reference: Convert): SchemaObject {
  const { anyOf, properties, items, additionalProperties, 'x-expects': expects, ...rest } = schema
  const plain = {
    ...(schema.enum?.every((option) => typeof option === 'string') && { type: 'string' }),
    ...rest,
    ...(expects !== undefined &&
      schema.description === undefined && { description: `${expects.charAt(0).toUpperCase()}${expects.slice(1)}.` }),
  }
  if (anyOf !== undefined) return union(anyOf.map(reference), plain)
  return {
    ...plain,
    ...(properties !== undefined && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, reference(value)])),
    }),
    ...(items !== undefined && { items: reference(items) }),
    ...(additionalProperties !== undefined && {
      additionalProperties:
        typeof additionalProperties === 'boolean' ? additionalProperties : reference(additionalProperties),
    }),
  }
}

/** Writes "X or null" as one schema where that is possible, because readers and generators show it better than a union of two. */
function union(branches: readonly SchemaObject[], plain: SchemaObject): SchemaObject {
  const [only, ...others] = branches.filter(({ type }) => type !== 'null')
  if (only === undefined || others.length > 0 || branches.length === 1) return { ...plain, anyOf: branches }
  if (only.anyOf !== undefined) return { ...only, ...plain, anyOf: [...only.anyOf, { type: 'null' }] }
  if (typeof only.type !== 'string' || only.const !== undefined) return { ...plain, anyOf: branches }
  return {
    ...only,
    ...plain,
    type: [only.type, 'null'],
    ...(only.enum !== undefined && { enum: [...only.enum, null] }),
  }
}
