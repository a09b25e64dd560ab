import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/schema'
import { GatewayError, type Issue } from '../../canonical/errors.ts'
import { explain } from './explain.ts'

type Validation<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly Issue[] }

/**
 * Compiles a schema, and the rules between fields that a schema cannot say, into one check. A valid body costs a small
 * part of parsing it; what is wrong with an invalid one is only worked out then, at most 20 issues of it.
 * It never throws, whatever the body.
 */
export function compileValidator<Schema extends TSchema>(
  schema: Schema,
  rules: (value: Static<Schema>) => readonly Issue[] = () => [],
): (body: unknown) => Validation<Static<Schema>> {
  const validator = Compile(schema)
  return (body) => {
    if (!validator.Check(body)) return { ok: false, issues: explain(schema, body) }
    const issues = rules(body)
    return issues.length === 0 ? { ok: true, value: body } : { ok: false, issues }
  }
}

/** The same as a door: the returned function lets valid bodies through, and throws a GatewayError 400 with `issues` for others. */
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

/** One sentence for the error's `message`: the first issue, and how many more there are. */
export function describeIssues(issues: readonly Issue[]): string {
  const [first] = issues
  if (!first) return 'The request is not valid'
  const rest = issues.length - 1
  const more = rest === 0 ? '' : ` (and ${rest} more ${rest === 1 ? 'issue' : 'issues'})`
  return `${first.path || 'the request body'} ${first.message}${more}`
}
