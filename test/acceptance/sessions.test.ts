import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { routes } from '../../src/http/app.ts'
import { startGateway, type TestGateway, testKey } from '../gateway.ts'
import { asObject, asText, at, readJson } from './exchange.ts'

const adminKey = 'sk-or-v1-test-management-key-of-the-default-account'
const teamAdminKey = 'sk-or-v1-test-management-key-of-another-account'
const keys = [
  { name: 'test', key: testKey },
  { name: 'admin', key: adminKey, management: true },
  { name: 'team admin', key: teamAdminKey, account: 'team-a', management: true },
  { name: 'team', key: 'sk-or-v1-test-key-of-team-a', account: 'team-a' },
]

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({ keys })
})
afterAll(() => gateway.close())

type Headers = Readonly<Record<string, string>>
const page: Headers = { 'x-waygate-console': '1', 'sec-fetch-site': 'same-origin' }

const send = (method: string, path: string, headers: Headers, body?: unknown): Promise<Response> =>
  fetch(`${gateway.url}/api/v1${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
const signIn = (body: unknown, headers: Headers = page): Promise<Response> =>
  send('POST', '/waygate/session', headers, body)

/** Signs in, and returns the headers with which the page sends its requests. */
async function begin(body: unknown = { key: adminKey }): Promise<Headers> {
  const reply = await signIn(body)
  expect(reply.status).toBe(200)
  const [cookie = ''] = (reply.headers.get('set-cookie') ?? '').split(';')
  await reply.text()
  return { ...page, cookie }
}

describe('signing in', () => {
  test('with a management key sets a cookie that scripts and other sites cannot use, and holds no key', async () => {
    const reply = await signIn({ key: adminKey })
    const cookie = reply.headers.get('set-cookie') ?? ''
    expect(cookie).toMatch(/^waygate_session=[\w-]{43}; Max-Age=86400; Path=\/; HttpOnly; SameSite=Strict$/)
    const text = await reply.text()
    expect(text).not.toContain(adminKey)
    expect(JSON.parse(text)).toEqual({
      data: {
        account: 'default',
        key: { name: 'admin', label: expect.stringContaining('...') },
        operator: true,
        expires_at: expect.any(String),
        idle_seconds: 7200,
      },
    })
  })

  test('at a page over TLS sets a cookie for TLS alone', async () => {
    const { host } = new URL(gateway.url)
    const reply = await signIn({ key: adminKey }, { 'x-waygate-console': '1', origin: `https://${host}` })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('set-cookie')).toMatch(/; Secure$/)
  })

  test('with a link works once, and makes an operator without a key', async () => {
    const link = await gateway.signInLink()
    const token = link.split('#/sign-in?token=')[1] ?? ''
    expect(link.startsWith(`${gateway.url}/#`)).toBe(true)
    const headers = await begin({ token })
    const { body } = await readJson(send('GET', '/waygate/session', headers))
    expect(body['data']).toMatchObject({ account: 'default', key: null, operator: true })
    const again = await readJson(signIn({ token }))
    expect(again.status).toBe(401)
    expect(at(again.body, 'error', 'message')).toContain('works once')
  })

  test.each([
    ['an inference key', { key: testKey }, 403],
    ['a wrong key', { key: 'sk-or-v1-wrong' }, 401],
    ['a wrong token', { token: 'x'.repeat(43) }, 401],
    ['a path instead of a token', { token: '../../waygate.db' }, 401],
    ['nothing', {}, 400],
    ['both', { key: adminKey, token: 'x' }, 400],
    ['a field that is unknown', { key: adminKey, remember: true }, 400],
  ])('with %s is refused', async (_, body, status) => {
    const reply = await readJson(signIn(body))
    expect(reply.status).toBe(status)
    expect(JSON.stringify(reply.body)).not.toContain('sk-or-v1-wrong')
  })
})

