import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { eventually } from '../faults/eventually.ts'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { generation, readJson } from './exchange.ts'

type Line = Readonly<Record<string, unknown>>

const models = {
  'acme/refused': behaving('status-401'),
  'acme/down': behaving('status-500', 'status-503'),
  'acme/saved': behaving('status-502', 'steady'),
  'acme/cut': behaving('cut-after-2'),
  'acme/gone': behaving('reset'),
  'acme/limited': behaving('status-429'),
}

/** Returns the log line of one request, once it is there. */
const lineOf = (gateway: TestGateway, id: string | null): Promise<Line> =>
  eventually(() =>
    gateway.log
      .map((line): Line => JSON.parse(line))
      .find(({ msg, requestId }) => msg === 'request' && requestId === id),
  )

const byName = (one: unknown, other: unknown): number => String(one).localeCompare(String(other))

const levels = { debug: 20, info: 30, warn: 40 }

describe('the log', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway({ models })
  })
  afterAll(() => gateway.close())

  const logged = async (model: string, more: object = {}): Promise<Line> => {
    const reply = await gateway.chat({ model, ...more })
    await reply.text()
    return lineOf(gateway, reply.headers.get('x-request-id'))
  }

  test('a request that failed is a warning with the provider, the cause and the status of the upstream', async () => {
    const line = await logged('acme/refused')
    expect(line).toMatchObject({
      level: levels.warn,
      status: 502,
      error: 'provider_unavailable',
      model: 'acme/refused',
    })
    expect(line['failures']).toEqual([
      {
        provider: 'prov-a',
        endpoint: 'acme/refused@prov-a',
        upstreamStatus: 401,
        error: 'provider_unavailable',
        cause: expect.any(String),
        ms: expect.any(Number),
      },
    ])
  })

  test('every provider that failed is named', async () => {
    const line = await logged('acme/down')
    expect(line).toMatchObject({ level: levels.warn, status: 503 })
    const failures = line['failures']
    expect(
      new Set(
        Array.isArray(failures) ? failures.map(({ provider, upstreamStatus }) => `${provider} ${upstreamStatus}`) : [],
      ),
    ).toEqual(new Set(['prov-a 500', 'prov-b 503']))
  })

  test('a request that another provider served is not a warning, and names the provider that failed', async () => {
    expect(await logged('acme/saved')).toMatchObject({
      level: levels.info,
      status: 200,
      provider: 'prov-b',
      failures: [{ provider: 'prov-a', upstreamStatus: 502 }],
    })
  })

  test('a stream that broke off is a warning, although its status is 200', async () => {
    expect(await logged('acme/cut', { stream: true })).toMatchObject({
      level: levels.warn,
      status: 200,
      error: 'provider_unavailable',
      failures: [{ provider: 'prov-a', upstreamStatus: 200, cause: expect.stringContaining('cut its answer') }],
    })
  })

  test('a connection that failed has its cause', async () => {
    const line = await logged('acme/gone')
    expect(line).toMatchObject({ level: levels.warn, failures: expect.anything() })
    expect(JSON.stringify(line['failures'])).toMatch(/ECONNRESET|UND_ERR_SOCKET/)
    expect(JSON.stringify(line['failures'])).not.toContain('upstreamStatus')
  })

  test('a refused request is a warning with its kind', async () => {
    const reply = await gateway.chat({ messages: null })
    expect(await lineOf(gateway, reply.headers.get('x-request-id'))).toMatchObject({
      level: levels.warn,
      status: 400,
      error: 'invalid_request',
    })
    const unknown = await gateway.chat({}, { authorization: 'Bearer nobody-0123456789' })
    expect(await lineOf(gateway, unknown.headers.get('x-request-id'))).toMatchObject({
      level: levels.warn,
      status: 401,
      error: 'authentication',
    })
  })

  test('a request that went well is no warning', async () => {
    const line = await logged('acme/m1')
    expect(line).toMatchObject({ level: levels.info, status: 200, provider: 'prov-a' })
    expect(line).not.toHaveProperty('failures')
    expect(line).not.toHaveProperty('error')
  })

  test('health checks are not logged', async () => {
    for (const path of ['/healthz', '/readyz', '/healthz/']) expect((await gateway.get(path)).status).toBe(200)
    await logged('acme/m1')
    expect(gateway.log.join('')).not.toMatch(/healthz|readyz/)
  })
})

describe('the level', () => {
  test.each([
    ['debug', ['200 /healthz', '200 /api/v1/chat/completions', '400 /api/v1/chat/completions']],
    ['info', ['200 /api/v1/chat/completions', '400 /api/v1/chat/completions']],
    ['warn', ['400 /api/v1/chat/completions']],
    ['error', []],
    ['silent', []],
  ])('%s', async (level, expected) => {
    const gateway = await startGateway({ log: { level } })
    await gateway.get('/healthz')
    await (await gateway.chat({})).text()
    await (await gateway.chat({ messages: null })).text()
    await gateway.close()
    const lines = gateway.log.map((line): Line => JSON.parse(line)).filter(({ msg }) => msg === 'request')
    expect(lines.map(({ status, path }) => `${String(status)} ${String(path)}`)).toEqual(expected)
  })
})

