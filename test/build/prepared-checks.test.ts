import * as fc from 'fast-check'
import { Guard } from 'typebox/guard'
import { Check } from 'typebox/schema'
import { describe, expect, test } from 'vitest'
import { preparedSchemas, printPreparedChecks } from '../../scripts/prepared-checks.ts'
import { ChatCompletionsRequestSchema } from '../../src/protocols/chat-completions/schema/request.ts'
import { chatRequest } from '../arbitraries/chat-request.ts'
import { completionsRequest } from '../arbitraries/completions-request.ts'

/** The checks as a build has them: its module without the import and the export. */
function preparedChecks(): Readonly<Record<string, (value: unknown) => boolean>> {
  const [, body] = printPreparedChecks().split('export const preparedChecks = ')
  // oxlint-disable-next-line typescript/no-implied-eval -- this is what the build contains
  return new Function('Guard', `return ${body}`)(Guard)
}

const checks = preparedChecks()
const valid: Readonly<Record<string, fc.Arbitrary<object>>> = {
  ChatCompletionsRequest: chatRequest,
  CompletionsRequest: completionsRequest,
}

/** A value with another one at some place in it, which mostly makes it invalid. */
const changed = (value: unknown): fc.Arbitrary<unknown> => {
  if (typeof value !== 'object' || value === null) return fc.jsonValue({ maxDepth: 1 })
  const keys = Object.keys(value)
  if (keys.length === 0) return fc.jsonValue({ maxDepth: 1 })
  return fc
    .constantFrom(...keys)
    .chain((key) =>
      changed(Object(value)[key]).map((inside) =>
        Array.isArray(value) ? value.with(Number(key), inside) : { ...value, [key]: inside },
      ),
    )
}

describe.each(Object.entries(preparedSchemas))('the prepared check of %s', (title, schema) => {
  const prepared = (value: unknown) => checks[title]?.(value)

  test('stands under the title of its schema', () => {
    expect(Object(schema).title).toBe(title)
  })

  test('accepts what the schema accepts, and refuses what it refuses', () => {
    const arbitrary = (valid[title] ?? fc.object()).map((body): unknown => JSON.parse(JSON.stringify(body)))
    let refused = 0
    const property = fc.property(
      arbitrary.chain((body) => fc.tuple(fc.constant(body), changed(body))),
      ([body, wrong]) => {
        expect(prepared(body)).toBe(true)
        expect(prepared(wrong)).toBe(Check(schema, wrong))
        if (!Check(schema, wrong)) refused += 1
      },
    )
    fc.assert(property, { numRuns: 300 })
    expect(refused).toBeGreaterThan(50)
  })
})

test.each([
  { part: { type: 'file', file: {} }, tools: [], accepted: false },
  { part: { type: 'file', file: { file_id: 'file-1' } }, tools: [], accepted: true },
  {
    tools: [{ type: 'openrouter:web_search', parameters: { x_search: { allowed_x_handles: ['a'] } } }],
    accepted: true,
  },
  {
    tools: [
      {
        type: 'openrouter:web_search',
        parameters: { x_search: { allowed_x_handles: ['a'], excluded_x_handles: ['b'] } },
      },
    ],
    accepted: false,
  },
])('the rules that no keyword says are part of it: $part $tools', ({ part, tools, accepted }) => {
  const body = { messages: [{ role: 'user', content: part === undefined ? 'hi' : [part] }], tools }
  expect(checks['ChatCompletionsRequest']?.(body)).toBe(accepted)
  expect(Check(ChatCompletionsRequestSchema, body)).toBe(accepted)
})
