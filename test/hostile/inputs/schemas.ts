import assert from 'node:assert/strict'
import type { HostileInput } from '../hostile-input.ts'

/** `a0` is two `a1`, `a1` two `a2`, …: 2^depth checks of one value. */
export function doubling(depth: number): object {
  const definitions = Array.from({ length: depth }, (_, level) => [
    `a${level}`,
    { allOf: [{ $ref: `#/$defs/a${level + 1}` }, { $ref: `#/$defs/a${level + 1}` }] },
  ])
  return { $ref: '#/$defs/a0', $defs: { ...Object.fromEntries(definitions), [`a${depth}`]: {} } }
}

const answerJson = (choice: object) =>
  JSON.stringify({ id: 'x', object: 'chat.completion', created: 1, model: 'm', choices: [{ index: 0, ...choice }] })

export const schemaInputs: readonly HostileInput[] = [
  {
    title: 'issue 9.1: a response format whose references double 40 times',
    async run(target) {
      target.upstreamAnswers((_, response) =>
        response
          .writeHead(200, { 'content-type': 'application/json' })
          .end(answerJson({ finish_reason: 'stop', message: { role: 'assistant', content: '{"a":1}' } })),
      )
      const format = { type: 'json_schema', json_schema: { name: 'n', schema: doubling(40) } }
      const response = await target.chat({ model: 'hostile/only', response_format: format })
      assert.equal(response.status, 200)
      assert.match(await response.text(), /"native_finish_reason":"stop"/)
    },
  },
]
