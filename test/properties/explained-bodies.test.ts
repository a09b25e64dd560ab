import type { TSchema } from 'typebox'
import { describe, expect, test } from 'vitest'
import type { Issue } from '../../src/canonical/errors.ts'
import { routes } from '../../src/http/app.ts'
import type { JsonSchema } from '../../src/protocols/schema/json-schema.ts'
import { compileValidator } from '../../src/protocols/schema/validate.ts'
import { destinationsByType } from '../../src/wiring/destinations.ts'
import { fullMatch } from '../../src/util/pattern.ts'

/** A body with one mistake in it, and where that is; null where a reader could see it in more than one place. */
interface Mistake {
  readonly value: unknown
  readonly path: string | null
}

const discriminators = new Set(['role', 'type', 'id'])

/** Texts of which one meets each pattern of a request. */
const texts = ['a', 'other', 'https://example.com', '1', 'f'.repeat(64), 'f'.repeat(32)]

/** A value as small as the schema permits. A branch of a union that has a rule without a keyword is not met by it. */
function example(schema: JsonSchema): unknown {
  if (schema.const !== undefined) return schema.const
  if (schema.enum) return schema.enum[0]
  if (schema.anyOf) return example(schema.anyOf[0] ?? {})
  switch (schema.type) {
    case 'object':
      return Object.fromEntries((schema.required ?? []).map((key) => [key, example(schema.properties?.[key] ?? {})]))
    case 'array':
      return Array.from({ length: schema.minItems ?? 0 }, () => example(schema.items ?? {}))
    case 'string':
      return texts.find(
        (text) =>
          text.length >= (schema.minLength ?? 0) &&
          (schema.pattern === undefined || new RegExp(schema.pattern, 'u').test(text)),
      )
    case 'number':
    case 'integer':
      return schema.minimum ?? 0
    case 'boolean':
      return false
    case 'null':
    case undefined:
    default:
      return null
  }
}

/** Every body that differs from an example in one place: a field that is left out, or a value of another kind. */
function* mistakes(schema: JsonSchema, isBranch = false): Generator<Mistake> {
  for (const value of [null, 5.5, '', 'x y', true, [], {}, [5], [{}], [null]]) yield { value, path: null }
  if (schema.anyOf) {
    for (const branch of schema.anyOf) yield* mistakes(branch, true)
  } else if (schema.type === 'array') {
    for (const { value, path } of mistakes(schema.items ?? {})) {
      yield { value: [value], path: path === null ? null : `[0]${path}` }
    }
  } else if (schema.type === 'object') {
    const whole = Object(example(schema))
    for (const key of schema.required ?? []) {
      const { [key]: _, ...rest } = whole
      yield { value: rest, path: isBranch && discriminators.has(key) ? null : `.${key}` }
    }
    if (typeof schema.additionalProperties === 'object') {
      yield { value: { 'x y': example(schema.additionalProperties) }, path: null }
    }
    for (const [key, property] of Object.entries(schema.properties ?? {})) {
      for (const { value, path } of mistakes(property)) {
        yield { value: { ...whole, [key]: value }, path: path === null ? null : `.${key}${path}` }
      }
    }
  }
}

const at = (value: unknown, path: string): unknown =>
  path
    .split(/[.[\]]/)
    .filter((key) => key !== '')
    .reduce<unknown>((place, key) => Object(place)[key], value)

/** Whether a message asks for what was sent, such as "must be an object, got an object". */
function saysNothing({ path, message }: Issue, body: unknown): boolean {
  if (message === 'must have as its key a string') return true
  const expected = fullMatch(/^must be (.+?)(?:, got (.+))?$/, message)
  if (expected === null) return false
  const options = (expected[1] ?? '').split(' or ')
  if (expected[2] !== undefined) return options.includes(expected[2])
  const { length } = String(at(body, path))
  return options.some((option) => {
    const [, least = '0', most = 'Infinity'] =
      fullMatch(/^a string of (?:(\d+) to )?(?:at most )?(\d+) characters$/, option) ?? []
    const isString = option.startsWith('a string') || option === 'a non-empty string'
    return isString && length >= Number(option === 'a non-empty string' ? 1 : least) && length <= Number(most)
  })
}

const bodies: readonly (readonly [string, TSchema])[] = [
  ...routes.flatMap((route) =>
    route.type === 'api' && route.body ? [[`${route.method} ${route.path}`, route.body.schema] as const] : [],
  ),
  ...[...destinationsByType].map(([type, { schema }]) => [`a destination of type ${type}`, schema] as const),
]

describe('a mistake anywhere in a body is explained by what is wrong there', () => {
  test.each(bodies)('%s', (_, schema) => {
    const validate = compileValidator(schema)
    const wrong: unknown[] = []
    let count = 0
    for (const { value, path } of mistakes(schema)) {
      const result = validate(value)
      count++
      if (result.ok) {
        if (path !== null) wrong.push({ value, path, accepted: true })
        continue
      }
      const { issues } = result
      const isFound =
        path === null ||
        issues.some((issue) => issue.path === path.replace(/^\./, '') && issue.message.startsWith('is required'))
      const isPlain =
        issues.length > 0 &&
        issues.every((issue) => !saysNothing(issue, value) && !issue.message.includes('its schema'))
      if (!isFound || !isPlain) wrong.push({ value, path, issues })
    }
    expect(count).toBeGreaterThan(10)
    expect(wrong.slice(0, 5)).toEqual([])
  })
})
