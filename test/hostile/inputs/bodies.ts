import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { answering, type HostileInput, type Target } from '../hostile-input.ts'

const ask = '"model":"waygate/simulator","messages":[{"role":"user","content":"hi"}]'

/** Returns a conversation in which a tool was called with these arguments, which are JSON as text. */
const afterCall = (text: string): object => ({
  messages: [
    { role: 'user', content: 'hi' },
    { role: 'assistant', tool_calls: [{ id: 'c', type: 'function', function: { name: 'f', arguments: text } }] },
    { role: 'tool', tool_call_id: 'c', content: 'done' },
  ],
})

/** Counts the replies on one connection, until all have come or it is closed. */
async function pipelined(url: string, requests: string, expected: number): Promise<number> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
  socket.on('error', () => {})
  let replies = 0
  socket.setEncoding('latin1').on('data', (text: string) => {
    replies += text.split('HTTP/1.1 ').length - 1
    if (replies === expected) socket.destroy()
  })
  socket.write(requests)
  await closed
  return replies
}

/** Sends a body to be transcribed, the middle of it as so many chunks of one byte. Returns the reply. */
async function inSingleBytes(
  { url, key }: Target,
  type: string,
  [head, count, tail]: readonly [string, number, string],
): Promise<string> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1').setEncoding('utf8')
  const chunk = (text: string): string => `${text.length.toString(16)}\r\n${text}\r\n`
  const write = (text: string): Promise<void> => new Promise((resolve) => socket.write(text, () => resolve()))
  const replied = once(socket, 'data')
  // It is awaited once all is sent.
  replied.catch(() => {})
  await write(
    `POST /api/v1/audio/transcriptions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${key}\r\ncontent-type: ${type}\r\ntransfer-encoding: chunked\r\n\r\n`,
  )
  await write(chunk(head))
  const step = 10_000
  for (let sent = 0; sent < count; sent += step) await write(chunk('a').repeat(step))
  await write(`${chunk(tail)}0\r\n\r\n`)
  const [reply] = await replied
  socket.destroy()
  return String(reply)
}

async function refused(response: Response, expected: RegExp): Promise<void> {
  assert.equal(response.status, 400)
  assert.match(await response.text(), expected)
}

const names = (count: number, name: (index: number) => string): string[] =>
  Array.from({ length: count }, (_, i) => name(i))

export const bodyInputs: readonly HostileInput[] = [
  ...['messages', 'converse', 'generate-content'].map((language): HostileInput => ({
    title: `arguments of an earlier call that hold three million keys, for ${language}`,
    async run(target) {
      const text = `{${names(3_000_000, (index) => `"k${index}":1`).join(',')}}`
      const response = await target.chat({ model: `hostile/${language}`, ...afterCall(text) })
      await refused(response, /messages\[1\]\.tool_calls\[0\]\.function\.arguments .*at most 250000 keys/)
    },
  })),
  ...['messages', 'converse', 'generate-content'].map((language): HostileInput => ({
    title: `arguments of an earlier call that nest 200,000 levels deep, for ${language}`,
    async run(target) {
      target.upstreamAnswers(answering(500, {}))
      const text = `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`
      const response = await target.chat({ model: `hostile/${language}`, ...afterCall(text) })
      // The failure is the upstream's, not the gateway's.
      assert.equal(response.status, 502)
      await response.text()
    },
  })),
  {
    title: 'a field of a form that comes as 900,000 chunks of one byte',
    async run(target) {
      const head = '--b\r\ncontent-disposition: form-data; name="prompt"\r\n\r\n'
      const reply = await inSingleBytes(target, 'multipart/form-data; boundary=b', [head, 900_000, '\r\n--b--'])
      assert.match(reply, /^HTTP\/1\.1 400 .*input_audio is required/s)
    },
  },
  {
    title: 'a text beside audio in JSON that comes as 900,000 chunks of one byte',
    async run(target) {
      const reply = await inSingleBytes(target, 'application/json', ['{"prompt":"', 900_000, '"}'])
      assert.match(reply, /^HTTP\/1\.1 400 .*input_audio is required/s)
    },
  },
  {
    title: 'JSON with audio that nests 900,000 levels deep',
    async run(target) {
      const reply = await target.post('/api/v1/audio/transcriptions', '['.repeat(900_000))
      await refused(reply, /nests deeper than \d+ levels/)
    },
  },
  {
    title: 'a million models to fall back to',
    async run(target) {
      const models = names(1_000_000, (index) => `~hostile/${index}-latest`)
      await refused(await target.chat({ models }), /models must have at most 1024 items, got 1000000/)
      await refused(await target.post('/api/v1/route', { messages: [{ role: 'user', content: 'hi' }], models }), /1024/)
    },
  },
  {
    title: 'many requests at once on one connection',
    async run(target) {
      let [running, most, calls] = [0, 0, 0]
      target.upstreamAnswers((request, response) => {
        running += 1
        calls += 1
        most = Math.max(most, running)
        request.resume()
        setTimeout(() => {
          running -= 1
          answering(400, {})(request, response)
        }, 5)
      })
      const body = JSON.stringify({ model: 'hostile/only', messages: [{ role: 'user', content: 'hi' }] })
      const head = `POST /api/v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${target.key}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}`
      const replies = await pipelined(target.url, `${head}\r\n\r\n${body}`.repeat(90), 90)
      assert.equal(replies, 90)
      assert.equal(most, 1)
      assert.equal(calls, 90)
      // More requests than may wait: the connection is closed, and no other client is delayed.
      const listing = 'GET /api/v1/models HTTP/1.1\r\nhost: x\r\n\r\n'
      assert.ok((await pipelined(target.url, listing.repeat(5_000), 5_000)) < 5_000)
    },
  },
  {
    title: 'a provider name of 40 MB',
    async run(target) {
      for (const key of ['only', 'order', 'ignore']) {
        const response = await target.chat({ model: 'openrouter/auto', provider: { [key]: ['A'.repeat(40_000_000)] } })
        await refused(response, /at most 128 characters/)
      }
    },
  },
  ...['[],', '{},', '1,', '[1],', '"",'].map((value): HostileInput => ({
    title: `a body of 45 MB of ${value}`,
    async run(target) {
      const values = value.repeat(Math.floor(45_000_000 / value.length)).slice(0, -1)
      const response = await target.post('/api/v1/chat/completions', `{${ask},"extra":[${values}]}`)
      assert.equal(response.status, 400)
      assert.match(await response.text(), /holds more than \d+ values/)
    },
  })),
  {
    title: 'a reply of 30 MB of []',
    async run(target) {
      const values = '[],'.repeat(10_000_000).slice(0, -1)
      target.upstreamAnswers(answering(200, `{"id":"x","choices":[${values}]}`))
      const response = await target.chat({ model: 'hostile/only' })
      assert.equal(response.status, 502)
      await response.body?.cancel()
    },
  },
]
