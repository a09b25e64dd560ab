import { Check } from 'typebox/schema'
import type { Issue } from '../../canonical/errors.ts'
import { describe, describeValue, oneOf } from './describe-schema.ts'
import { concerns, isJsonObject, type JsonSchema } from './json-schema.ts'
import { fullMatch } from '../../util/pattern.ts'

const maximumIssues = 20

/** Explaining a failure is slower than finding it: a hostile body gets this many values looked at, about 0.2 s. */
const maximumVisits = 200_000

/** The fields that tell the members of a union apart, in our protocols. */
const discriminators = ['role', 'type', 'id']

interface Walk {
  readonly issues: Issue[]
  visits: number
}

/**
 * Says what is wrong with a value that failed its schema, in the words of the one rule that was broken: a union is
 * explained by the branch that the value claims to be, never by all of them.
 */
export function explain(schema: JsonSchema, value: unknown): readonly Issue[] {
  const walk: Walk = { issues: [], visits: 0 }
  visit(walk, schema, value, '')
  if (walk.issues.length === 0)
    report(walk, '', `does not match its schema, somewhere after the first ${walk.visits} values`)
  return walk.issues
}

const isDone = (walk: Walk): boolean => walk.issues.length >= maximumIssues || walk.visits >= maximumVisits

function report(walk: Walk, path: string, message: string): void {
  if (walk.issues.length < maximumIssues) walk.issues.push({ path, message })
}

function reportMismatch(walk: Walk, schema: JsonSchema, value: unknown, path: string): void {
  if (schema.patternErrorMessage !== undefined && hasLengthOf(schema, value)) {
    return report(walk, path, schema.patternErrorMessage)
  }
  const got = describeValue(schema, value)
  // "must be a string of at most 256 characters, got a string" would help nobody.
  const saysNothing = got === 'a string' && concerns(schema, value)
  report(walk, path, `must be ${describe(schema)}${saysNothing ? '' : `, got ${got}`}`)
}

/** Whether the value is a text whose length fits, so that it is the pattern which is not met. */
const hasLengthOf = ({ minLength = 0, maxLength = Infinity }: JsonSchema, value: unknown): boolean =>
  Check({ type: 'string', minLength, maxLength }, value)

function visit(walk: Walk, schema: JsonSchema, value: unknown, path: string): void {
  walk.visits += 1
  if (isDone(walk)) return
  if (schema.anyOf) visitUnion(walk, schema, schema.anyOf, value, path)
  else if (schema.type === 'object' && isJsonObject(value)) visitObject(walk, schema, value, path)
  else if (schema.type === 'array' && Array.isArray(value)) visitArray(walk, schema, value, path)
  else if (!Check(schema, value)) reportMismatch(walk, schema, value, path)
}

/** Says that there are more items or keys than may be, or null. No item is looked at. */
export function explainExcess(
  { maxItems = Infinity, maxProperties = Infinity }: Pick<JsonSchema, 'maxItems' | 'maxProperties'>,
  value: unknown,
): string | null {
  if (Array.isArray(value)) {
    return value.length > maxItems ? `must have at most ${maxItems} items, got ${value.length}` : null
  }
  const keys = maxProperties < Infinity && isJsonObject(value) ? Object.keys(value).length : 0
  return keys > maxProperties ? `must have at most ${maxProperties} keys, got ${keys}` : null
}

function visitArray(walk: Walk, schema: JsonSchema, items: readonly unknown[], path: string): void {
  const { minItems = 0 } = schema
  if (items.length < minItems) report(walk, path, 'must not be empty')
  const excess = explainExcess(schema, items)
  if (excess !== null) return report(walk, path, excess)
  for (let index = 0; schema.items && index < items.length && !isDone(walk); index++) {
    visit(walk, schema.items, items[index], `${path}[${index}]`)
  }
}

function visitObject(walk: Walk, schema: JsonSchema, object: Readonly<Record<string, unknown>>, path: string): void {
  const before = walk.issues.length
  const { properties = {}, required = [], additionalProperties } = schema
  const wrong = discriminators.find((key) => isOtherThan(properties[key], object[key]))
  // An image where only text may be: that it also lacks what a text has is noise.
  if (wrong !== undefined) return visit(walk, properties[wrong] ?? {}, object[wrong], join(path, wrong))
  for (const [key, property] of Object.entries(properties)) {
    if (object[key] !== undefined) visit(walk, property, object[key], join(path, key))
    else if (required.includes(key)) report(walk, join(path, key), 'is required')
  }
  if (additionalProperties === false) {
    const known = Object.keys(properties)
    for (const key of Object.keys(object)) {
      if (isDone(walk)) return
      if (!Object.hasOwn(properties, key))
        report(walk, join(path, key), `is not a known key; known are ${known.join(', ')}`)
    }
  }
  if (typeof additionalProperties === 'object') visitRecord(walk, schema, additionalProperties, object, path)
  if (walk.issues.length > before) return
  const broken = schema['~refine']?.find((rule) => !rule.check(object))
  if (broken) report(walk, path, broken.error(object))
}

function visitRecord(
  walk: Walk,
  schema: JsonSchema,
  values: JsonSchema,
  record: Readonly<Record<string, unknown>>,
  path: string,
): void {
  const { propertyNames } = schema
  const excess = explainExcess(schema, record)
  if (excess !== null) return report(walk, path, excess)
  for (const [key, value] of Object.entries(record)) {
    if (isDone(walk)) return
    if (propertyNames && !Check(propertyNames, key)) report(walk, join(path, key), describeName(propertyNames))
    visit(walk, values, value, join(path, key))
  }
}