describe('for people', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway({ models, log: { format: 'pretty' } })
  })
  afterAll(() => gateway.close())
  const read = (pattern: RegExp) => eventually(() => gateway.log.find((line) => pattern.test(line)))

  test('a request is a line with its model, provider, tokens, cost and generation', async () => {
    const { body } = await readJson(gateway.chat({}))
    const line = await read(/acme\/m1/)
    expect(line).toMatch(
      /^\d\d:\d\d:\d\d info {2}POST \/api\/v1\/chat\/completions 200 {2}\d+ ms {2}acme\/m1 at prov-a {2}\d+ \+ 12 tokens {2}\$0\.0000\d+ {2}key sk-or-v1-/,
    )
    expect(line).toContain(String(body['id']))
    expect(line.split('\n')).toHaveLength(2)
  })

  test('the failures are below it', async () => {
    await (await gateway.chat({ model: 'acme/refused' })).text()
    const [first, second] = (await read(/POST .* acme\/refused/)).split('\n')
    expect(first).toMatch(/ warn {2}POST .* 502 .* provider_unavailable /)
    expect(second).toMatch(/^ {4}prov-a failed after \d+ ms with status 401: provider_unavailable, /)
    await (await gateway.chat({ model: 'acme/limited' })).text()
    const limited = (await read(/POST .* acme\/limited/)).split('\n')
    expect(limited[1]).toMatch(/ with status 429: rate_limit_exceeded$/)
  })

  test('nothing in it is obeyed by a terminal', async () => {
    await (await gateway.chat({ model: 'acme/\u001B]0;owned\u0007\u009B31m\n2026 forged' })).text()
    expect(await read(/forged/)).not.toMatch(/[^\P{Cc}\n]/u)
    expect((await read(/forged/)).trimEnd()).not.toContain('\n')
  })
})

describe('X-Request-Id', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway({ models })
  })
  afterAll(() => gateway.close())

  const given = '0b9cd2e4-7a4e-4c0e-9d53-5f1d1c3a9f10'

  test('is the client’s: in the reply, the log and the record', async () => {
    const reply = await gateway.chat({}, { 'x-request-id': given })
    expect(reply.headers.get('x-request-id')).toBe(given)
    expect(await lineOf(gateway, given)).toMatchObject({ status: 200 })
    expect(await generation(gateway, reply.headers.get('x-generation-id'))).toMatchObject({ request_id: given })
  })

  test('may be the same twice: each generation has its own line', async () => {
    const ids = await Promise.all(
      ['a', 'b', 'c'].map(async (content) => {
        const reply = await gateway.chat({ messages: [{ role: 'user', content }] }, { 'x-request-id': 'retry-1' })
        await reply.text()
        return reply.headers.get('x-generation-id')
      }),
    )
    const lines = await eventually(() => {
      const found = gateway.log.map((line): Line => JSON.parse(line)).filter(({ requestId }) => requestId === 'retry-1')
      return found.length === 3 ? found : undefined
    })
    expect(lines.map(({ generationId }) => generationId).toSorted(byName)).toEqual(ids.toSorted(byName))
    expect(lines.filter(({ model }) => model === 'acme/m1')).toHaveLength(3)
  })

  test.each(['', 'with space', 'x'.repeat(129), 'quo"te', '<script>', 'ünï'.normalize()])(
    'is ours where the client’s is %j',
    async (id) => {
      const reply = await gateway.get('/api/v1/models', { 'x-request-id': id })
      expect(reply.headers.get('x-request-id')).toMatch(/^req-\d+-[A-Za-z0-9]{20}$/)
    },
  )

  test.each([
    ['a success', '/api/v1/models', {}, 200],
    ['a refusal', '/api/v1/key', { authorization: '' }, 401],
    ['an address that is none', '/nothing', {}, 404],
    ['a page', '/docs', {}, 200],
  ])('stands on %s', async (_, path, headers, status) => {
    const reply = await gateway.get(path, headers)
    expect({ status: reply.status, id: reply.headers.get('x-request-id') }).toEqual({
      status,
      id: expect.stringMatching(/^req-/),
    })
  })

  test('given twice is none', async () => {
    const { hostname, port } = new URL(gateway.url)
    const socket = connect(Number(port), hostname)
    socket.write(
      'GET /healthz HTTP/1.1\r\nHost: a\r\nX-Request-Id: one\r\nX-Request-Id: two\r\nConnection: close\r\n\r\n',
    )
    let text = ''
    for await (const chunk of socket.setEncoding('utf8')) text += chunk
    expect(text).toMatch(/x-request-id: req-/i)
  })

  test('can be read by a page of another origin', async () => {
    const reply = await gateway.get('/api/v1/models', { origin: 'https://app.example' })
    expect(reply.headers.get('access-control-expose-headers')).toContain('X-Request-Id')
  })
})
