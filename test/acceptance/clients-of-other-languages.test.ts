import { once } from 'node:events'
import { Agent, request } from 'node:http'
import { setTimeout as after } from 'node:timers/promises'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rawExchange } from '../faults/raw-exchange.ts'
import { behaving, startGateway, testKey, type TestGateway } from '../gateway.ts'
import { asObject, at, readJson, refusal } from './exchange.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    models: {
      'acme/cut': behaving('cut-after-2'),
      'acme/cut-completion': { endpoints: [{ ...behaving('cut-after-2').endpoints[0], operations: ['completions'] }] },
      'acme/slow-then-down': behaving('slow-first-token-400+status-503'),
    },
    keepalive_ms: 50,
  })
})
afterAll(() => gateway.close())

describe('the event of an error in the middle of a stream begins with `error`', () => {
  test.each([
    ['chat', '/api/v1/chat/completions', { model: 'acme/cut', messages: [{ role: 'user', content: 'hi' }] }],
    ['completions', '/api/v1/completions', { model: 'acme/cut-completion', prompt: 'hi' }],
    [
      'a chat that fails after the first comment',
      '/api/v1/chat/completions',
      { model: 'acme/slow-then-down', messages: [{ role: 'user', content: 'hi' }] },
    ],
  ])('%s', async (_, path, body) => {
    const reply = await gateway.post(path, { ...body, stream: true }, { 'x-openrouter-metadata': 'enabled' })
    const events = (await reply.text()).split('\n\n').filter((event) => event.startsWith('data: {'))
    expect(events.at(-1)).toMatch(/^data: \{"error":\{/)
    expect(events.slice(0, -1).filter((event) => event.includes('"error"'))).toEqual([])
    const last = asObject(JSON.parse(events.at(-1)?.slice('data: '.length) ?? ''))
    expect(last).toMatchObject({
      id: reply.headers.get('x-generation-id'),
      object: path.includes('chat') ? 'chat.completion.chunk' : 'text_completion',
      created: expect.any(Number),
      model: body.model,
      choices: [{ index: 0 }],
      openrouter_metadata: expect.anything(),
    })
  })
})

describe('requests as clients of other languages write them', () => {
  const body = JSON.stringify({ model: 'acme/m1', messages: [{ role: 'user', content: 'hi' }] })

  test('a byte order mark before the body', async () => {
    expect((await readJson(gateway.post('/api/v1/chat/completions', `\uFEFF${body}`))).status).toBe(200)
    await refusal(gateway.post('/api/v1/chat/completions', `\uFEFF\uFEFF${body}`), 400)
    await refusal(gateway.post('/api/v1/chat/completions', '\uFEFF'), 400)
  })

  const raw = (target: string, content = '') =>
    rawExchange(gateway.url, [
      `${content === '' ? 'GET' : 'POST'} ${target} HTTP/1.1\r\nHost: somewhere\r\nAuthorization: Bearer ${testKey}\r\n` +
        `Content-Type: application/json\r\nContent-Length: ${content.length}\r\nConnection: close\r\n\r\n${content}`,
    ])

  test.each(['http://gateway.example:8402', 'HTTPS://gateway.example', 'http://[::1]:8402'])(
    'a target with the origin %s',
    async (origin) => {
      expect((await raw(`${origin}/api/v1/chat/completions`, body)).status).toBe(200)
      expect((await raw(`${origin}/v1/models?limit=1`)).text).toContain('"data":[{"id":')
      expect((await raw(`${origin}/healthz`)).status).toBe(200)
      expect((await raw(`${origin}?any=1`)).status).toBe((await raw('/?any=1')).status)
      expect((await raw(`${origin}/api/v1/nothing`)).status).toBe(404)
    },
  )

  test.each(['/api/v1/models/', '/api/v1/models//', '/v1/models/?limit=1', '/healthz/', '/docs/', '/docs/errors/'])(
    'a slash at the end: %s',
    async (address) => {
      expect((await gateway.get(address)).status).toBe(200)
    },
  )

  test('a slash at the end of a chat’s address', async () => {
    expect((await gateway.post('/api/v1/chat/completions/', body)).status).toBe(200)
    expect((await gateway.get('/api/v1/chat/completions/')).status).toBe(405)
  })

  test('the list and its rows have their type, and rows their owner', async () => {
    const { body: list } = await readJson(gateway.get('/api/v1/models'))
    expect(list['object']).toBe('list')
    expect(list['data']).toContainEqual(expect.objectContaining({ id: 'acme/m1', object: 'model', owned_by: 'acme' }))
    const read = await Array.fromAsync(new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: testKey }).models.list())
    expect(read).toEqual(list['data'])
  })

  test.each(['acme/m1', 'acme%2Fm1', 'acme%2fm1'])('one model: /models/%s', async (id) => {
    const { status, body: model } = await readJson(gateway.get(`/v1/models/${id}`))
    expect({ status, model }).toMatchObject({
      status: 200,
      model: { id: 'acme/m1', object: 'model', owned_by: 'acme', created: expect.any(Number) },
    })
    expect((await readJson(gateway.get(`/api/v1/model/${id}`))).body['data']).toEqual(model)
    expect(at((await readJson(gateway.get(`/api/v1/models/${id}/endpoints`))).body, 'data', 'id')).toBe('acme/m1')
  })

  test('one model, requested with OpenAI’s SDK', async () => {
    const client = new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey: testKey })
    expect(await client.models.retrieve('acme/m1')).toMatchObject({ id: 'acme/m1', object: 'model', owned_by: 'acme' })
    for (const name of ['acme/none', 'none', 'acme/m1:nonsense', 'openrouter/auto', '%', '../key']) {
      await expect(client.models.retrieve(name), name).rejects.toMatchObject({ status: 404, error: { code: 404 } })
    }
  })

  test('OpenAI’s SDK finds each model by every name by which a chat finds it', async () => {
    const named = await startGateway({
      models: {
        'acme/m-1.5': { ...behaving('steady'), aliases: ['acme/older', 'quick'] },
        'acme/gift:free': {
          endpoints: [{ ...behaving('steady').endpoints[0], pricing: { prompt: 0, completion: 0 } }],
        },
      },
      aliases: { fast: 'acme/m-1.5', 'team-*': 'acme/m2' },
    })
    try {
      const client = new OpenAI({ baseURL: `${named.url}/v1`, apiKey: testKey })
      const names = ['acme/m-1.5', 'm-1.5', 'm-1-5', 'acme/m-1-5', 'acme/older', 'quick', 'm-1.5-2026-01-31']
      const others = [
        'fast',
        'team-blue',
        'acme/m1:nitro',
        'fast:floor',
        'acme/gift:free',
        'gift:free',
        '~acme/m-latest',
      ]
      for (const model of [...names, ...others]) {
        const answer = await client.chat.completions.create({ model, messages: [{ role: 'user', content: 'hi' }] })
        expect({ model, id: (await client.models.retrieve(model)).id }).toEqual({ model, id: answer.model })
      }
      const { body } = await readJson(named.get('/api/v1/models/m-1.5'))
      expect(body).toEqual((await readJson(named.get('/api/v1/models/acme/m-1.5'))).body)
    } finally {
      await named.close()
    }
  })
})

