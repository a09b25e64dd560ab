import type { SchemaObject } from '../openapi/schema-object.ts'
import { type Markup, markup } from './markup.ts'
import { sentence } from './prose.ts'
import { limitTexts, type Resolve, typeText } from './schema-text.ts'

export interface Wording {
  readonly resolve: Resolve
  /** In requests `null` means absent, so it is not repeated at every field. */
  readonly of: 'request' | 'reply'
}

interface Field {
  readonly name: string
  readonly schema: SchemaObject
  readonly required: boolean
  readonly description?: string
  readonly deprecated?: boolean
}

/** Renders the fields of an object as a table. The fields of nested objects are collapsed below the field that holds them. */
export function fieldsOf({ properties = {}, required = [] }: SchemaObject, wording: Wording): Markup {
  const fields = Object.entries(properties).map(([name, schema]) => ({
    name,
    schema,
    required: required.includes(name),
  }))
  return fieldTable(
    fields.toSorted((a, b) => Number(b.required) - Number(a.required)),
    wording,
  )
}

export const fieldTable = (fields: readonly Field[], wording: Wording): Markup =>
  markup`<table class="fields"><thead><tr><th>Name</th><th>Type</th><th>Meaning</th></tr></thead>
<tbody>${fields.map((field) => fieldRow(field, wording))}</tbody></table>`

function fieldRow({ name, schema, required, ...said }: Field, wording: Wording): Markup {
  const { resolve, of } = wording
  const resolved = resolve(schema)
  const deprecated = said.deprecated ?? resolved.deprecated
  const description = said.description ?? resolved.description ?? describedBranch(resolved, resolve)
  const words = [description, ...new Set(limitTexts(schema, resolve))].filter((text) => text !== undefined)
  const objects = objectsIn(schema, resolve)
  return markup`<tr><td><code>${name}</code>${required && marks[of]}${deprecated && marks.deprecated}</td>
<td>${typeText(schema, resolve, of === 'request')}</td><td>${sentence(words.join(' '))}</td></tr>
${objects.length > 0 && markup`<tr class="nested"><td class="more" colspan="3">${nested(objects, wording)}</td></tr>`}`
}

const marks = {
  request: markup` <span class="mark warn">required</span>`,
  reply: markup` <span class="mark">always</span>`,
  deprecated: markup` <span class="mark warn">deprecated</span>`,
} as const

/** Returns the description of X in "X or null" where X has a name. The field has that description. */
function describedBranch({ anyOf = [] }: SchemaObject, resolve: Resolve): string | undefined {
  const [only, ...others] = anyOf.filter(({ type }) => type !== 'null')
  return only === undefined || others.length > 0 ? undefined : resolve(only).description
}

function nested(objects: readonly SchemaObject[], wording: Wording): Markup {
  const [only, ...others] = objects
  if (only !== undefined && others.length === 0) {
    const name = only.title === undefined ? '' : ` of ${only.title}`
    return markup`<details><summary>Fields${name}</summary>${fieldsOf(only, wording)}</details>`
  }
  const names = objects.map(nameOf).join(', ')
  return markup`<details><summary>${objects.length} kinds: ${names}</summary>
${objects.map((object) => kind(object, wording))}</details>`
}

const kind = (object: SchemaObject, wording: Wording): Markup => markup`<details><summary>${nameOf(object)}</summary>
${object.description !== undefined && markup`<p>${sentence(object.description)}</p>`}
${fieldsOf(object, wording)}</details>`

const nameOf = ({ title = 'object' }: SchemaObject): string => title

/** Returns the objects with known fields that a value of the schema may be or contain. */
function objectsIn(schema: SchemaObject, resolve: Resolve): readonly SchemaObject[] {
  const resolved = resolve(schema)
  if (resolved.anyOf !== undefined) return resolved.anyOf.flatMap((branch) => objectsIn(branch, resolve))
  if (resolved.items !== undefined) return objectsIn(resolved.items, resolve)
  return Object.keys(resolved.properties ?? {}).length > 0 ? [resolved] : []
}
