import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { eventually } from '../faults/eventually.ts'
import { startServer, type TestServer } from '../features/web-servers.ts'
import { startGateway, testKey, type TestGateway } from '../gateway.ts'

const png = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
const jpeg = Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x46, 0x49, 0x46, 0, 1]).toString('base64')
const usage = { input_tokens: 10, output_tokens: 1000, input_tokens_details: { text_tokens: 10, image_tokens: 0 } }
const limitedKey = 'sk-or-v1-test-key-with-a-limit'

let chats: Simulator
let painter: TestServer
/** What OpenAI's images answer with. */
let answer: (response: ServerResponse) => void
let gateway: TestGateway
beforeEach(async () => {
  answer = json({ created: 1, data: [{ b64_json: png }], usage })
  chats = await startSimulator()
  painter = await startServer((_request, response) => answer(response))
})
afterEach(async () => {
  await gateway.close()
  await Promise.all([painter.close(), chats.close()])
})

const json =
  (body: object, status = 200) =>
  (response: ServerResponse): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
  }

const chatModel = (provider: string, model: string, outputs: readonly string[] = ['text']) => ({
  output_modalities: outputs,
  endpoints: [{ provider, model, pricing: { prompt: 1, completion: 2 } }],
})
/** Only makes images: a chat with it is a 400. */
const drawer = (model = 'gpt-image-1') => ({
  output_modalities: ['image'],
  endpoints: [{ provider: 'openai', model, pricing: { prompt: 5, image_output: 40 } }],
})
const chattingPainter = chatModel('prov-b', 'image', ['text', 'image'])

/** `acme/outer` calls its tool once, and each of its two turns costs 0.00012 USD. Beside it these models are served. */
async function start(models: object, config: object = {}): Promise<void> {
  gateway = await startGateway({
    keys: [
      { name: 'test', key: testKey },
      { name: 'limited', key: limitedKey, limit: 0.005 },
    ],
    providers: {
      'prov-a': { base_url: `${chats.url}/prov-a/v1`, api_key: 'upstream-secret' },
      'prov-b': { base_url: `${chats.url}/prov-b/v1`, api_key: 'upstream-secret' },
      ...('acme/drawer' in models && { openai: { base_url: `${painter.url}/v1`, api_key: 'upstream-secret' } }),
    },
    models: {
      'acme/m1': chatModel('prov-a', 'steady'),
      'acme/m2': chatModel('prov-a', 'steady'),
      'acme/outer': chatModel('prov-a', 'tool-call+usage-100-10'),
      ...models,
    },
    ...config,
  })
}

async function ask(parameters: object = {}, more: object = {}, headers: Readonly<Record<string, string>> = {}) {
  const tools = [{ type: 'openrouter:image_generation', parameters }]
  const response = await gateway.chat({ model: 'acme/outer', tools, ...more }, headers)
  const reply = JSON.parse(await response.text())
  const [run] = reply.choices?.[0].message.reasoning_details ?? []
  return {
    status: response.status,
    reply,
    outcome: run === undefined ? undefined : JSON.parse(run.result),
    images: reply.choices?.[0].message.images?.map((image: { image_url: { url: string } }) => image.image_url.url),
  }
}
const drawn = () => painter.requests.map(({ url, body }) => ({ url, body: JSON.parse(body) }))
const chatted = (provider: string) => chats.journal().filter(({ path }) => path.startsWith(`/${provider}/`))
const recordOf = async (id: string) => JSON.parse(await (await gateway.get(`/api/v1/generation?id=${id}`)).text()).data

