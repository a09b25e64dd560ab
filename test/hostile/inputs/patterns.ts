import assert from 'node:assert/strict'
import { answering, type HostileInput, type Target } from '../hostile-input.ts'

async function statusOf(response: Promise<Response>): Promise<number> {
  const { status, body } = await response
  await body?.cancel()
  return status
}

const refusing = (message: string) => answering(400, { error: { message, type: 'invalid_request_error' } })

const image = (target: Target, url: string): Promise<Response> =>
  target.chat({
    model: 'hostile/fetchless',
    messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }],
  })

export const patternInputs: readonly HostileInput[] = [
  {
    title: 'an error body of a megabyte that repeats a beginning again and again',
    async run(target) {
      const message = 'token count '.repeat(85_000)
      assert.ok(JSON.stringify({ error: { message, type: 'invalid_request_error' } }).length < 1_048_576)
      target.upstreamAnswers(refusing(message))
      assert.equal(await statusOf(target.chat({ model: 'hostile/only' })), 400)
    },
  },
  {
    title: 'an image at a host name of a million dots',
    async run(target) {
      const response = await image(target, `http://${'.'.repeat(1_000_000)}a/x.png`)
      assert.equal(response.status, 400)
      assert.match(await response.text(), /longer than 8192 characters/)
    },
  },
  {
    title: 'an image address of 10 MB that is none',
    async run(target) {
      assert.equal(await statusOf(image(target, `https:${'/.'.repeat(5_000_000)}`)), 400)
      assert.equal(await statusOf(image(target, `data:${';'.repeat(10_000_000)}`)), 400)
    },
  },
  {
    title: 'a question of 10 MB of spaces to the model that chooses by the question',
    async run(target) {
      const content = `1${' '.repeat(5_000_000)}1${'\n'.repeat(5_000_000)}`
      const status = await statusOf(target.chat({ model: 'openrouter/auto', messages: [{ role: 'user', content }] }))
      assert.ok(status < 500)
    },
  },
]
