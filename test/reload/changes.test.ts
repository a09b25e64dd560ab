import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, describe, expect, test } from 'vitest'
import { called, calls, generation, readJson, refusal } from '../acceptance/exchange.ts'
import { adminKey, startByokGateway } from '../byok-gateway.ts'
import { eventually } from '../faults/eventually.ts'
import { completed } from '../faults/operations.ts'
import { otherKey, startGateway, testKey, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const newKey = 'sk-or-v1-test-key-that-is-new'
const bearer = (key: string) => ({ authorization: `Bearer ${key}` })
const statusOf = async (key: string): Promise<number> => {
  const response = await gateway.chat({}, bearer(key))
  await response.arrayBuffer()
  return response.status
}

describe('keys of the file', () => {
  test('that were removed are refused at once, and those that were added work', async () => {
    gateway = await startGateway()
    expect([await statusOf(testKey), await statusOf(otherKey), await statusOf(newKey)]).toEqual([200, 200, 401])
    const keys = [
      { name: 'test', key: testKey },
      { name: 'new', key: newKey },
    ]
    const reloading = gateway.reload({ keys })
    expect(await reloading).toEqual({
      type: 'reloaded',
      file: expect.stringContaining('waygate.yaml'),
      changed: ['keys'],
    })
    expect([await statusOf(testKey), await statusOf(otherKey), await statusOf(newKey)]).toEqual([200, 401, 200])
    await gateway.reload({ keys: keys.map((key) => ({ ...key, disabled: true })) })
    expect([await statusOf(testKey), await statusOf(newKey)]).toEqual([401, 401])
  })

  test('keep the time at which they were made', async () => {
    const keys = [
      { name: 'test', key: testKey },
      { name: 'admin', key: adminKey, management: true },
    ]
    gateway = await startGateway({ keys })
    const created = async () => {
      const { body } = await readJson(gateway.get('/api/v1/keys', bearer(adminKey)))
      return Object(body['data'])[0].created_at
    }
    const before = await created()
    await pause(5)
    await gateway.reload({ keys: [{ ...keys[0], limit: 5 }, keys[1]] })
    expect(await created()).toBe(before)
  })

  test('may have another limit, which counts for the budget that is in use', async () => {
    const models = {
      'acme/m1': {
        endpoints: [{ provider: 'prov-a', model: 'usage-1000-0', pricing: { prompt: 1000, completion: 0 } }],
      },
    }
    const limited = (limit: number) => ({ models, keys: [{ name: 'test', key: testKey, limit }] })
    const ask = () => gateway.chat({ max_tokens: 1 })
    gateway = await startGateway(limited(1))
    expect((await ask()).status).toBe(200)
    await refusal(ask(), 403)
    await gateway.reload(limited(2))
    expect((await ask()).status).toBe(200)
    await refusal(ask(), 403)
    await gateway.reload(limited(0.5))
    await refusal(ask(), 403)
    const { body } = await readJson(gateway.get('/api/v1/key'))
    expect(body['data']).toMatchObject({ limit: 0.5, usage: 2 })
  })
})

describe('limits of all keys', () => {
  test('change, and end', async () => {
    gateway = await startGateway({ limits: { requests_per_minute: 1 } })
    expect([await statusOf(testKey), await statusOf(testKey)]).toEqual([200, 429])
    await gateway.reload({ limits: { requests_per_minute: 3 } })
    expect([await statusOf(testKey), await statusOf(testKey), await statusOf(testKey)]).toEqual([200, 200, 429])
    await gateway.reload({})
    expect(await statusOf(testKey)).toBe(200)
  })

  test('of free models begin', async () => {
    const models = { 'acme/m1': { endpoints: [{ provider: 'prov-a', model: 'steady', pricing: {} }] } }
    gateway = await startGateway({ models })
    expect(await statusOf(testKey)).toBe(200)
    await gateway.reload({ models, limits: { free_models: { per_minute: 1 } } })
    expect([await statusOf(testKey), await statusOf(testKey)]).toEqual([200, 429])
  })
})

describe('a provider', () => {
  const at = (slug: string, key = `key-${slug}`) => ({
    base_url: `${gateway.simulator.url}/${slug}/v1`,
    api_key: key,
  })
  const others = () => ({ 'prov-b': at('prov-b'), 'prov-c': at('prov-c') })
  const model = (upstream: string, prompt: number) => ({
    'acme/m1': { endpoints: [{ provider: 'prov-a', model: upstream, pricing: { prompt, completion: 0 } }] },
  })

  test('that is changed serves the next request, and the running one ends as it began', async () => {
    gateway = await startGateway()
    const before = {
      providers: { ...others(), 'prov-a': at('before') },
      models: model('tokens-20+pace-20+usage-1000-20', 1),
    }
    const after = { providers: { ...others(), 'prov-a': at('after') }, models: model('tokens-3+usage-1000-3', 7) }
    await gateway.reload(before)
    gateway.simulator.clearJournal()
    const running = gateway.chat({ stream: true })
    await eventually(() => calls(gateway).find(({ chunksSent }) => chunksSent > 0))
    expect(await gateway.reload(after)).toMatchObject({ changed: ['providers', 'models'] })
    const next = await readJson(gateway.chat({}))
    const stream = await readStream(await running)
    expect(completed(stream)).toBe(true)
    expect(stream.chunks.at(-1)?.usage).toMatchObject({ completion_tokens: 20, cost: 0.001 })
    expect(next.body['usage']).toMatchObject({ completion_tokens: 3, cost: 0.007 })
    expect(calls(gateway).map(({ path, headers }) => [path.split('/')[1], headers['authorization']])).toEqual([
      ['before', '****fore'],
      ['after', '****fter'],
    ])
    expect(await generation(gateway, stream.chunks[0]?.id)).toMatchObject({ total_cost: 0.001 })
  })

  test('that is removed answers its running request, whose later calls still reach it', async () => {
    gateway = await startGateway()
    const endpoints = ['status-503+slow-first-token-300', 'tokens-3'].map((upstream, index) => ({
      provider: 'prov-z',
      model: upstream,
      tag: `prov-z/${index}`,
      pricing: { prompt: 1 + index, completion: 0 },
    }))
    await gateway.reload({
      providers: { 'prov-z': at('prov-z') },
      models: { 'acme/m1': { endpoints }, 'acme/m2': { endpoints } },
    })
    gateway.simulator.clearJournal()
    const running = gateway.chat({})
    await eventually(() => calls(gateway)[0])
    await gateway.reload({})
    expect((await running).status).toBe(200)
    expect(called(gateway)).toEqual(['prov-z', 'prov-z'])
    expect([...gateway.catalog().models.keys()]).toEqual(['acme/m1', 'acme/m2'])
    await refusal(gateway.chat({ provider: { only: ['prov-z'] } }), 404)
  })

  test('that was unknown may be called with a key that an account brings, for the fee of the configuration in use', async () => {
    const byok = await startByokGateway()
    gateway = byok.gateway
    const provider = 'prov-new'
    const config = (place: string, more: object) => {
      const endpoints = [{ provider, model: 'up', pricing: { prompt: 1, completion: 2 } }]
      return {
        keys: [
          { name: 'test', key: testKey },
          { name: 'admin', key: adminKey, management: true },
        ],
        providers: { [provider]: { base_url: `${byok.upstream.url}/${place}/v1`, api_key: 'own' } },
        models: { 'acme/m1': { endpoints }, 'acme/m2': { endpoints } },
        ...more,
      }
    }
    expect((await byok.manage('POST', '/byok', { provider, key: 'brought' })).status).toBe(400)
    await gateway.reload(config('first', {}))
    await byok.bring({ provider, key: 'brought' })
    expect(await byok.ask()).toMatchObject({ status: 200, calls: ['first brought'], body: { usage: { cost: 0 } } })
    await gateway.reload(config('moved', { byok: { fee_percent: 10 } }))
    expect(await byok.ask()).toMatchObject({ status: 200, calls: ['moved brought'], body: { usage: { cost: 0.0002 } } })
    byok.upstream.close()
  })
})

test('the log follows its level', async () => {
  gateway = await startGateway({ log: { level: 'error' } })
  await statusOf(testKey)
  expect(gateway.log).toEqual([])
  await gateway.reload({ log: { level: 'info' } })
  await statusOf(testKey)
  const lines = gateway.log.map((line) => JSON.parse(line))
  expect(lines).toMatchObject([{ level: 30, msg: 'the configuration was reloaded: log changed' }, { msg: 'request' }])
  await gateway.reload({ log: { level: 'silent' } })
  await statusOf(testKey)
  expect(gateway.log).toHaveLength(2)
})

test('contents of generations are kept from the next request on, and no longer', async () => {
  const logging = (on: boolean) => ({ accounts: { default: { log_content: on } } })
  const content = async () => {
    const response = await gateway.chat({})
    const { id } = JSON.parse(await response.text())
    await generation(gateway, id)
    return (await gateway.get(`/api/v1/generation/content?id=${id}`)).status
  }
  gateway = await startGateway(logging(false))
  const off = await content()
  await gateway.reload(logging(true))
  await eventually(async () => ((await content()) === 200 ? true : null))
  await gateway.reload(logging(false))
  expect(await content()).toBe(off)
})

describe('times', () => {
  const endpoint = (provider: string, model = 'steady') => ({
    provider,
    model,
    pricing: { prompt: 1, completion: 1, input_cache_read: 0.1 },
  })

  test('of outages and sessions count from the next request on', async () => {
    const config = (seconds: number) => ({
      routing: { outage_window_s: seconds, probe_interval_s: seconds, sticky_ttl_s: seconds },
      models: {
        'acme/m1': { endpoints: [endpoint('prov-a', 'status-503'), endpoint('prov-b')] },
        'acme/m2': { endpoints: [endpoint('prov-a'), endpoint('prov-b')] },
      },
    })
    const ask = async (body: object): Promise<readonly string[]> => {
      const before = called(gateway).length
      await (await gateway.chat({ ...body })).arrayBuffer()
      return called(gateway).slice(before)
    }
    const session = { model: 'acme/m2', session_id: 's1' }
    gateway = await startGateway(config(600))
    expect([await ask({}), await ask({})]).toEqual([['prov-a', 'prov-b'], ['prov-b']])
    await ask({ ...session, provider: { only: ['prov-b'] } })
    expect(await ask(session)).toEqual(['prov-b'])

    await gateway.reload(config(0))
    expect(await ask({})).toEqual(['prov-a', 'prov-b'])
    // The session has the time that it got when it was served last; now it gets none.
    expect([await ask(session), await ask(session)]).toEqual([['prov-b'], ['prov-a']])
  })

  test('for idle connections of clients too', async () => {
    const config = (keep_alive_ms: number) => ({ server: { host: '127.0.0.1', port: 0, keep_alive_ms } })
    gateway = await startGateway(config(70_000))
    const announced = async () => (await gateway.chat({})).headers.get('keep-alive')
    expect(await announced()).toBe('timeout=70')
    expect(await gateway.reload(config(20_000))).toMatchObject({ changed: ['server'] })
    expect(await announced()).toBe('timeout=20')
  })
})
