import assert from 'node:assert/strict'
import { answering, completion, type HostileInput, type Target } from '../hostile-input.ts'

/** `a0` is two `a1`, `a1` two `a2`, …: 2^depth validations of one value. */
function doubling(depth: number): object {
  const level = (index: number) => ({ allOf: [ref(index + 1), ref(index + 1)] })
  const ref = (index: number) => ({ $ref: `#/$defs/a${index}` })
  const levels = Array.from({ length: depth }, (_, index) => [`a${index}`, level(index)])
  return { ...ref(0), $defs: { ...Object.fromEntries(levels), [`a${depth}`]: {} } }
}

const saying = (content: string) =>
  answering(200, completion([{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content } }]))

async function answeredUnchecked(target: Target, body: object, what: string): Promise<void> {
  const response = await target.chat({ model: 'hostile/only', ...body }, { 'X-OpenRouter-Metadata': 'enabled' })
  assert.equal(response.status, 200)
  const { choices, openrouter_metadata: metadata } = Object(await response.json())
  assert.notEqual(choices[0].native_finish_reason, 'schema_mismatch')
  assert.partialDeepStrictEqual(metadata.pipeline, [{ type: 'schema_check', name: what }])
}

const format = (schema: object) => ({
  response_format: { type: 'json_schema', json_schema: { name: 'n', schema } },
})

async function refused(target: Target, body: string, expected: RegExp): Promise<void> {
  const response = await target.post('/api/v1/chat/completions', body)
  assert.equal(response.status, 400)
  const { error } = Object(await response.json())
  assert.match(error.message, expected)
}

const ask = '"model":"waygate/simulator","messages":[{"role":"user","content":"hi"}]'
const biases = (count: number): string => Array.from({ length: count }, (_, index) => `"${index}":1`).join(',')

export const schemaInputs: readonly HostileInput[] = [
  {
    title: 'a response format whose references double 40 times',
    async run(target) {
      target.upstreamAnswers(saying('{"a":1}'))
      await answeredUnchecked(target, format(doubling(40)), 'response_format')
    },
  },
  {
    title: 'a response format that is nothing but a reference to itself',
    async run(target) {
      target.upstreamAnswers(saying('{"a":1}'))
      await answeredUnchecked(target, format({ $ref: '#' }), 'response_format')
    },
  },
  {
    title: 'a response format of 200,000 ways, and an answer that nests 50,000 levels deep',
    async run(target) {
      target.upstreamAnswers(saying('['.repeat(49_000) + ']'.repeat(49_000)))
      const anyOf = Array.from({ length: 200_000 }, () => ({ $ref: '#' }))
      await answeredUnchecked(target, format({ anyOf }), 'response_format')
    },
  },
  {
    title: 'parameters of a tool whose references double 40 times',
    async run(target) {
      const call = { id: 'c', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }
      const message = { role: 'assistant', content: null, tool_calls: [call] }
      target.upstreamAnswers(answering(200, completion([{ index: 0, finish_reason: 'tool_calls', message }])))
      const tools = [{ type: 'function', function: { name: 'f', parameters: doubling(40) } }]
      await answeredUnchecked(target, { tools }, 'tool_calls')
    },
  },
  {
    title: 'logit_bias of a million entries',
    run: (target) => refused(target, `{${ask},"logit_bias":{${biases(1_000_000)}}}`, /more than 250000 keys/),
  },
  {
    title: 'logit_bias of 240,000 entries',
    run: (target) =>
      refused(
        target,
        `{${ask},"logit_bias":{${biases(240_000)}}}`,
        /logit_bias must have at most 10000 keys, got 240000/,
      ),
  },
  {
    title: 'stop of a million items',
    run: (target) =>
      refused(
        target,
        `{${ask},"stop":[${'"a",'.repeat(1_000_000)}"a"]}`,
        /stop must have at most 4 items, got 1000001/,
      ),
  },
]