describe('a session', () => {
  test('does what its management key does, and ends when it is ended', async () => {
    const headers = await begin()
    const { status, body } = await readJson(send('POST', '/keys', headers, { name: 'of the console' }))
    expect(status).toBe(201)
    const hash = asText(at(body, 'data', 'hash'))
    expect((await send('DELETE', `/keys/${hash}`, headers)).status).toBe(200)
    const ended = await send('DELETE', '/waygate/session', headers)
    expect(await ended.json()).toEqual({ data: { ended: true } })
    expect(ended.headers.get('set-cookie')).toMatch(/^waygate_session=; Max-Age=0; /)
    const after = await readJson(send('GET', '/keys', headers))
    expect(after.status).toBe(401)
    expect(at(after.body, 'error', 'message')).toBe('The session has ended. Sign in again.')
  })

  test('gives way to a key in the same request', async () => {
    const headers = await begin()
    const { body } = await readJson(
      send('GET', '/waygate/session', { ...headers, authorization: `Bearer ${teamAdminKey}` }),
    )
    expect(body['data']).toMatchObject({ account: 'team-a', operator: false, expires_at: null, idle_seconds: null })
  })

  test('generates with the key Console of its account, whose spending is listed', async () => {
    const headers = await begin()
    const chat = { model: 'acme/m1', messages: [{ role: 'user', content: 'hi' }] }
    const replies = await Promise.all([1, 2, 3].map(() => readJson(send('POST', '/chat/completions', headers, chat))))
    for (const { status, body } of replies) {
      expect(status).toBe(200)
      const { body: record } = await readJson(send('GET', `/generation?id=${asText(body['id'])}`, headers))
      expect(asObject(record['data'])['total_cost']).toBeGreaterThan(0)
    }
    const listed = await consoleKeys(headers)
    expect(listed).toHaveLength(1)
    expect(listed[0]?.['usage']).toBeGreaterThan(0)
    // It is limited like any other key.
    const hash = asText(listed[0]?.['hash'])
    await send('PATCH', `/keys/${hash}`, headers, { limit: 0 })
    expect((await readJson(send('POST', '/chat/completions', headers, chat))).status).toBe(403)
    await send('PATCH', `/keys/${hash}`, headers, { disabled: true })
    expect((await readJson(send('POST', '/chat/completions', headers, chat))).status).toBe(401)
    await send('DELETE', `/keys/${hash}`, headers)
    expect((await readJson(send('POST', '/chat/completions', headers, chat))).status).toBe(200)
  })

  test('ends when its key is not there any more', async () => {
    const key = 'sk-or-v1-test-management-key-that-goes'
    await gateway.reload({ keys: [...keys, { name: 'goes', key, management: true }] })
    const headers = await begin({ key })
    await gateway.reload({ keys })
    expect((await send('GET', '/keys', headers)).status).toBe(401)
    await gateway.reload({ keys: [...keys, { name: 'goes', key, management: true }] })
    expect((await send('GET', '/keys', headers)).status).toBe(401)
    await gateway.reload({ keys })
  })
})

const consoleKeys = async (headers: Headers): Promise<readonly Readonly<Record<string, unknown>>[]> => {
  const { body } = await readJson(send('GET', '/keys', headers))
  const listed: unknown = body['data']
  return Array.isArray(listed) ? listed.map(asObject).filter(({ name }) => name === 'Console') : []
}

