import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'

const broken = 'status-500'
const many = Object.fromEntries(
  Array.from({ length: 30 }, (_, index) => [`acme/broken-${index}`, behaving(broken, broken, broken)]),
)
const chatOnly = (model: string, provider = 'prov-a', price = 1) => ({
  provider,
  model,
  operations: ['chat'],
  pricing: { prompt: price, completion: price },
})
const models = {
  ...many,
  'acme/chats': { endpoints: [chatOnly('steady')] },
  'acme/chats-on': { endpoints: [chatOnly(broken), chatOnly('steady', 'prov-b', 2)] },
  'acme/cut': behaving('cut-after-2', 'cut-after-2', 'steady'),
}
const errorOf = async (response: Response) => Object(await response.json()).error

describe('one request makes at most so many calls', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway({ models })
  })
  afterAll(() => gateway.close())
  beforeEach(() => gateway.simulator.clearJournal())
  const calls = () => gateway.simulator.journal().length

  test.each([false, true])(
    'of 180 that 30 models could cause, 16 are made, and the error states it (stream: %s)',
    async (stream) => {
      const response = await gateway.chat({ model: undefined, models: Object.keys(many), stream })
      expect(response.status).toBe(503)
      expect(calls()).toBe(16)
      expect((await errorOf(response)).message).toContain(
        'No other endpoint was asked: a request makes at most 16 calls to providers (limits.calls_per_request).',
      )
    },
  )

  test('where all endpoints were called the error does not mention a limit', async () => {
    const response = await gateway.chat({ model: 'acme/broken-0' })
    expect(calls()).toBe(6)
    expect((await errorOf(response)).message).not.toContain('calls_per_request')
  })

  test('each choice of a completion that a chat model serves is a call', async () => {
    const ask = (n: number, model: string) => gateway.post('/api/v1/completions', { model, prompt: ['a', 'b'], n })
    expect((await ask(8, 'acme/chats')).status).toBe(200)
    expect(calls()).toBe(16)
    gateway.simulator.clearJournal()
    const refused = await ask(9, 'acme/chats')
    expect(refused.status).toBe(400)
    expect((await errorOf(refused)).message).toContain('a request makes at most 16 calls (limits.calls_per_request)')
    expect(calls()).toBe(0)
    // The first endpoint has used ten of the calls.
    const failed = await ask(5, 'acme/chats-on')
    expect(failed.status).toBe(502)
    expect((await errorOf(failed)).message).toContain('limits.calls_per_request')
    expect(calls()).toBe(10)
  })
})

describe('with limits.calls_per_request', () => {
  const withLimit = async (limit: number, run: (gateway: TestGateway) => Promise<void>): Promise<void> => {
    const gateway = await startGateway({ models, limits: { calls_per_request: limit }, stream_rescue: 'continue' })
    await run(gateway).finally(() => gateway.close())
  }

  test.each([1, 2, 5])('%i, so many calls are made', async (limit) => {
    await withLimit(limit, async (gateway) => {
      const response = await gateway.chat({ model: undefined, models: Object.keys(many) })
      expect((await errorOf(response)).message).toContain(`at most ${limit} calls to providers`)
      expect(gateway.simulator.journal()).toHaveLength(limit)
    })
  })

  test.each([
    [2, false],
    [3, true],
  ])('%i, rescues count too', async (limit, isRescued) => {
    await withLimit(limit, async (gateway) => {
      const { chunks } = await readStream(await gateway.chat({ model: 'acme/cut', stream: true }))
      expect(gateway.simulator.journal()).toHaveLength(limit)
      expect(chunks.some(({ error }) => error === undefined)).toBe(true)
      expect(chunks.at(-1)?.error === undefined).toBe(isRescued)
    })
  })
})

describe('the same image', () => {
  const png = Buffer.from('\x89PNG\r\n\x1a\n and what follows', 'latin1')
  let server: Server
  let address: string
  let requested: string[] = []
  let gateway: TestGateway
  beforeAll(async () => {
    server = createServer(({ url = '' }, response) => {
      requested.push(url)
      if (url.startsWith('/missing')) response.writeHead(404).end()
      else
        response
          .writeHead(200, { 'content-type': 'image/png' })
          .end(url === '/large' ? Buffer.alloc(600_000, png) : png)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    address = `http://127.0.0.1:${Object(server.address()).port}`
    const input = { input_modalities: ['text', 'image', 'file'] }
    const providers = await startGateway()
    gateway = await startGateway({
      fetch: { allow: ['127.0.0.1'] },
      limits: { body_mb: 1 },
      // Neither endpoint accepts URLs.
      providers: {
        ollama: { base_url: `${providers.simulator.url}/one/v1` },
        lmstudio: { base_url: `${providers.simulator.url}/two/v1` },
      },
      models: {
        'acme/m1': {
          ...input,
          endpoints: [
            { provider: 'ollama', model: broken, pricing: { prompt: 1, completion: 1 } },
            { provider: 'lmstudio', model: 'steady', pricing: { prompt: 9, completion: 9 } },
          ],
        },
        'acme/m2': { endpoints: [{ provider: 'ollama', model: 'steady' }] },
      },
    })
    const { close } = gateway
    simulated = providers
    gateway = { ...gateway, close: () => close().then(() => providers.close()) }
  })
  let simulated: TestGateway
  afterAll(async () => {
    await gateway.close()
    server.close()
  })
  beforeEach(() => {
    requested = []
    simulated.simulator.clearJournal()
  })

  const image = (path: string) => ({ type: 'image_url', image_url: { url: address + path } })
  const asking = (...content: readonly object[]) =>
    gateway.chat({
      messages: [
        { role: 'user', content },
        { role: 'user', content: [content[0] ?? {}] },
      ],
    })

  test('is fetched once per request, whatever its place and the provider', async () => {
    const file = { type: 'file', file: { filename: 'a.png', file_data: `${address}/a` } }
    const content = [image('/a'), image('/a'), image('/a#part'), file, image('/b')]
    expect((await asking(...content)).status).toBe(200)
    expect(requested.toSorted()).toEqual(['/a', '/b'])
    const bodies = simulated.simulator.journal().map(({ body }) => JSON.stringify(body))
    expect(bodies.length).toBeGreaterThan(1)
    for (const body of bodies) {
      expect(body.split(png.toString('base64'))).toHaveLength(7)
      expect(body).not.toContain('http://')
    }
  })

  test('is fetched anew for another request', async () => {
    await asking(image('/a'))
    await asking(image('/a'))
    expect(requested).toEqual(['/a', '/a'])
  })

  test('that does not exist is requested once', async () => {
    const response = await asking(image('/missing'), image('/missing'))
    expect(response.status).toBe(404)
    expect(requested).toEqual(['/missing'])
  })

  test('counts as often as it is sent', async () => {
    const response = await asking(image('/large'))
    expect(response.status).toBe(400)
    expect(await errorOf(response)).toMatchObject({ metadata: { error_type: 'image_too_large' } })
    expect(requested).toEqual(['/large'])
  })
})