const describeName = (names: JsonSchema): string =>
  names.patternErrorMessage === undefined
    ? `must have as its key ${describe(names)}`
    : `has a name that ${names.patternErrorMessage}`

function visitUnion(
  walk: Walk,
  union: JsonSchema,
  branches: readonly JsonSchema[],
  value: unknown,
  path: string,
): void {
  const near = nearest(branches.flatMap(formsOf), value)
  const [only] = near
  if (near.length === 1 && only) return visit(walk, only, value, path)
  if (near.length === 0 || union['x-expects'] !== undefined || typeof value !== 'object') {
    if (!Check(union, value)) reportMismatch(walk, union, value, path)
    return
  }
  if (!isJsonObject(value)) return visitLeastWrong(walk, near, value, path)
  for (const key of discriminators) {
    const fields = near.map((branch) => branch.properties?.[key])
    if (!fields.every(isDiscriminator)) continue
    const chosen = branchOf(near, key, value[key])
    if (chosen) return visit(walk, chosen, value, path)
    const expected = describeOptions(fields)
    if (value[key] === undefined) report(walk, join(path, key), `is required: ${expected}`)
    else reportMismatch(walk, { enum: fields.flatMap(literalsOf), 'x-expects': expected }, value[key], join(path, key))
    return
  }
  visitLeastWrong(walk, near, value, path)
}

/** The branch that the value claims to be: of its literal, else of no literal at all, or of a text that is none of the described ones. */
function branchOf(branches: readonly JsonSchema[], key: string, value: unknown): JsonSchema | undefined {
  const fieldOf = ({ properties }: JsonSchema): JsonSchema => properties?.[key] ?? {}
  const named = branches.find((branch) => literalsOf(fieldOf(branch)).includes(value))
  if (named) return named
  if (value === undefined) return branches.find(({ required = [] }) => !required.includes(key))
  return branches.find((branch) => literalsOf(fieldOf(branch)).length === 0 && Check(fieldOf(branch), value))
}

/**
 * Says what is wrong by the branch in which the least is. Branches of another literal than the value's are tried only where there are no
 * others.
 */
function visitLeastWrong(walk: Walk, branches: readonly JsonSchema[], value: unknown, path: string): void {
  const possible = branches.filter(
    ({ properties = {} }) =>
      !isJsonObject(value) || !discriminators.some((key) => isOtherThan(properties[key], value[key])),
  )
  const trials = (possible.length === 0 ? branches : possible).map((branch) => {
    const trial: Walk = { issues: [], visits: walk.visits }
    visit(trial, branch, value, path)
    walk.visits = trial.visits
    return trial.issues
  })
  const least = trials.reduce((best, issues) => (issues.length < best.length ? issues : best))
  for (const issue of least) report(walk, issue.path, issue.message)
}

/** The branches that are about this kind of value. Arrays of different things are told apart by their first item. */
function nearest(branches: readonly JsonSchema[], value: unknown): readonly JsonSchema[] {
  const near = branches.filter((branch) => concerns(branch, value))
  if (near.length < 2 || !Array.isArray(value)) return near
  const ofFirst = near.filter((branch) => concerns(branch.items ?? {}, value[0]))
  return ofFirst.length === 0 ? near : ofFirst
}

/** The branches of a union, and of unions in it. One that has words of its own for what it expects stays whole. */
const formsOf = (schema: JsonSchema): readonly JsonSchema[] =>
  schema['x-expects'] === undefined ? (schema.anyOf?.flatMap(formsOf) ?? [schema]) : [schema]

/** The values that a field may have, where they are listed. Null is one where the field may also be null. */
function literalsOf(schema: JsonSchema = {}): readonly unknown[] {
  if (schema.const !== undefined) return [schema.const]
  if (schema.type === 'null') return [null]
  if (!schema.anyOf) return schema.enum ?? []
  const options = schema.anyOf.map(literalsOf)
  return options.some(({ length }) => length === 0) ? [] : options.flat()
}

/** Whether a field tells the branches of a union apart: by its listed values, or by a pattern for all those that are listed nowhere. */
const isDiscriminator = (schema: JsonSchema | undefined): schema is JsonSchema =>
  literalsOf(schema).length > 0 || schema?.pattern !== undefined

/** What the field that tells the branches apart may be: the listed values, then what the patterns are about. */
function describeOptions(fields: readonly JsonSchema[]): string {
  const listed = fields.flatMap(literalsOf).filter((option) => option !== null)
  const open = fields.filter((field) => literalsOf(field).length === 0).map(describe)
  return [...(listed.length > 0 ? [oneOf(listed)] : []), ...open].join(' or ')
}

const isOtherThan = (schema: JsonSchema | undefined, value: unknown): boolean =>
  value !== undefined && literalsOf(schema).length > 0 && !literalsOf(schema).includes(value)

/** Keys come from the caller: only a short and plain one is shown as it is. */
function join(path: string, key: string): string {
  const shown =
    fullMatch(/^[\w-]{1,40}$/, key) !== null
      ? key
      : `${key.slice(0, 40).replaceAll(/[^\w-]/g, '?')}${key.length > 40 ? '…' : ''}`
  return path === '' ? shown : `${path}.${shown}`
}
