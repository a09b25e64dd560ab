import assert from 'node:assert/strict'
import { answering, type HostileInput } from '../hostile-input.ts'

const ask = '"model":"waygate/simulator","messages":[{"role":"user","content":"hi"}]'

/** A conversation in which a tool was called with these arguments, which is JSON as text. */
const afterCall = (text: string): object => ({
  messages: [
    { role: 'user', content: 'hi' },
    { role: 'assistant', tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: text } }] },
    { role: 'tool', tool_call_id: 'c', content: 'done' },
  ],
})

async function refused(response: Response, expected: RegExp): Promise<void> {
  assert.equal(response.status, 400)
  assert.match(await response.text(), expected)
}

const names = (count: number, name: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, i) => name(i))

export const bodyInputs: readonly HostileInput[] = [
  ...['messages', 'converse', 'generate-content'].map((language): HostileInput => ({
    title: `issue 9.1: arguments of an earlier call that hold three million keys, for ${language}`,
    async run(target) {
      const text = `{${names(3_000_000, (index) => `"k${index}":1`).join(',')}}`
      const response = await target.chat({ model: `hostile/${language}`, ...afterCall(text) })
      await refused(response, /messages\[1\]\.tool_calls\[0\]\.function\.arguments .*at most 250000 keys/)
    },
  })),
  ...['messages', 'converse', 'generate-content'].map((language): HostileInput => ({
    title: `issue 9.1: arguments of an earlier call that nest 200,000 levels deep, for ${language}`,
    async run(target) {
      target.upstreamAnswers(answering(500, {}))
      const text = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
      const response = await target.chat({ model: `hostile/${language}`, ...afterCall(text) })
      // The upstream's failure, and no failure of ours.
      assert.equal(response.status, 502)
      await response.text()
    },
  })),
  {
    title: 'issue 9.1: a million models to fall back to',
    async run(target) {
      const models = names(1_000_000, (index) => `~hostile/${index}-latest`)
      await refused(await target.chat({ models }), /models must have at most 1024 items, got 1000000/)
      await refused(await target.post('/api/v1/route', { messages: [{ role: 'user', content: 'hi' }], models }), /1024/)
    },
  },
  {
    title: 'issue 9.1: a provider name of 40 MB',
    async run(target) {
      for (const key of ['only', 'order', 'ignore']) {
        const response = await target.chat({ model: 'openrouter/auto', provider: { [key]: ['A'.repeat(40_000_000)] } })
        await refused(response, /at most 128 characters/)
      }
    },
  },
  ...['[],', '{},', '1,', '[1],', '"",'].map((value): HostileInput => ({
    title: `issue 9.1: a body of 45 MB of ${value}`,
    async run(target) {
      const values = value.repeat(Math.floor(45_000_000 / value.length)).slice(0, -1)
      const response = await target.post('/api/v1/chat/completions', `{${ask},"extra":[${values}]}`)
      assert.equal(response.status, 400)
      assert.match(await response.text(), /holds more than \d+ values/)
    },
  })),
  {
    title: 'issue 9.7: a reply of 30 MB of []',
    async run(target) {
      const values = '[],'.repeat(10_000_000).slice(0, -1)
      target.upstreamAnswers(answering(200, `{"id":"x","choices":[${values}]}`))
      const response = await target.chat({ model: 'hostile/only' })
      assert.equal(response.status, 502)
      await response.body?.cancel()
    },
  },
]
