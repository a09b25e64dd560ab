import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { answering, completion, type HostileInput, type Target } from '../hostile-input.ts'

const many = 200_000
const choice = (index: number) => ({ index, finish_reason: 'stop', message: { role: 'assistant', content: 'a' } })
const choices = (count: number) => Array.from({ length: count }, (_, index) => choice(index))

const streaming =
  (frames: readonly object[]) =>
  (_: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.end(`${frames.map((frame) => `data: ${JSON.stringify(frame)}\n\n`).join('')}data: [DONE]\n\n`)
  }

/** Another endpoint answers in place of the one that sends an invalid reply. */
async function answeredByAnother(target: Target, stream: boolean): Promise<void> {
  const response = await target.chat({ model: 'hostile/first', stream })
  assert.equal(response.status, 200)
  assert.match(await response.text(), /"provider":"Waygate Simulator"/)
}

export const upstreamReplyInputs: readonly HostileInput[] = [
  {
    title: 'a reply of 200,000 choices',
    async run(target) {
      target.upstreamAnswers(answering(200, completion(choices(many))))
      await answeredByAnother(target, false)
      for (const [count, reason] of [
        [129, /more than 128 answers/],
        [many, /more than 1000000 keys/],
      ] as const) {
        target.upstreamAnswers(answering(200, completion(choices(count))))
        const response = await target.chat({ model: 'hostile/only' })
        assert.equal(response.status, 502)
        assert.match(await response.text(), reason)
      }
    },
  },
  {
    title: 'a stream of 200,000 choices',
    async run(target) {
      const delta = (index: number) => ({ index, delta: { content: 'a' }, finish_reason: 'stop' })
      target.upstreamAnswers(streaming([completion(Array.from({ length: many }, (_, index) => delta(index)))]))
      await answeredByAnother(target, true)
      target.upstreamAnswers(streaming(Array.from({ length: many }, (_, index) => completion([delta(index)]))))
      const response = await target.chat({ model: 'hostile/only', stream: true })
      assert.match(await response.text(), /more than 128 answers/)
    },
  },
  {
    title: 'as many choices as a client may ask for still pass',
    async run(target) {
      target.upstreamAnswers(answering(200, completion(choices(128))))
      const response = await target.chat({ model: 'hostile/only', n: 128 })
      assert.equal(Object(await response.json()).choices.length, 128)
    },
  },
  ...['1e300', '1e308', '9'.repeat(400), '99999999999999', 'Fri, 31 Dec 9999 23:59:59 GMT'].map((wait) => ({
    title: `Retry-After ${wait.slice(0, 40)}`,
    async run(target: Target) {
      target.upstreamAnswers(answering(429, { error: { message: 'slow down' } }, { 'retry-after': wait }))
      const response = await target.chat({ model: 'hostile/only' })
      await response.body?.cancel()
      assert.equal(response.status, 429)
      const received = response.headers.get('retry-after') ?? '0'
      assert.match(received, /^\d+$/)
      assert.ok(Number(received) <= 86_400, received)
    },
  })),
  {
    title: 'a delay of 1e300 s in the details of an error',
    async run(target) {
      const details = [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: `${'9'.repeat(300)}s` }]
      const error = { code: 429, message: 'slow down', status: 'RESOURCE_EXHAUSTED', details }
      target.upstreamAnswers(answering(429, { error }))
      const response = await target.chat({ model: 'hostile/fetchless' })
      await response.body?.cancel()
      assert.ok(Number(response.headers.get('retry-after')) <= 86_400)
    },
  },
  {
    title: '200,000 tool calls, annotations and images',
    async run(target) {
      const times = <T>(item: (index: number) => T): T[] => Array.from({ length: many }, (_, index) => item(index))
      const message = {
        role: 'assistant',
        content: 'a',
        tool_calls: times((index) => ({ id: `c${index}`, type: 'function', function: { name: 'f', arguments: '{}' } })),
        annotations: times(() => ({ type: 'url_citation', url_citation: { url: 'https://example.com/' } })),
        images: times(() => ({ type: 'image_url', image_url: { url: 'data:,' } })),
      }
      target.upstreamAnswers(answering(200, completion([{ index: 0, finish_reason: 'tool_calls', message }])))
      const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }]
      const response = await target.chat({ model: 'hostile/only', tools })
      assert.equal(response.status, 502)
      assert.match(await response.text(), /more than 1000000 keys/)
    },
  },
  ...[
    ['messages', 'tool_use', (input: string) => `{"id":"x","stop_reason":"tool_use","content":[${input}]}`],
    ['generate-content', 'functionCall', (call: string) => `{"candidates":[{"content":{"parts":[${call}]}}]}`],
    ['only', 'tool_calls', (call: string) => `{"choices":[{"index":0,"message":{"tool_calls":[${call}]}}]}`],
  ].map(([model, kind, reply]) => ({
    title: `${String(kind)} with arguments that nest 100,000 levels deep`,
    async run(target: Target) {
      const deep = `{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
      const call = `{"type":"${String(kind)}","id":"c","name":"f","input":${deep},"function":{"name":"f","arguments":${deep}},"functionCall":{"name":"f","args":${deep}}}`
      target.upstreamAnswers(answering(200, typeof reply === 'function' ? reply(call) : ''))
      const response = await target.chat({ model: `hostile/${String(model)}` })
      assert.equal(response.status, 502)
      assert.match(await response.text(), /nests deeper than 2000 levels/)
    },
  })),
  {
    title: '500 tool calls, each of 90 kB of keys',
    async run(target) {
      const text = (call: number) =>
        `{${Array.from({ length: 7_000 }, (_, index) => `"${call}-${index}":1`).join(',')}}`
      const call = (index: number) => ({
        id: `c${index}`,
        type: 'function',
        function: { name: 'f', arguments: text(index) },
      })
      const message = { role: 'assistant', tool_calls: Array.from({ length: 500 }, (_, index) => call(index)) }
      target.upstreamAnswers(answering(200, completion([{ index: 0, finish_reason: 'tool_calls', message }])))
      const response = await target.chat(
        { model: 'hostile/only', tools: [{ type: 'function', function: { name: 'f' } }] },
        { 'X-OpenRouter-Metadata': 'enabled' },
      )
      assert.equal(response.status, 200)
      const { openrouter_metadata: metadata } = Object(await response.json())
      assert.partialDeepStrictEqual(metadata.pipeline, [{ type: 'schema_check', name: 'tool_calls' }])
    },
  },
  ...['constructor', '__proto__', 'toString'].map((word) => ({
    title: `"${word}" in the place of every word`,
    async run(target: Target) {
      const error = { code: word, type: word, status: word, message: word }
      const replies = {
        only: completion([{ index: 0, finish_reason: word, message: { content: 'a' } }], { service_tier: word }),
        messages: {
          id: word,
          stop_reason: word,
          content: [{ type: 'text', text: 'a' }],
          usage: { service_tier: word },
        },
        'generate-content': {
          candidates: [{ finishReason: word, content: { parts: [{ text: 'a' }] } }],
          usageMetadata: { promptTokenCount: 1, trafficType: word },
        },
        'cohere-chat': { id: word, finish_reason: word, message: { content: [{ type: 'text', text: 'a' }] } },
      }
      for (const [model, reply] of Object.entries(replies)) {
        for (const stream of [false, true]) {
          target.upstreamAnswers(answering(200, reply))
          const response = await target.chat({ model: `hostile/${model}`, stream })
          assert.equal(response.status, 200, model)
          assert.match(await response.text(), /"finish_reason":"stop"/)
          target.upstreamAnswers(answering(200, { error }))
          const failed = await target.chat({ model: `hostile/${model}`, stream })
          assert.equal(failed.status, 502, model)
          await failed.text()
        }
      }
    },
  })),
  {
    title: 'usage of 9e15 tokens',
    async run(target) {
      const usage = { prompt_tokens: Number.MAX_SAFE_INTEGER, completion_tokens: Number.MAX_SAFE_INTEGER }
      target.upstreamAnswers(answering(200, completion([choice(0)], { usage })))
      const response = await target.chat({ model: 'hostile/only' })
      assert.equal(response.status, 200)
      const { usage: received } = Object(await response.json())
      assert.ok(received.cost < 1, JSON.stringify(received))
    },
  },
  {
    title: 'a reply of 50,000 tool calls, each of which is passed on',
    async run(target) {
      const call = (index: number) => ({ id: `c${index}`, type: 'function', function: { name: 'f', arguments: '{}' } })
      const message = { role: 'assistant', tool_calls: Array.from({ length: 50_000 }, (_, index) => call(index)) }
      target.upstreamAnswers(answering(200, completion([{ index: 0, finish_reason: 'tool_calls', message }])))
      const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }]
      const response = await target.chat({ model: 'hostile/only', tools })
      assert.equal(response.status, 200)
      assert.equal(Object(await response.json()).choices[0].message.tool_calls.length, 50_000)
    },
  },
  {
    title: 'a message of 124,000 parts, to be written anew',
    async run(target) {
      target.upstreamAnswers(answering(500, {}))
      const content = Array.from({ length: 124_000 }, () => ({ type: 'text', text: 'a' }))
      const messages = [
        { role: 'user', content: 'a' },
        { role: 'user', content },
      ]
      const response = await target.chat({ model: 'hostile/fetchless', messages })
      // The failure is the upstream's, not the gateway's.
      assert.equal(response.status, 502)
      await response.text()
    },
  },
]