describe('a request that another site causes', () => {
  const host = () => new URL(gateway.url).host

  test.each<[string, () => Headers, number]>([
    ['the page itself', () => page, 200],
    ['the page, in a browser without Sec-Fetch-Site', () => ({ ...noSite, origin: `http://${host()}` }), 200],
    ['a form of another site', () => ({ 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }), 403],
    ['another site with the header', () => ({ ...page, 'sec-fetch-site': 'cross-site' }), 403],
    ['another port of this host', () => ({ ...page, 'sec-fetch-site': 'same-site' }), 403],
    ['the address line', () => ({ ...page, 'sec-fetch-site': 'none' }), 403],
    ['another origin', () => ({ ...noSite, origin: 'https://evil.example' }), 403],
    ['an origin that ends like this one', () => ({ ...noSite, origin: `http://evil-${host()}` }), 403],
    ['a page without an origin', () => ({ ...noSite, origin: 'null' }), 403],
    ['nobody knows what', () => noSite, 403],
    ['the page without its header', () => ({ 'sec-fetch-site': 'same-origin' }), 403],
    [
      'another site that names this origin',
      () => ({ ...page, 'sec-fetch-site': 'cross-site', origin: `http://${host()}` }),
      403,
    ],
  ])('changes something only from the page: %s', async (_, headers, status) => {
    const { cookie = '' } = await begin()
    const body = { amount: 1 }
    const reply = await readJson(send('POST', '/waygate/credits', { ...headers(), cookie }, body))
    expect(reply.status).toBe(status === 200 ? 201 : status)
    // The same holds of signing in, so that no other site puts a browser into a session of its own.
    expect((await readJson(signIn({ key: adminKey }, headers()))).status).toBe(status)
    expect((await readJson(send('DELETE', '/waygate/session', { ...headers(), cookie }))).status).toBe(status)
  })

  test.each([
    ['cross-site', 403],
    ['same-site', 403],
    ['same-origin', 200],
    ['none', 200],
  ])('reads something only from the page and the address line: Sec-Fetch-Site %s is %d', async (site, status) => {
    const { cookie = '' } = await begin()
    for (const path of ['/keys', '/models/user', '/generation?id=gen-1']) {
      const reply = await readJson(send('GET', path, { cookie, 'sec-fetch-site': site }))
      // There is no such generation.
      expect(reply.status).toBe(status === 200 && path.startsWith('/generation') ? 404 : status)
    }
  })

  test('and no other site may read a reply with credentials', async () => {
    const { cookie = '' } = await begin()
    const reply = await send('GET', '/keys', { cookie, origin: 'https://evil.example' })
    expect(reply.headers.get('access-control-allow-origin')).toBe('*')
    expect(reply.headers.get('access-control-allow-credentials')).toBeNull()
  })
})

describe('every address of administration', () => {
  const administration = routes.filter(({ access }) => access === 'management' || access === 'operator')

  test.each(
    administration.map(({ method, path }) => [method.toUpperCase(), path.replaceAll(/\{\w+\}/g, 'x')] as const),
  )('%s %s is refused to all but management keys and the page', async (method, path) => {
    const body = method === 'GET' ? undefined : {}
    const statusOf = async (headers: Headers): Promise<number> => {
      const reply = await send(method, path, headers, body)
      await reply.body?.cancel()
      return reply.status
    }
    const { cookie = '' } = await begin()
    expect(await statusOf({})).toBe(401)
    expect(await statusOf({ authorization: `Bearer ' OR '1'='1` })).toBe(401)
    expect(await statusOf({ authorization: `Bearer ${adminKey.slice(0, -1)}` })).toBe(401)
    expect(await statusOf({ authorization: `Bearer ${adminKey.toUpperCase()}` })).toBe(401)
    expect(await statusOf({ ...page, cookie: `${cookie}x` })).toBe(401)
    expect(await statusOf({ authorization: `Bearer ${testKey}` })).toBe(403)
    expect(await statusOf({ cookie, 'x-waygate-console': '1', 'sec-fetch-site': 'cross-site' })).toBe(403)
  })
})

const noSite: Headers = { 'x-waygate-console': '1' }

describe('X-Waygate-Account', () => {
  const names = async (headers: Headers): Promise<readonly unknown[]> => {
    const { status, body } = await readJson(send('GET', '/keys', headers))
    if (status !== 200) return [status, at(body, 'error', 'message')]
    const listed: unknown = body['data']
    return Array.isArray(listed) ? listed.map((key) => asObject(key)['name']) : []
  }

  test('lets an operator act for another account, with a session or a key', async () => {
    const other = { 'x-waygate-account': 'team-a' }
    expect(await names({ ...(await begin()), ...other })).toEqual(['team'])
    expect(await names({ authorization: `Bearer ${adminKey}`, ...other })).toEqual(['team'])
    const headers = { ...(await begin()), 'x-waygate-account': 'team-new' }
    expect((await send('POST', '/keys', headers, { name: 'first' })).status).toBe(201)
    expect(await names(headers)).toEqual(['first'])
  })

  test('is refused to everyone else', async () => {
    const other = { 'x-waygate-account': 'default' }
    const forbidden = [403, expect.stringContaining('X-Waygate-Account')]
    expect(await names({ authorization: `Bearer ${teamAdminKey}`, ...other })).toEqual(forbidden)
    expect(await names({ ...(await begin({ key: teamAdminKey })), ...other })).toEqual(forbidden)
    const headers = { authorization: `Bearer ${testKey}`, 'x-waygate-account': 'team-a' }
    expect((await readJson(send('GET', '/key', headers))).status).toBe(403)
    for (const account of ['', 'x'.repeat(101)]) {
      const refused = [400, expect.stringContaining('X-Waygate-Account')]
      expect(await names({ authorization: `Bearer ${adminKey}`, 'x-waygate-account': account })).toEqual(refused)
    }
  })
})

