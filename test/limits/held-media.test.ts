import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { startGateway, testKey } from '../gateway.ts'

/* An address of a few bytes may lead to what takes many tokens. */

const limited = 'sk-or-v1-test-key-of-one-dollar'

/** Starts a gateway in front of an upstream that counts as many tokens in every prompt. A million of them cost 10 USD. */
async function started(promptTokens: number) {
  const usage = { prompt_tokens: promptTokens, completion_tokens: 1, total_tokens: promptTokens + 1 }
  const upstream = createServer((request, response) => {
    request.resume().on('end', () => {
      response.setHeader('content-type', 'application/json')
      const choices = [{ index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'ok' } }]
      const data = [{ index: 0, embedding: [1, 0] }]
      // Late, so that all calls are on their way before the first is charged.
      setTimeout(() => response.end(JSON.stringify({ id: 'c', object: 'list', choices, data, usage })), 200)
    })
  }).listen(0, '127.0.0.1')
  await once(upstream, 'listening')
  const base_url = `http://127.0.0.1:${Object(upstream.address()).port}/v1`
  const endpoint = { provider: 'prov-a', model: 'm', pricing: { prompt: 10, completion: 10 } }
  const model = {
    input_modalities: ['text', 'image', 'video', 'audio', 'file'],
    context_length: 45_000,
    endpoints: [{ ...endpoint, max_completion_tokens: 100 }],
  }
  const gateway = await startGateway({
    keys: [
      { name: 'limited', key: limited, limit: 1 },
      { name: 'test', key: testKey },
    ],
    providers: Object.fromEntries(['prov-a', 'prov-b', 'prov-c'].map((slug) => [slug, { base_url, api_key: 'a' }])),
    models: {
      'test/m': model,
      'test/e': { ...model, endpoints: [{ ...endpoint, pricing: { prompt: 10 }, operations: ['embeddings'] }] },
    },
  })
  onTestFinished(async () => {
    await gateway.close()
    upstream.close()
  })
  const headers = { authorization: `Bearer ${limited}` }
  const spent = async (): Promise<number> => {
    const reply = await gateway.get('/api/v1/key', headers)
    return JSON.parse(await reply.text()).data.usage
  }
  return { post: (path: string, body: object) => gateway.post(path, body, headers), spent }
}

const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }
const video = { type: 'video_url', video_url: { url: 'https://example.com/a.mp4' } }
const chat = (...parts: object[]) => ({
  messages: [{ role: 'user', content: [{ type: 'text', text: 'a' }, ...parts] }],
})

test.each([
  [
    'ten images',
    16_000,
    '/api/v1/chat/completions',
    { model: 'test/m', ...chat(...Array.from({ length: 10 }, () => image)) },
  ],
  ['a video', 40_000, '/api/v1/chat/completions', { model: 'test/m', ...chat(video) }],
  ['a video to embed', 40_000, '/api/v1/embeddings', { model: 'test/e', input: [{ content: [video] }] }],
])('fifty requests at once with %s spend no more than the limit of the key', async (_, tokens, path, body) => {
  const { post, spent } = await started(tokens)
  const replies = await Promise.all(Array.from({ length: 50 }, () => post(path, body)))
  const statuses = replies.map(({ status }) => status)
  await Promise.all(replies.map((reply) => reply.text()))
  expect(await spent()).toBeLessThanOrEqual(1)
  expect(statuses).toContain(200)
  expect(statuses).toContain(403)
})
