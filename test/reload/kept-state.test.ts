import { afterEach, expect, test } from 'vitest'
import { called, calls, generation, readJson, refusal } from '../acceptance/exchange.ts'
import { startGateway, testKey, type TestGateway } from '../gateway.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const endpoint = (provider: string, prompt = 1, more: object = {}) => ({
  provider,
  model: 'steady',
  pricing: { prompt, completion: 2 * prompt, input_cache_read: 0.1 },
  ...more,
})

/** Starts a gateway, does something, and reloads the same configuration with another model in it. */
async function reloadedAfter(config: Readonly<Record<string, unknown>>, act: () => Promise<unknown>): Promise<void> {
  gateway = await startGateway(config)
  await act()
  const models = { ...Object(config['models']), 'acme/new': { endpoints: [endpoint('prov-a')] } }
  expect(await gateway.reload({ ...config, models })).toMatchObject({ type: 'reloaded', changed: ['models'] })
  gateway.simulator.clearJournal()
}

const answered = async (body: object = {}, headers = {}): Promise<Response> => {
  const response = await gateway.chat({ ...body }, headers)
  expect([response.status, await response.text()]).toMatchObject([200, expect.any(String)])
  return response
}

const others = () => ({
  'prov-b': { base_url: `${gateway.simulator.url}/prov-b/v1` },
  'prov-c': { base_url: `${gateway.simulator.url}/prov-c/v1` },
})

const two = { 'acme/m1': { endpoints: [endpoint('prov-a'), endpoint('prov-b', 2)] } }

test('an endpoint that is down stays down', async () => {
  const config = {
    routing: { outage_window_s: 600, probe_interval_s: 600 },
    models: { 'acme/m1': { endpoints: [endpoint('prov-a', 1, { model: 'status-503' }), endpoint('prov-b', 2)] } },
  }
  await reloadedAfter(config, async () => {
    await answered()
    expect(called(gateway)).toEqual(['prov-a', 'prov-b'])
  })
  await answered()
  expect(called(gateway)).toEqual(['prov-b'])
})

test('a credential that was refused stays on the bench, and a new key of the same provider is tried', async () => {
  const model = { 'acme/m1': { endpoints: [endpoint('prov-a', 1, { model: 'first-1-status-401' })] } }
  const provider = (api_keys: readonly string[]) => ({
    ...others(),
    'prov-a': { base_url: `${gateway.simulator.url}/prov-a/v1`, api_keys },
  })
  const keysTried = async (): Promise<readonly unknown[]> => {
    const before = calls(gateway).length
    await answered()
    return calls(gateway)
      .slice(before)
      .map(({ headers }) => headers['authorization'])
  }
  gateway = await startGateway({ models: model })
  expect(await gateway.reload({ models: model, providers: provider(['key-one', 'key-two']) })).toMatchObject({
    type: 'reloaded',
  })
  expect(await keysTried()).toEqual(['****-one', '****-two'])

  expect(
    await gateway.reload({ models: model, providers: provider(['key-one', 'key-two', 'key-three']) }),
  ).toMatchObject({ type: 'reloaded', changed: ['providers'] })
  expect(await keysTried()).toEqual(['****-two'])

  await gateway.reload({ models: model, providers: provider(['key-one', 'key-three']) })
  expect(await keysTried()).toEqual(['****hree'])
})

test('what is known of an endpoint is forgotten where it is at another address', async () => {
  const config = (place: string) => ({
    routing: { outage_window_s: 600, probe_interval_s: 600 },
    models: two,
    providers: {
      ...others(),
      'prov-a': { base_url: place },
    },
  })
  gateway = await startGateway({ models: two })
  // Nobody listens there.
  await gateway.reload(config('http://127.0.0.1:9'))
  await answered()
  await answered()
  expect(called(gateway)).toEqual(['prov-b', 'prov-b'])
  await gateway.reload(config(`${gateway.simulator.url}/prov-new/v1`))
  await answered()
  expect(called(gateway)).toEqual(['prov-b', 'prov-b', 'prov-new'])
})

test('the minute of a rate limit goes on, and so does what a key has spent', async () => {
  const rich = {
    endpoints: [{ provider: 'prov-a', model: 'usage-1000-1000', pricing: { prompt: 1000, completion: 0 } }],
  }
  const config = {
    keys: [
      { name: 'test', key: testKey, requests_per_minute: 2 },
      { name: 'poor', key: 'sk-or-v1-key-with-one-dollar', limit: 1 },
    ],
    models: { 'acme/rich': rich },
  }
  const poor = { authorization: 'Bearer sk-or-v1-key-with-one-dollar' }
  await reloadedAfter(config, async () => {
    await answered()
    await answered()
    await answered({ model: 'acme/rich', max_tokens: 1 }, poor)
  })
  expect(await refusal(gateway.chat({}), 429)).toMatchObject({
    message: expect.stringContaining('2 requests a minute'),
  })
  await refusal(gateway.chat({ model: 'acme/rich' }, poor), 403)
  const { body } = await readJson(gateway.get('/api/v1/key', poor))
  expect(body['data']).toMatchObject({ usage: 1, limit: 1, limit_remaining: 0 })
})

test('a session stays with its endpoint', async () => {
  const config = { models: { 'acme/m1': { endpoints: [endpoint('prov-a'), endpoint('prov-b')] } } }
  const session = { session_id: 's1' }
  await reloadedAfter(config, () => answered({ ...session, provider: { only: ['prov-b'] } }))
  await answered(session)
  expect(called(gateway)).toEqual(['prov-b'])
  await answered({ session_id: 's2' })
  expect(called(gateway)).toEqual(['prov-b', 'prov-a'])
})

test('a cached answer is found, and records of before can be read', async () => {
  const on = { 'x-openrouter-cache': 'true' }
  let id: string | null = null
  await reloadedAfter({}, async () => {
    const miss = await answered({}, on)
    expect(miss.headers.get('x-openrouter-cache-status')).toBe('MISS')
    id = miss.headers.get('x-generation-id')
  })
  const hit = await answered({}, on)
  expect(hit.headers.get('x-openrouter-cache-status')).toBe('HIT')
  expect(calls(gateway)).toEqual([])
  expect(await generation(gateway, id)).toMatchObject({ model: 'acme/m1' })
})

test('a smaller response cache keeps less', async () => {
  const on = { 'x-openrouter-cache': 'true' }
  gateway = await startGateway({ limits: { response_cache_mb: 64 } })
  await answered({}, on)
  expect(await gateway.reload({ limits: { response_cache_mb: 0.000001 } })).toMatchObject({ changed: ['limits'] })
  const status = async (content: string) =>
    (await answered({ messages: [{ role: 'user', content }] }, on)).headers.get('x-openrouter-cache-status')
  expect([await status('other'), await status('other')]).toEqual(['MISS', 'MISS'])
})
