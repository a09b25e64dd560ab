import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { at, calls, readJson, refusal } from '../acceptance/exchange.ts'
import { otherKey, startGateway, testKey, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'

const own = 'sk-or-v1-test-key-with-limits-of-its-own'
const second = 'sk-or-v1-second-test-key-of-the-account'
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
const noon = Date.UTC(2026, 10, 25, 12)

/** Starts a gateway whose clock stands still unless the test sets it. */
async function started(limits: object): Promise<TestGateway> {
  vi.useFakeTimers({ toFake: ['Date'], now: noon })
  onTestFinished(() => void vi.useRealTimers())
  const gateway = await startGateway({
    limits,
    keys: [
      { name: 'test', key: testKey },
      { name: 'second', key: second },
      { name: 'other', key: otherKey, account: 'other' },
      { name: 'own', key: own, requests_per_minute: 1, tokens_per_minute: 1_000_000 },
    ],
    models: {
      'acme/gratis': { endpoints: [{ provider: 'prov-a', model: 'steady', pricing: {} }] },
      'acme/counted': { endpoints: [{ provider: 'prov-a', model: 'usage-600-200', pricing: {} }] },
      'acme/mixed': {
        endpoints: [
          { provider: 'prov-a', model: 'steady', pricing: {} },
          { provider: 'prov-b', model: 'steady', pricing: { prompt: 1, completion: 1 } },
        ],
      },
    },
  })
  onTestFinished(() => gateway.close())
  return gateway
}

/** Expects the 429 of contract row 20, and returns when to try again. */
async function limited(reply: Promise<Response>, limit: number, bucket: string): Promise<number> {
  const response = await reply
  const headers = {
    'X-RateLimit-Limit': String(limit),
    'X-RateLimit-Remaining': '0',
    'X-RateLimit-Reset': response.headers.get('x-ratelimit-reset'),
  }
  for (const [name, value] of Object.entries(headers)) expect(response.headers.get(name)).toBe(value)
  const resetAt = Number(headers['X-RateLimit-Reset'])
  expect(response.headers.get('retry-after')).toBe(String(Math.ceil((resetAt - Date.now()) / 1000)))
  const error = await refusal(Promise.resolve(response), 429)
  expect(error).toMatchObject({ error_type: 'rate_limit_exceeded', metadata: { headers } })
  expect(error['message']).toContain(bucket)
  return resetAt
}

async function passes(gateway: TestGateway, body: object = {}, headers: Record<string, string> = {}): Promise<void> {
  const reply = await gateway.chat({ ...body }, headers)
  expect(reply.status).toBe(200)
  expect([...reply.headers.keys()].filter((name) => name.startsWith('x-ratelimit'))).toEqual([])
  await reply.text()
}

describe('contract row 20: limits of a key per minute', () => {
  test('requests: the next is refused with the headers, and a later success carries none of them', async () => {
    const gateway = await started({ requests_per_minute: 2 })
    await passes(gateway)
    vi.setSystemTime(noon + 10_000)
    await passes(gateway, { stream: true })
    gateway.simulator.clearJournal()
    const resetAt = await limited(gateway.chat({}), 2, 'requests-per-min')
    expect(resetAt).toBe(noon + 60_000)
    await limited(gateway.chat({ stream: true }), 2, 'requests-per-min')
    await limited(gateway.post('/v1/completions', { model: 'acme/m1', prompt: 'hi' }), 2, 'requests-per-min')
    expect(calls(gateway)).toEqual([])
    // Other keys have their own minute, also those of the same account.
    await passes(gateway, {}, bearer(second))
    await passes(gateway, {}, bearer(otherKey))
    vi.setSystemTime(resetAt - 1)
    await limited(gateway.chat({}), 2, 'requests-per-min')
    vi.setSystemTime(resetAt)
    await passes(gateway)
  })

  test('requests: 50 at once', async () => {
    const gateway = await started({ requests_per_minute: 20 })
    const statuses = await Promise.all(Array.from({ length: 50 }, async () => (await gateway.chat({})).status))
    expect(statuses.filter((status) => status === 200)).toHaveLength(20)
    expect(statuses.filter((status) => status === 429)).toHaveLength(30)
  })

  test('a key may have its own, and a request that does not generate is not counted', async () => {
    const gateway = await started({ requests_per_minute: 2 })
    await passes(gateway, {}, bearer(own))
    await limited(gateway.chat({}, bearer(own)), 1, 'requests-per-min')
    for (let request = 0; request < 5; request++)
      expect((await gateway.get('/api/v1/key', bearer(own))).status).toBe(200)
  })

  test('tokens: the request that exceeds them is the last of the minute', async () => {
    const gateway = await started({ tokens_per_minute: 1600 })
    await passes(gateway, { model: 'acme/counted' })
    const { done } = await readStream(await gateway.chat({ model: 'acme/counted', stream: true }))
    expect(done).toBe(true)
    const resetAt = await limited(gateway.chat({ model: 'acme/counted' }), 1600, 'tokens-per-min')
    await passes(gateway, { model: 'acme/counted' }, bearer(own))
    vi.setSystemTime(resetAt)
    await passes(gateway, { model: 'acme/counted' })
  })
})

describe('contract §6.18: limits of free models', () => {
  test('are off where nothing is configured', async () => {
    const gateway = await started({})
    for (let request = 0; request < 25; request++) await passes(gateway, { model: 'acme/gratis' })
    const { body } = await readJson(gateway.get('/api/v1/key'))
    expect(at(body, 'data', 'free_model_daily_requests')).toEqual({ limit: -1, remaining: -1, used: 0 })
  })

  test('are those of the account, by minute and by day', async () => {
    const gateway = await started({ free_models: { per_minute: 2, per_day: 3 } })
    await passes(gateway, { model: 'acme/gratis' })
    await passes(gateway, { model: 'acme/gratis' }, bearer(second))
    const resetAt = await limited(gateway.chat({ model: 'acme/gratis' }), 2, 'free-models-per-min')
    await limited(gateway.chat({ model: 'acme/gratis' }, bearer(second)), 2, 'free-models-per-min')
    expect(resetAt).toBe(noon + 60_000)
    // What costs something is not counted, nor what might.
    await passes(gateway)
    await passes(gateway, { model: 'acme/mixed' })
    await passes(gateway, { model: 'acme/gratis' }, bearer(otherKey))
    vi.setSystemTime(resetAt)
    await passes(gateway, { model: 'acme/mixed:free' })
    const midnight = await limited(gateway.chat({ model: 'acme/gratis' }), 3, 'free-models-per-day')
    expect(midnight).toBe(Date.UTC(2026, 10, 26))
    const { body } = await readJson(gateway.get('/api/v1/key'))
    expect(at(body, 'data', 'free_model_daily_requests')).toEqual({ limit: 3, remaining: 0, used: 3 })
    vi.setSystemTime(midnight)
    await passes(gateway, { model: 'acme/gratis' })
  })
})