describe('a connection without a request', () => {
  const ask = async (agent: Agent, url: string) => {
    const sent = request(`${url}/healthz`, { agent })
    const replied = once(sent, 'response')
    sent.end()
    const [reply] = await replied
    const { socket } = reply
    await once(reply.resume(), 'end')
    return { socket, keepAlive: String(reply.headers['keep-alive']) }
  }

  test('stays open for 75 s, and announces it', async () => {
    const agent = new Agent({ keepAlive: true })
    expect((await ask(agent, gateway.url)).keepAlive).toBe('timeout=75')
    agent.destroy()
  })

  test('stays open as long as configured, also where headers must come sooner', async () => {
    const clientTimeouts = { headersMs: 200, requestMs: 400, checkMs: 20 }
    const patient = await startGateway(
      { server: { host: '127.0.0.1', port: 0, keep_alive_ms: 20_000 } },
      clientTimeouts,
    )
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    const first = await ask(agent, patient.url)
    expect(first.keepAlive).toBe('timeout=20')
    await after(1_000)
    const second = await ask(agent, patient.url)
    expect(second.socket).toBe(first.socket)
    agent.destroy()
    await patient.close()
  })

  test('is closed when that is over', async () => {
    const hasty = await startGateway({ server: { host: '127.0.0.1', port: 0, keep_alive_ms: 50 } })
    const agent = new Agent({ keepAlive: true })
    const { socket } = await ask(agent, hasty.url)
    if (!socket.destroyed) await once(socket, 'close', { signal: AbortSignal.timeout(10_000) })
    expect(socket.destroyed).toBe(true)
    agent.destroy()
    await hasty.close()
  })
})
