import { afterAll, beforeAll, expect, test } from 'vitest'
import { calls } from '../acceptance/exchange.ts'
import { startGateway, type TestGateway } from '../gateway.ts'

/* Upstreams of these operations fetch addresses themselves, perhaps from inside the operator's network (principle 10). */

const inputs = { input_modalities: ['text', 'image', 'video', 'audio', 'file'] }
const at = (operation: string) => ({
  ...inputs,
  endpoints: ['prov-a', 'prov-b'].map((provider) => ({
    provider,
    model: 'steady',
    operations: [operation],
    pricing: { prompt: 1 },
  })),
})

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({ models: { 'acme/embed': at('embeddings'), 'acme/rank': at('rerank') } })
})
afterAll(() => gateway.close())

const inside = 'http://169.254.169.254/latest/meta-data/'
const parts = {
  image: { type: 'image_url', image_url: { url: inside } },
  video: { type: 'video_url', video_url: { url: 'http://127.0.0.1:6379/' } },
  'local file': { type: 'input_video', video_url: { url: 'file:///etc/passwd' } },
  audio: { type: 'input_audio', input_audio: { data: 'http://[::1]/a.wav', format: 'wav' } },
  file: { type: 'file', file: { file_data: 'http://metadata.google.internal/' } },
}

test.each(Object.entries(parts))('an %s to embed does not lead an upstream into the network', async (_, part) => {
  const before = calls(gateway).length
  const input = [{ content: [{ type: 'text', text: 'a' }] }, { content: [{ type: 'text', text: 'b' }, part] }]
  const reply = await gateway.post('/api/v1/embeddings', { model: 'acme/embed', input })
  expect(reply.status).toBe(400)
  expect(await reply.text()).toContain('input[1].content[1]: the address of the')
  expect(calls(gateway).length).toBe(before)
})

test('an image to rank does not lead an upstream into the network', async () => {
  const before = calls(gateway).length
  const documents = [{ text: 'a' }, { text: 'b', image: inside }]
  const reply = await gateway.post('/api/v1/rerank', { model: 'acme/rank', query: 'q', documents })
  expect(reply.status).toBe(400)
  expect(await reply.text()).toContain('documents[1].image: the address of the image')
  expect(calls(gateway).length).toBe(before)
})

test('public addresses and data go on', async () => {
  for (const url of ['https://example.com/a.png', 'data:image/png;base64,AAAA']) {
    const input = [{ content: [{ type: 'image_url', image_url: { url } }] }]
    expect((await gateway.post('/api/v1/embeddings', { model: 'acme/embed', input })).status).toBe(200)
    const documents = [{ image: url }]
    expect((await gateway.post('/api/v1/rerank', { model: 'acme/rank', query: 'q', documents })).status).toBe(200)
  }
})