describe('a model that only makes images', () => {
  test('is asked at the address of images; the client sees the image, and the model a short address', async () => {
    await start({ 'acme/drawer': drawer() })
    const { outcome, images, reply } = await ask({ model: 'acme/drawer' })
    expect(outcome).toEqual({ status: 'ok', imageUrl: 'data:image/png;base64,…' })
    expect(images).toEqual([`data:image/png;base64,${png}`])
    expect(reply.choices[0]).toMatchObject({
      finish_reason: 'stop',
      message: { content: expect.stringMatching(/^The/) },
    })
    expect(drawn()).toEqual([
      { url: '/v1/images/generations', body: { model: 'gpt-image-1', prompt: expect.stringMatching(/^The river/) } },
    ])
  })

  test('is told the other parameters in its own words', async () => {
    await start({ 'acme/drawer': drawer() })
    await ask({
      model: 'acme/drawer',
      aspect_ratio: '16:9',
      quality: 'high',
      output_format: 'webp',
      output_compression: 80,
      background: 'opaque',
      // OpenAI's own, which the gateway does not know.
      moderation: 'low',
      // A call makes one image, in one piece.
      n: 4,
      stream: true,
    })
    expect(drawn()[0]?.body).toEqual({
      model: 'gpt-image-1',
      prompt: expect.any(String),
      size: '1536x1024',
      quality: 'high',
      output_format: 'webp',
      output_compression: 80,
      background: 'opaque',
      moderation: 'low',
    })
  })

  test.each([
    [{ size: '1024x1536' }, { size: '1024x1536' }],
    [{ image_size: '1K', aspect_ratio: '2:3' }, { size: '1024x1536' }],
    [{ size: 'auto' }, {}],
    // What has another form is left to the model.
    [{ size: 'large', resolution: 'constructor', aspect_ratio: 'wide', quality: 5, output_compression: 'much' }, {}],
    [{ size: 'axb', quality: null }, {}],
  ])('with %j is told %j', async (parameters, told) => {
    await start({ 'acme/drawer': drawer() })
    const { outcome } = await ask({ model: 'acme/drawer', ...parameters })
    expect(outcome).toMatchObject({ status: 'ok' })
    expect(drawn()[0]?.body).toEqual({ model: 'gpt-image-1', prompt: expect.any(String), ...told })
  })

  test('is part of the one record: usage, cost and calls', async () => {
    await start({ 'acme/drawer': drawer() })
    const { reply } = await ask({ model: 'acme/drawer' })
    // Two turns of 100 and 10 tokens at 1 and 2 USD per million, and an image of 10 and 1,000 at 5 and 40.
    expect(reply.usage).toMatchObject({ prompt_tokens: 210, completion_tokens: 1020, cost: 0.04029 })
    const record = await recordOf(reply.id)
    expect(record).toMatchObject({ total_cost: 0.04029, model: 'acme/outer' })
    expect(record.provider_responses.map(({ model_permaslug: model }: { model_permaslug: string }) => model)).toEqual([
      'acme/outer',
      'acme/outer',
      'acme/drawer',
    ])
  })

  test('may be priced by the image', async () => {
    const each = { provider: 'openai', model: 'gpt-image-1', pricing: { output_image: 0.04 } }
    await start({ 'acme/drawer': { output_modalities: ['image'], endpoints: [each] } })
    const { reply } = await ask({ model: 'acme/drawer' })
    expect(reply.usage.cost).toBe(0.04024)
  })

  test('may answer in another format, which its bytes tell', async () => {
    answer = json({ created: 1, data: [{ b64_json: jpeg }] })
    await start({ 'acme/drawer': drawer() })
    const { outcome, images } = await ask({ model: 'acme/drawer' })
    expect(outcome).toEqual({ status: 'ok', imageUrl: 'data:image/jpeg;base64,…' })
    expect(images).toEqual([`data:image/jpeg;base64,${jpeg}`])
  })

  test('has its image in the stream of a client', async () => {
    await start({ 'acme/drawer': drawer() })
    const tools = [{ type: 'openrouter:image_generation', parameters: { model: 'acme/drawer' } }]
    const text = await (await gateway.chat({ model: 'acme/outer', tools, stream: true })).text()
    expect(text).toContain(`data:image/png;base64,${png}`)
    expect(text).toContain('"cost":0.04029')
    expect(text).toMatch(/data: \[DONE\]\s*$/)
  })

  test.each([
    ['that fails', json({ error: { message: 'The server had an error.' } }, 500), 'The server had an error.'],
    [
      'that refuses the prompt',
      json({ error: { message: 'Not this.', code: 'moderation_blocked' } }, 400),
      'Not this.',
    ],
    ['without an image', json({ created: 1, data: [] }), 'no image'],
    [
      'with an address in place of bytes',
      json({ data: [{ url: 'https://images.example/1.png' }] }),
      'without its bytes',
    ],
  ])('a provider %s is told to the outer model, which answers; the image costs nothing', async (_, failing, words) => {
    answer = failing
    await start({ 'acme/drawer': drawer() })
    const { status, outcome, images, reply } = await ask({ model: 'acme/drawer' })
    expect(status).toBe(200)
    expect(outcome).toEqual({ status: 'error', error: expect.stringContaining(words) })
    expect(images).toBeUndefined()
    expect(reply.choices[0].finish_reason).toBe('stop')
    expect(reply.usage.cost).toBe(0.00024)
  })

  test('is not called where the key cannot pay for the image', async () => {
    const each = { provider: 'openai', model: 'gpt-image-1', pricing: { output_image: 0.04 } }
    await start({ 'acme/drawer': { output_modalities: ['image'], endpoints: [each] } })
    const { status, outcome } = await ask({ model: 'acme/drawer' }, {}, { authorization: `Bearer ${limitedKey}` })
    expect(status).toBe(200)
    expect(outcome).toEqual({ status: 'error', error: expect.stringMatching(/limit/i) })
    expect(drawn()).toEqual([])
  })

  test('is no longer waited for once the client has left', async () => {
    let closed = false
    answer = (response) => void response.once('close', () => (closed = true))
    await start({ 'acme/drawer': drawer() })
    const client = new AbortController()
    const tools = [{ type: 'openrouter:image_generation', parameters: { model: 'acme/drawer' } }]
    const asked = fetch(`${gateway.url}/api/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'acme/outer', tools, messages: [{ role: 'user', content: 'hi' }] }),
      signal: client.signal,
    })
    await eventually(() => painter.requests[0])
    client.abort()
    await expect(asked).rejects.toThrow()
    await eventually(() => closed || null)
  })

  test('is asked as the outer request wants its data to be treated', async () => {
    await start({ 'acme/drawer': drawer() })
    const { outcome } = await ask({ model: 'acme/drawer' }, { provider: { ignore: ['openai'] } })
    expect(outcome).toMatchObject({ status: 'error', error: expect.stringContaining('OpenAI is left out') })
    expect(drawn()).toEqual([])
  })
})

describe('without a model', () => {
  test('models that only make images are used where there are no others: those of OpenAI with nothing but its key', async () => {
    await start({ 'acme/drawer': drawer('steady') })
    const { outcome } = await ask()
    expect(outcome).toMatchObject({ status: 'ok' })
    expect(drawn()).toMatchObject([{ url: '/v1/images/generations', body: { model: 'gpt-image-1' } }])
  })

  test('one that chats is preferred, wherever it is listed', async () => {
    await start({ 'acme/drawer': drawer(), 'acme/painter': chattingPainter })
    const { outcome } = await ask({ aspect_ratio: '16:9' })
    expect(outcome).toMatchObject({ status: 'ok' })
    expect(drawn()).toEqual([])
    expect(chatted('prov-b')).toMatchObject([
      { body: { modalities: ['image', 'text'], image_config: { aspect_ratio: '16:9' } } },
    ])
  })

  test('the model that is documented comes before all others, whichever kind it is', async () => {
    const only = { ...drawer('the-usual-one') }
    await start({ 'acme/drawer': drawer(), 'acme/painter': chattingPainter, 'openai/gpt-5-image': only })
    await ask()
    expect(drawn()).toMatchObject([{ body: { model: 'the-usual-one' } }])
  })

  test('one that the outer request rules out is passed over', async () => {
    await start({ 'acme/drawer': drawer(), 'acme/painter': chattingPainter })
    const { outcome } = await ask({}, { provider: { ignore: ['prov-b'] } })
    expect(outcome).toMatchObject({ status: 'ok' })
    expect(drawn()).toHaveLength(1)
    expect(chatted('prov-b')).toEqual([])
  })

  test('where the outer request rules out all, the outcome says so', async () => {
    await start({ 'acme/drawer': drawer(), 'acme/painter': chattingPainter })
    const { status, outcome } = await ask({}, { provider: { only: ['prov-a'] } })
    expect(status).toBe(200)
    expect(outcome).toMatchObject({ status: 'error', error: expect.stringContaining('No endpoints found') })
  })

  test('the simulator is used where nothing else makes images', async () => {
    await start({}, { discovery: true })
    const { outcome, images } = await ask()
    expect(outcome).toEqual({ status: 'ok', imageUrl: 'data:image/png;base64,…' })
    expect(images).toEqual([`data:image/png;base64,${png}`])
  })

  test('and not before a model of a provider', async () => {
    await start({ 'acme/drawer': drawer() }, { discovery: true })
    await ask()
    expect(drawn()).toHaveLength(1)
  })

  test('it is a 400 where no model that makes images is served', async () => {
    await start({})
    const { status, reply } = await ask()
    expect(status).toBe(400)
    expect(reply.error.message).toContain('No model that makes images is served here')
    expect(chatted('prov-a')).toEqual([])
  })
})

test('a model that gives images alone, and gives them in a chat, is asked there, for no text', async () => {
  const endpoint = { provider: 'prov-b', model: 'image', operations: ['chat'], pricing: { prompt: 1, completion: 2 } }
  await start({ 'acme/flux': { output_modalities: ['image'], endpoints: [endpoint] } })
  const { outcome } = await ask({ model: 'acme/flux' })
  expect(outcome).toMatchObject({ status: 'ok' })
  expect(chatted('prov-b')).toMatchObject([{ body: { modalities: ['image'] } }])
})

test('a model that makes images at one provider in a chat, and at another at their address, is asked where the request may go', async () => {
  const endpoints = [
    { provider: 'prov-b', model: 'image', operations: ['chat'], pricing: { prompt: 1, completion: 2 } },
    { provider: 'openai', model: 'gpt-image-1', operations: ['images'], pricing: { prompt: 5, image_output: 40 } },
  ]
  await start({ 'acme/drawer': drawer(), 'acme/both': { output_modalities: ['text', 'image'], endpoints } })
  expect((await ask({ model: 'acme/both' })).outcome).toMatchObject({ status: 'ok' })
  expect(drawn()).toEqual([])
  const { outcome } = await ask({ model: 'acme/both' }, { provider: { ignore: ['prov-b'] } })
  expect(outcome).toMatchObject({ status: 'ok' })
  expect(drawn()).toHaveLength(1)
})
