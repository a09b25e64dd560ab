import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'

/* What goes on to a provider as the client wrote it must not lead the provider into the operator's network (principle 10). */

const inside = 'http://169.254.169.254/latest/meta-data/'
const public_ = 'https://example.com/a.png'
const at = (operation: string) => ({ provider: 'prov-a', model: 'steady', operations: [operation], pricing: {} })

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    models: {
      'acme/chat': { endpoints: [{ provider: 'prov-a', model: 'steady' }] },
      'acme/embed': { input_modalities: ['text', 'image'], endpoints: [at('embeddings')] },
      'acme/rank': { endpoints: [at('rerank')] },
      'acme/painter': { output_modalities: ['image'], endpoints: [at('images')] },
      'acme/speaker': { output_modalities: ['speech'], endpoints: [at('speech')] },
    },
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

const surfaces: Readonly<Record<string, readonly [path: string, body: object]>> = {
  chat: ['/api/v1/chat/completions', { model: 'acme/chat', messages: [{ role: 'user', content: 'a' }] }],
  completions: ['/api/v1/completions', { model: 'acme/chat', prompt: 'a' }],
  messages: ['/api/v1/messages', { model: 'acme/chat', max_tokens: 9, messages: [{ role: 'user', content: 'a' }] }],
  responses: ['/api/v1/responses', { model: 'acme/chat', input: 'a' }],
  embeddings: ['/api/v1/embeddings', { model: 'acme/embed', input: 'a' }],
  rerank: ['/api/v1/rerank', { model: 'acme/rank', query: 'a', documents: ['a'] }],
  images: ['/api/v1/images', { model: 'acme/painter', prompt: 'a' }],
  speech: ['/api/v1/audio/speech', { model: 'acme/speaker', input: 'a', voice: 'v' }],
}

const fields: Readonly<Record<string, readonly [fields: object, path: string]>> = {
  image: [{ image: inside }, 'image'],
  image_url: [{ image_url: { url: inside } }, 'image_url.url'],
  'a list': [{ pictures: ['data:image/png;base64,AAAA', inside] }, 'pictures[1]'],
  ref_audio: [{ ref_audio: ' http://localhost:9/a.wav' }, 'ref_audio'],
  'a local file': [{ source: 'file:///etc/passwd' }, 'source'],
  'deep inside': [{ a: [{ b: { c: ['http://10.0.0.1/'] } }] }, 'a[0].b.c[0]'],
}

const cases = Object.keys(surfaces).flatMap((surface) => Object.keys(fields).map((field) => [surface, field] as const))

test.each(cases)('%s: %s', async (surface, field) => {
  const [path, body] = surfaces[surface] ?? ['', {}]
  const [given, place] = fields[field] ?? [{}, '']
  for (const [more, issue] of [
    [{ provider: { options: { 'prov-a': given } } }, `provider.options.prov-a.${place}`],
    [given, place],
  ] as const) {
    const reply = await gateway.post(path, { ...body, ...more })
    expect({ issue, status: reply.status, text: await reply.text() }).toEqual({
      issue,
      status: 400,
      text: expect.stringContaining(`${issue}: the address of the`),
    })
  }
  expect(gateway.simulator.journal()).toEqual([])
})

test('messages beside what is to be embedded', async () => {
  const messages = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: inside } }] }]
  const reply = await gateway.post('/api/v1/embeddings', { model: 'acme/embed', input: 'a', messages })
  expect(reply.status).toBe(400)
  expect(await reply.text()).toContain('messages[0].content[0].image_url.url: the address of the')
})

test.each(Object.keys(surfaces))(
  '%s: public addresses, and those in texts and for other providers, go on',
  async (surface) => {
    const [path, body] = surfaces[surface] ?? ['', {}]
    const more = {
      image_url: public_,
      provider: { options: { 'prov-a': { image: public_ }, 'prov-b': { image: inside } } },
    }
    expect((await gateway.post(path, { ...body, ...more })).status).toBe(200)
  },
)

test('an address in the text of a message is a text', async () => {
  const messages = [
    { role: 'user', content: [{ type: 'text', text: inside }] },
    { role: 'user', content: inside },
  ]
  expect((await gateway.chat({ model: 'acme/chat', messages, stop: inside })).status).toBe(200)
})
