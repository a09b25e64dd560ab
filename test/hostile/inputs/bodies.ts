import assert from 'node:assert/strict'
import { answering, type HostileInput } from '../hostile-input.ts'

const ask = '"model":"waygate/simulator","messages":[{"role":"user","content":"hi"}]'

export const bodyInputs: readonly HostileInput[] = [
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
