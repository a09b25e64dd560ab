import { expect, onTestFinished, test } from 'vitest'
import { isObject } from '../../src/util/json.ts'
import { describeRedis } from '../engines/engines.ts'
import { eventually } from '../faults/eventually.ts'
import { otherKey, startGateway, type TestGateway } from '../gateway.ts'
import { startKeyedUpstream } from '../keyed-upstream.ts'
import { at, called, calls, readJson } from './exchange.ts'

const endpoint = (provider: string, prompt: number, more: object = {}) => ({
  provider,
  model: 'steady',
  pricing: { prompt, completion: prompt, input_cache_read: prompt / 10 },
  ...more,
})
const markers = ['marker-1', 'marker-2', 'marker-3', 'marker-4']
const models = {
  'acme/pair': { endpoints: [endpoint('prov-a', 1), endpoint('prov-b', 2)] },
  'acme/free': { endpoints: [{ ...endpoint('prov-a', 0), pricing: { prompt: 0, completion: 0 } }] },
  ...Object.fromEntries(markers.map((name) => [`acme/${name}`, { endpoints: [endpoint('prov-c', 1)] }])),
}
const pair = { model: 'acme/pair' }

describeRedis('two nodes', (start) => {
  /** Starts nodes that share one server, and nothing else. */
  async function nodes(config: object = {}, redisUrl?: string) {
    const url = redisUrl ?? (await start()).url
    const open = async (): Promise<TestGateway> => {
      const gateway = await startGateway({ storage: { redis_url: url }, models, ...config })
      onTestFinished(() => gateway.close())
      return gateway
    }
    return { one: await open(), other: await open(), open, url }
  }

  /** Returns what a node would do with a request, and knows of the endpoint at a provider. */
  async function knows(
    gateway: TestGateway,
    body: object,
    provider: string,
  ): Promise<Readonly<Record<string, unknown>>> {
    const messages = [{ role: 'user', content: 'hi' }]
    const explained = await readJson(gateway.post('/api/v1/route', { messages, ...body }))
    const candidates = at(explained.body, 'data', 'candidates')
    const found = Array.isArray(candidates) ? candidates.find((one) => at(one, 'endpoint') === provider) : undefined
    return isObject(found) ? found : {}
  }

  let marked = 0
  /** Waits until one node knows what the other one knew. Facts of a node arrive in their order. */
  async function caughtUp(knowing: TestGateway, learning: TestGateway, headers = {}): Promise<void> {
    const model = `acme/${markers[marked++ % markers.length]}`
    await okay(knowing.chat({ model, stream: true }, headers))
    await eventually(async () => (await knows(learning, { model }, 'prov-c'))['latency_p50'])
  }

  async function okay(reply: Promise<Response>): Promise<Response> {
    const response = await reply
    expect([response.status, await response.clone().text()]).toEqual([200, expect.anything()])
    return response
  }

  const behave = (gateway: TestGateway, model: string, behaviour: string | null) =>
    fetch(`${gateway.simulator.url}/_behaviour`, { method: 'POST', body: JSON.stringify({ model, behaviour }) })

  const dying = {
    models: {
      ...models,
      'acme/pair': { endpoints: [endpoint('prov-a', 1, { model: 'status-503' }), endpoint('prov-b', 2)] },
    },
    routing: { outage_window_s: 30, probe_interval_s: 20 },
  }

  test('an outage that one found is known to the other, and to a node that starts later, without a call', async () => {
    const { one, other, open } = await nodes(dying)
    await okay(one.chat(pair))
    expect(called(one)).toEqual(['prov-a', 'prov-b'])
    await expect.poll(async () => (await knows(other, pair, 'prov-a'))['condition']).toBe('down')
    await okay(other.chat(pair))
    expect(called(other)).toEqual(['prov-b'])
    const late = await open()
    expect(await knows(late, pair, 'prov-a')).toMatchObject({ condition: 'down', place: 2 })
  })

  test('latency, rate limits and good tool calls are known to the other', async () => {
    const limited = {
      ...models,
      'acme/pair': {
        endpoints: [
          endpoint('prov-a', 1, { model: 'status-429+retry-after-60' }),
          endpoint('prov-b', 2, { model: 'slow-first-token-200' }),
        ],
      },
    }
    const { one, other } = await nodes({ models: limited })
    await okay(one.chat({ ...pair, stream: true }))
    await expect.poll(async () => (await knows(other, pair, 'prov-a'))['rate_limited']).toBe(true)
    await expect
      .poll(async () => (await knows(other, pair, 'prov-b'))['latency_p50'], { timeout: 30_000 })
      .toBeGreaterThan(180)
  })

  test('a credential that one found refused comes last at the other', async () => {
    const upstream = await startKeyedUpstream()
    onTestFinished(() => upstream.close())
    const provider = { base_url: `${upstream.url}/v1`, api_keys: ['key-refused-401-1', 'key-2'] }
    const { one, other } = await nodes({
      providers: { 'prov-a': provider, 'prov-c': provider },
      models: {
        'acme/m1': { endpoints: [endpoint('prov-a', 1)] },
        'acme/m2': { endpoints: [endpoint('prov-a', 1)] },
        ...Object.fromEntries(markers.map((name) => [`acme/${name}`, { endpoints: [endpoint('prov-c', 1)] }])),
        'acme/pair': { endpoints: [endpoint('prov-a', 1)] },
        'acme/free': { endpoints: [endpoint('prov-a', 1)] },
      },
    })
    await okay(one.chat(pair))
    await caughtUp(one, other)
    upstream.clear()
    await okay(other.chat(pair))
    expect(upstream.calls).toEqual(['v1 key-2'])
    // Of the log only the node that met the refusal has a line.
    expect(one.log.join('')).toContain('refused this credential')
    expect(other.log.join('')).not.toContain('refused this credential')
  })

  test('of 200 requests at once when a probe is due, at most two are it', async () => {
    const slow = {
      ...models,
      'acme/pair': { endpoints: [endpoint('prov-a', 1, { model: 'first-1-status-503' }), endpoint('prov-b', 2)] },
    }
    const { one, other } = await nodes({ models: slow, routing: { outage_window_s: 30, probe_interval_s: 10 } })
    await okay(one.chat(pair))
    await expect.poll(async () => (await knows(other, pair, 'prov-a'))['condition']).toBe('down')
    // From now on it answers, after some time.
    for (const gateway of [one, other]) {
      await behave(gateway, 'first-1-status-503', 'slow-first-token-8000')
      gateway.simulator.clearJournal()
      await expect
        .poll(async () => (await knows(gateway, pair, 'prov-a'))['condition'], { timeout: 30_000 })
        .toBe('probe-due')
    }
    const all = Array.from({ length: 200 }, (_, index) => okay((index % 2 === 0 ? one : other).chat(pair)))
    await Promise.all(all)
    // Once the first has ended the endpoint is called again, since it works.
    const probes = [one, other].flatMap(calls).filter(({ path }) => path.startsWith('/prov-a/'))
    const [firstEnd = ''] = probes.flatMap(({ closedAt }) => closedAt ?? []).toSorted()
    const atOnce = probes.filter(({ at: begun }) => begun < firstEnd)
    expect(atOnce.length).toBeGreaterThanOrEqual(1)
    expect(atOnce.length).toBeLessThanOrEqual(2)
  })

  test('while one probes, the other does not; the result counts for both', async () => {
    const slow = {
      ...models,
      'acme/pair': { endpoints: [endpoint('prov-a', 1, { model: 'first-1-status-503' }), endpoint('prov-b', 2)] },
    }
    const { one, other } = await nodes({ models: slow, routing: { outage_window_s: 30, probe_interval_s: 1 } })
    await okay(one.chat(pair))
    await behave(one, 'first-1-status-503', 'slow-first-token-4000')
    await expect
      .poll(async () => (await knows(one, pair, 'prov-a'))['condition'], { timeout: 30_000 })
      .toBe('probe-due')
    const probe = okay(one.chat({ ...pair, stream: true }))
    await expect.poll(async () => (await knows(other, pair, 'prov-a'))['condition']).toBe('probing')
    await okay(other.chat(pair))
    expect(called(other)).toEqual(['prov-b'])
    await probe
    await expect.poll(async () => (await knows(other, pair, 'prov-a'))['condition']).toBe('stable')
  })

  test('a session that moved at one has moved at the other', async () => {
    const { one, other } = await nodes({ routing: { outage_window_s: 30, probe_interval_s: 20 } })
    const ask = { ...pair, session_id: 's' }
    const stays = async (gateway: TestGateway) =>
      (await knows(gateway, ask, 'prov-a'))['sticky'] === true
        ? 'prov-a'
        : (await knows(gateway, ask, 'prov-b'))['sticky'] === true
          ? 'prov-b'
          : null
    await okay(one.chat(ask))
    expect(called(one)).toEqual(['prov-a'])
    await expect.poll(() => stays(other)).toBe('prov-a')
    await okay(other.chat({ ...ask, provider: { only: ['prov-b'] } }))
    await expect.poll(() => stays(one)).toBe('prov-b')
    await okay(one.chat(ask))
    expect(called(one)).toEqual(['prov-a', 'prov-b'])
    // Other keys' sessions of the same name are others.
    expect((await knows(other, { ...ask, session_id: 't' }, 'prov-b'))['sticky']).toBe(false)
  })

  test('the requests of a key in a minute are counted together, and the refusal says when they end', async () => {
    const { one, other } = await nodes({ limits: { requests_per_minute: 12 } })
    for (let sent = 0; sent < 8; sent++) await okay(one.chat(pair))
    await caughtUp(one, other)
    for (let sent = 0; sent < 3; sent++) await okay(other.chat(pair))
    const refused = await other.chat(pair)
    expect(refused.status).toBe(429)
    await expect.poll(async () => (await one.chat(pair)).status).toBe(429)
    const reset = async (gateway: TestGateway) => Number((await gateway.chat(pair)).headers.get('x-ratelimit-reset'))
    expect(Math.abs((await reset(one)) - (await reset(other)))).toBeLessThan(1_000)
    // Another key has a minute of its own.
    await okay(other.chat(pair, { authorization: `Bearer ${otherKey}` }))
  })

  test('the tokens of a key in a minute are counted together', async () => {
    const used = { 'acme/pair': { endpoints: [endpoint('prov-a', 1, { model: 'steady+usage-900-100' })] } }
    const { one, other } = await nodes({ limits: { tokens_per_minute: 1_000 }, models: { ...models, ...used } })
    await okay(one.chat(pair))
    await expect.poll(async () => (await other.chat({ ...pair, max_tokens: 1 })).status).toBe(429)
    expect(called(other).length).toBeLessThanOrEqual(1)
  })

  test('requests to free models are counted together, and a node that starts later knows the whole day', async () => {
    const { one, other, open } = await nodes({ limits: { free_models: { per_minute: 100, per_day: 6 } } })
    const free = { model: 'acme/free' }
    for (let sent = 0; sent < 4; sent++) await okay(one.chat(free))
    await caughtUp(one, other)
    await okay(other.chat(free))
    const late = await open()
    await okay(late.chat(free))
    expect((await late.chat(free)).status).toBe(429)
    await expect.poll(async () => (await one.chat(free)).status).toBe(429)
  })

  const on = { 'x-openrouter-cache': 'true' }
  const cacheOf = async (reply: Promise<Response>) => {
    const response = await okay(reply)
    return [response.headers.get('x-openrouter-cache-status'), response.headers.get('x-openrouter-cache-source-id')]
  }

  /** Lets the other node answer with an answer of the first. On a busy machine it may take the server for slow, and ask upstream. */
  async function hitAcross(one: TestGateway, other: TestGateway, body: object) {
    for (let question = 0; question < 50; question++) {
      const ask = { ...pair, ...body, messages: [{ role: 'user', content: `question ${question}` }] }
      const first = await okay(one.chat(ask, on))
      other.simulator.clearJournal()
      const hit = await okay(other.chat(ask, on))
      if (hit.headers.get('x-openrouter-cache-status') === 'HIT') {
        expect(called(other)).toEqual([])
        return { ask, first, hit }
      }
    }
    throw new Error('The answer was never found.')
  }

  test('an answer that one keeps is a hit at the other, streamed or not, and never for another key', async () => {
    const { one, other } = await nodes()
    for (const stream of [false, true]) {
      const { ask, first, hit } = await hitAcross(one, other, { stream })
      const id = first.headers.get('x-generation-id')
      expect(hit.headers.get('x-openrouter-cache-source-id')).toBe(id)
      expect(Number(hit.headers.get('x-openrouter-cache-ttl'))).toBeGreaterThan(240)
      expect(Number(hit.headers.get('x-openrouter-cache-age'))).toBeLessThan(60)
      const textOf = (body: string) => [...body.matchAll(/"content":"([^"]*)"/g)].map(([, text]) => text)
      expect(textOf(await hit.text())).toEqual(textOf(await first.text()))
      expect(await cacheOf(other.chat(ask, on))).toEqual(['HIT', id])
      expect(await cacheOf(other.chat(ask, { ...on, authorization: `Bearer ${otherKey}` }))).toEqual(['MISS', null])
    }
  })

  test('an answer that one drops is dropped at the other too', async () => {
    const { one, other } = await nodes()
    const { ask, first } = await hitAcross(one, other, {})
    await okay(one.chat(ask, { ...on, 'x-openrouter-cache-clear': 'true' }))
    const [status, fresh] = await cacheOf(one.chat(ask, on))
    expect(status).toBe('HIT')
    expect(fresh).not.toBe(first.headers.get('x-generation-id'))
    await expect.poll(() => cacheOf(other.chat(ask, on))).toEqual(['HIT', fresh])
  })

  test('an answer that one drops is dropped at the other also where there is no new one', async () => {
    const { one, other } = await nodes({ models: { ...models, 'acme/pair': { endpoints: [endpoint('prov-a', 1)] } } })
    const { ask } = await hitAcross(one, other, {})
    await behave(one, 'steady', 'status-503')
    expect((await one.chat(ask, { ...on, 'x-openrouter-cache-clear': 'true' })).status).toBe(503)
    await expect.poll(async () => (await cacheOf(other.chat(ask, on)))[0]).toBe('MISS')
  })

  test('a node with another secret key shares nothing, and both say so', async () => {
    const { one, url } = await nodes(dying)
    const { one: stranger } = await nodes({ ...dying, secrets: { key: 'cd'.repeat(32) } }, url)
    await okay(one.chat(pair))
    await expect.poll(() => stranger.log.join('')).toContain('another secret key')
    expect((await knows(stranger, pair, 'prov-a'))['condition']).toBe('stable')
    await okay(one.chat(pair, on))
    expect(await cacheOf(stranger.chat(pair, on))).toEqual(['MISS', null])
  })
})
