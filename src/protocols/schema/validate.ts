import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/schema'
import { GatewayError, type Issue } from '../../canonical/errors.ts'
import { explain, explainExcess } from './explain.ts'
import { isJsonObject, type JsonSchema } from './json-schema.ts'
import { type Check, preparedChecks } from './prepared-checks.ts'

type Validation<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly Issue[] }

/**
 * Compiles a schema, and the rules between fields that a schema cannot express, into one check, at its first use. A valid body costs a
 * small part of parsing it; what is wrong with an invalid one is only worked out then, at most 20 issues of it. A field that may have only
 * so many items or keys is counted before any of them is looked at. It never throws, whatever the body.
 */
export function compileValidator<Schema extends TSchema>(
  schema: Schema,
  rules: (value: Static<Schema>) => readonly Issue[] = () => [],
): (body: unknown) => Validation<Static<Schema>> {
  let compiled: ReturnType<typeof compile> | undefined
  const isValid = (body: unknown): body is Static<Schema> => compiled?.check(body) === true
  return (body) => {
    compiled ??= compile(schema)
    if (isJsonObject(body)) {
      for (const [key, bounds] of compiled.bounded) {
        if (typeof body[key] !== 'object') continue
        const excess = explainExcess(bounds, body[key])
        if (excess !== null) return { ok: false, issues: [{ path: key, message: excess }] }
      }
    }
    if (!isValid(body)) return { ok: false, issues: explain(schema, body) }
    const issues = rules(body)
    return issues.length === 0 ? { ok: true, value: body } : { ok: false, issues }
  }
}

/** Most requests are of one kind, and compiling is the longest step of a start: what is not asked for is not compiled. */
function compile(schema: TSchema) {
  const { title = '' }: JsonSchema = schema
  return { check: preparedChecks[title] ?? compileSchema(schema), bounded: boundedFields(schema) }
}

function compileSchema(schema: TSchema): Check {
  const validator = Compile(schema)
  return (body) => validator.Check(body)
}

type Bounds = Required<Pick<JsonSchema, 'maxItems' | 'maxProperties'>>

/** The fields of a request that may have only so many items or keys. */
const boundedFields = ({ properties = {} }: JsonSchema): readonly (readonly [key: string, bounds: Bounds])[] =>
  Object.entries(properties).flatMap(([key, property]) => {
    const forms = formsOf(property)
    const maxItems = largest(forms.filter(({ type }) => type === 'array').map((form) => form.maxItems))
    const maxProperties = largest(forms.filter(({ type }) => type === 'object').map((form) => form.maxProperties))
    return Math.min(maxItems, maxProperties) < Infinity ? [[key, { maxItems, maxProperties }] as const] : []
  })

/** The branches of a union, and of unions in it. */
const formsOf = (schema: JsonSchema): readonly JsonSchema[] => schema.anyOf?.flatMap(formsOf) ?? [schema]

/** Returns the largest bound. A longer list or object fits none of the forms. */
const largest = (bounds: readonly (number | undefined)[]): number =>
  bounds.length === 0 ? Infinity : Math.max(...bounds.map((bound) => bound ?? Infinity))

/** Makes the function that validates a body: it returns a valid one, and throws a GatewayError 400 with `issues` for any other. */
export function requestValidator<Schema extends TSchema>(
  schema: Schema,
  rules: (value: Static<Schema>) => readonly Issue[],
): (body: unknown) => Static<Schema> {
  const validate = compileValidator(schema, rules)
  return (body) => {
    const checked = validate(body)
    if (checked.ok) return checked.value
    throw new GatewayError('invalid_request', describeIssues(checked.issues), { issues: checked.issues })
  }
}

/** Returns one sentence for the error's `message`: the first issue, and the number of the others. */
export function describeIssues(issues: readonly Issue[]): string {
  const [first] = issues
  if (!first) return 'The request is not valid'
  const rest = issues.length - 1
  const more = rest === 0 ? '' : ` (and ${rest} more ${rest === 1 ? 'issue' : 'issues'})`
  return `${first.path || 'the request body'} ${first.message}${more}`
}