describe('failed attempts to sign in', () => {
  let limited: TestGateway
  beforeEach(async () => {
    // They are counted by the minute, which lasts as long as the test.
    vi.useFakeTimers({ toFake: ['performance'] })
    limited = await startGateway({ keys })
  })
  afterEach(async () => {
    vi.useRealTimers()
    await limited.close()
  })

  interface Reply {
    readonly status: number
    readonly headers: IncomingHttpHeaders
  }
  /** Signs in over a connection from one of the addresses of this machine, and behind a proxy where it is told who the client is. */
  async function attempt(key: string, from = '127.0.0.1', forwardedFor?: string): Promise<Reply> {
    const headers = {
      'content-type': 'application/json',
      ...page,
      ...(forwardedFor !== undefined && { 'x-forwarded-for': forwardedFor }),
    }
    const outgoing = request(`${limited.url}/api/v1/waygate/session`, { method: 'POST', localAddress: from, headers })
    outgoing.end(JSON.stringify({ key }))
    const reply = await new Promise<IncomingMessage>((resolve, reject) =>
      outgoing.on('response', resolve).on('error', reject),
    )
    reply.resume()
    return { status: reply.statusCode ?? 0, headers: reply.headers }
  }
  async function failTenTimes(from?: string, forwardedFor?: string): Promise<void> {
    for (let count = 0; count < 10; count++) {
      expect((await attempt(`wrong-${count}`, from, forwardedFor)).status).toBe(401)
    }
  }

  test('are limited', async () => {
    await failTenTimes()
    const refused = await attempt(adminKey)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0)
    expect(refused.headers['set-cookie']).toBeUndefined()
  })

  test('keep nobody else out, however many clients there are', async () => {
    for (let client = 2; client < 14; client++) await failTenTimes(`127.0.0.${client}`)
    expect((await attempt(adminKey, '127.0.0.2')).status).toBe(429)
    expect((await attempt(adminKey)).status).toBe(200)
  })

  test('are counted by client behind a proxy, and do not keep out who comes without it', async () => {
    await failTenTimes('127.0.0.1', '203.0.113.1, 198.51.100.7')
    expect((await attempt(adminKey, '127.0.0.1', '203.0.113.2, 198.51.100.7')).status).toBe(429)
    expect((await attempt(adminKey, '127.0.0.1', '203.0.113.1, 198.51.100.8')).status).toBe(200)
    expect((await attempt(adminKey)).status).toBe(200)
  })

  test('of one IPv6 network are those of one client', async () => {
    await failTenTimes('127.0.0.1', '2001:db8:0:1::1')
    expect((await attempt(adminKey, '127.0.0.1', '2001:0DB8::1:2:3:4:5')).status).toBe(429)
    expect((await attempt(adminKey, '127.0.0.1', '2001:db8:0:2::1')).status).toBe(200)
  })

  test('are limited for all clients of a proxy together, since their addresses may be invented', async () => {
    for (let client = 0; client < 10; client++) await failTenTimes('127.0.0.2', `198.51.100.${client}`)
    expect((await attempt(adminKey, '127.0.0.2', '198.51.100.99')).status).toBe(429)
    expect((await attempt(adminKey, '127.0.0.3', '198.51.100.99')).status).toBe(200)
  })

  test('do not keep out who has a sign-in link', async () => {
    await failTenTimes()
    const token = new URLSearchParams((await limited.signInLink()).split('?')[1]).get('token')
    const reply = await fetch(`${limited.url}/api/v1/waygate/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...page },
      body: JSON.stringify({ token }),
    })
    expect(reply.status).toBe(200)
  })
})
