import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { seededChance } from '../../src/util/seeded-chance.ts'
import { otherKey, startGateway, type TestGateway } from '../gateway.ts'
import { useVirtualTime } from '../virtual-time.ts'
import { accepted, asObject, at, called, calls, readJson, refusal, sent } from './exchange.ts'

useVirtualTime()

const endpoint = (provider: string, prompt: number, more: object = {}) => ({
  provider,
  model: 'steady',
  pricing: { prompt, completion: 2 * prompt, input_cache_read: prompt / 10 },
  ...more,
})

/** A gateway for tests that change its health data. */
async function own(config: Readonly<Record<string, unknown>>, chance?: () => number): Promise<TestGateway> {
  const gateway = await startGateway(config, undefined, chance)
  onTestFinished(() => gateway.close())
  return gateway
}

const text = { role: 'user', content: 'hi' }
const metadata = { 'x-openrouter-metadata': 'enabled' }

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    models: {
      'acme/cached': { endpoints: [endpoint('prov-a', 1), endpoint('prov-b', 2), endpoint('prov-c', 3)] },
      'acme/uncached': {
        endpoints: ['prov-a', 'prov-b'].map((provider) => ({ ...endpoint(provider, 1), pricing: { prompt: 1 } })),
      },
      'acme/sees': { input_modalities: ['text', 'image'], endpoints: [endpoint('prov-b', 1)] },
      'acme/small': { context_length: 1000, endpoints: [endpoint('prov-a', 1)] },
      'acme/two-windows': {
        endpoints: [
          endpoint('prov-a', 1, { context_length: 1000 }),
          endpoint('prov-b', 2, { context_length: 100_000 }),
        ],
      },
      'acme/flex': {
        endpoints: [
          endpoint('prov-a', 2),
          endpoint('prov-b', 1, { tier: 'flex', model: 'status-503' }),
          endpoint('prov-c', 9, { tier: 'priority', model: 'status-503' }),
        ],
      },
      'acme/tiers': {
        endpoints: [
          endpoint('prov-a', 2),
          endpoint('prov-b', 1, { tier: 'flex' }),
          endpoint('prov-c', 9, { tier: 'priority' }),
        ],
      },
      'acme/m-1': {
        family: 'm',
        created: '2026-01-01',
        reasoning: false,
        endpoints: [endpoint('prov-a', 1)],
      },
      'acme/m-2': {
        family: 'm',
        created: '2026-02-01',
        reasoning: { mandatory: true, efforts: ['low', 'high'] },
        endpoints: [endpoint('prov-a', 1)],
      },
      'acme/half-free': {
        endpoints: [endpoint('prov-a', 1), { ...endpoint('prov-b', 0), pricing: { prompt: 0, completion: 0 } }],
      },
      'acme/toolless': { endpoints: [endpoint('prov-a', 1, { supported_parameters: ['temperature'] })] },
      'acme/retired': { endpoints: [endpoint('prov-a', 1, { deprecated: true })] },
      'acme/half-retired': { endpoints: [endpoint('prov-a', 1, { deprecated: true }), endpoint('prov-b', 2)] },
      'acme/some-tools': {
        endpoints: [
          endpoint('prov-a', 1, { supported_parameters: ['temperature'] }),
          endpoint('prov-b', 2, { supported_parameters: ['tools', 'tool_choice'] }),
        ],
      },
    },
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

describe('contract row 10: modalities', () => {
  const image = { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }
  const seeing = { messages: [{ role: 'user', content: [{ type: 'text', text: 'what?' }, image] }] }

  test('an endpoint that has it answers', async () => {
    await accepted(gateway, { model: 'acme/sees', ...seeing })
    await accepted(gateway, { models: ['acme/m1', 'acme/sees'], model: 'acme/m1', ...seeing })
    expect(called(gateway)).toEqual(['prov-b', 'prov-b'])
  })

  test('none has it: 404 that names it', async () => {
    const error = await refusal(gateway.chat(seeing), 404)
    expect(error['message']).toContain('image')
    expect(error['availability']).toMatchObject({ code: 'no_endpoints', excluded_by: ['input_modality'] })
    expect(calls(gateway)).toEqual([])
  })
})

test('contract row 23: route sort pools the models, and x is no route', async () => {
  const both = { model: 'acme/cached', models: ['acme/m2'], provider: { sort: 'price' } }
  expect((await accepted(gateway, { ...both, model: 'acme/tiers', route: 'sort' }))['model']).toBe('acme/m2')
  expect((await accepted(gateway, { ...both, model: 'acme/tiers' }))['model']).toBe('acme/tiers')
  await refusal(gateway.chat({ route: 'x' }), 400)
})

test('contract row 38: the first of three prices is drawn by 1 / price²', async () => {
  const drawing = await own({}, seededChance(11))
  for (let round = 0; round < 40; round++) {
    await Promise.all(Array.from({ length: 25 }, () => accepted(drawing, {})))
  }
  const shares = ['prov-a', 'prov-b', 'prov-c'].map(
    (provider) => called(drawing).filter((name) => name === provider).length / 1000,
  )
  // A thousand draws have a standard error of 1.4 percentage points.
  for (const [index, expected] of [0.735, 0.184, 0.082].entries()) {
    expect(Math.abs((shares[index] ?? 0) - expected)).toBeLessThan(0.045)
  }
})

test('contract row 39: an endpoint that failed comes last until the outage window is over', async () => {
  const model = {
    endpoints: [endpoint('prov-a', 1), endpoint('prov-b', 1, { model: 'first-1-status-503' }), endpoint('prov-c', 1)],
  }
  const drawing = await own(
    { models: { 'acme/m3': model }, routing: { outage_window_s: 30, probe_interval_s: 60 } },
    seededChance(5),
  )
  const ask = { model: 'acme/m3' }
  await accepted(drawing, { ...ask, provider: { order: ['prov-b'] } })
  expect(called(drawing)[0]).toBe('prov-b')
  expect(called(drawing)).toHaveLength(2)
  drawing.simulator.clearJournal()
  vi.advanceTimersByTime(10_000)
  for (let time = 0; time < 20; time++) await accepted(drawing, ask)
  expect(called(drawing)).not.toContain('prov-b')
  vi.advanceTimersByTime(20_000)
  for (let time = 0; time < 20; time++) await accepted(drawing, ask)
  expect(called(drawing)).toContain('prov-b')
})

describe('contract rows 43 and 48: by what was measured', () => {
  let measured: TestGateway
  beforeAll(async () => {
    const at = (provider: string, price: number, model: string) => endpoint(provider, price, { model })
    measured = await startGateway({
      models: {
        'acme/m3': {
          endpoints: [
            at('prov-a', 1, 'slow-first-token-500+tokens-40'),
            at('prov-b', 2, 'slow-first-token-120+tokens-40+pace-12'),
            at('prov-c', 3, 'slow-first-token-20+tokens-40'),
          ],
        },
      },
    })
    for (const only of [['prov-a'], ['prov-b'], ['prov-c']]) {
      for (let time = 0; time < 3; time++) {
        await (await measured.chat({ model: 'acme/m3', stream: true, provider: { only } })).text()
      }
    }
  })
  afterAll(() => measured.close())
  beforeEach(() => measured.simulator.clearJournal())

  test.each([
    ['price', 'prov-a'],
    ['latency', 'prov-c'],
    ['throughput', 'prov-c'],
  ])('contract row 43: %s, each time the same', async (sort, expected) => {
    await Promise.all(
      Array.from({ length: 20 }, async () =>
        (await measured.chat({ model: 'acme/m3', stream: true, provider: { sort } })).text(),
      ),
    )
    expect(new Set(called(measured))).toEqual(new Set([expected]))
  })

  test('contract row 48: endpoints that meet the latency come first, the others are still there', async () => {
    const { body } = await readJson(
      measured.post('/api/v1/route', {
        model: 'acme/m3',
        messages: [text],
        provider: { preferred_max_latency: { p50: 0.1, p90: 0.11 }, sort: 'price' },
      }),
    )
    const candidates = at(body, 'data', 'candidates')
    expect(candidates).toMatchObject([{ endpoint: 'prov-c' }, { endpoint: 'prov-a' }, { endpoint: 'prov-b' }])
  })

  test('the listing shows uptime, latency and throughput', async () => {
    const { body } = await readJson(measured.get('/api/v1/models/acme/m3/endpoints'))
    const [slow] = [at(body, 'data', 'endpoints', 0)]
    expect(at(slow, 'latency_last_30m', 'p50')).toBeGreaterThan(0.95 * 500)
    expect(at(slow, 'throughput_last_30m', 'p50')).toBeGreaterThan(10)
  })
})

describe('contract row 53: sessions', () => {
  const ask = (session_id: string, more: object = {}) => ({ model: 'acme/cached', session_id, ...more })

  test('stay with the endpoint that served them', async () => {
    const drawing = await own(
      {
        models: { 'acme/cached': { endpoints: [endpoint('prov-a', 1), endpoint('prov-b', 1), endpoint('prov-c', 1)] } },
      },
      seededChance(9),
    )
    await accepted(drawing, ask('s1', { provider: { only: ['prov-c'] } }))
    for (let time = 0; time < 12; time++) await accepted(drawing, ask('s1'))
    expect(new Set(called(drawing))).toEqual(new Set(['prov-c']))
    drawing.simulator.clearJournal()
    for (let time = 0; time < 12; time++)
      await readJson(drawing.chat(ask('s1'), { authorization: `Bearer ${otherKey}` }))
    expect(called(drawing)).toContain('prov-a')
    drawing.simulator.clearJournal()
    await accepted(drawing, ask('s1', { provider: { order: ['prov-b'] } }))
    expect(called(drawing)).toEqual(['prov-b'])
  })

  test('not where a cache would save nothing', async () => {
    await accepted(gateway, ask('s2', { model: 'acme/uncached', provider: { only: ['prov-b'] } }))
    await accepted(gateway, ask('s2', { model: 'acme/uncached' }))
    expect(called(gateway)).toEqual(['prov-b', 'prov-a'])
  })

  test('without a name only after a cache hit was seen, and by the first messages', async () => {
    const model = {
      endpoints: [endpoint('prov-a', 1), endpoint('prov-b', 2, { model: 'cached-4' }), endpoint('prov-c', 3)],
    }
    const caching = await own({ models: { 'acme/cached': model } })
    const say = (content: string, more: object = {}) => {
      const messages = [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content },
      ]
      return accepted(caching, { model: 'acme/cached', messages, ...more })
    }
    await say('one', { provider: { only: ['prov-c'] } })
    await say('one')
    await say('two', { provider: { only: ['prov-b'] } })
    await say('two')
    await say('three')
    expect(called(caching)).toEqual(['prov-c', 'prov-a', 'prov-b', 'prov-b', 'prov-a'])
  })

  test('of a router model stay with the model', async () => {
    const drawing = await own(
      {
        models: {
          'acme/cached': { endpoints: [endpoint('prov-a', 1)] },
          'acme/newer': { created: '2026-06-01', endpoints: [endpoint('prov-b', 1)] },
        },
      },
      seededChance(2),
    )
    const routed = (session_id: string, allowed: readonly string[]) =>
      accepted(drawing, {
        model: 'openrouter/auto',
        session_id,
        plugins: [{ id: 'auto-router', allowed_models: allowed, cost_tier: 'max' }],
      })
    const first = await routed('s4', ['acme/cached'])
    expect(first['model']).toBe('acme/cached')
    expect((await routed('s4', ['acme/*']))['model']).toBe('acme/cached')
    expect((await routed('s5', ['acme/*']))['model']).toBe('acme/newer')
    expect((await routed('s4', ['acme/newer']))['model']).toBe('acme/newer')
  })

  test('move at once when their endpoint dies, and lose one call only', async () => {
    const model = { endpoints: [endpoint('prov-a', 1), endpoint('prov-b', 2, { model: 'tokens-5' })] }
    const dying = await own({ models: { 'acme/cached': model }, routing: { outage_window_s: 30 } })
    await accepted(dying, ask('s3'))
    await fetch(`${dying.simulator.url}/_behaviour`, {
      method: 'POST',
      body: JSON.stringify({ model: 'steady', behaviour: 'status-503' }),
    })
    for (let time = 0; time < 3; time++) await accepted(dying, ask('s3'))
    expect(called(dying)).toEqual(['prov-a', 'prov-a', 'prov-b', 'prov-b', 'prov-b'])
  })
})

describe('contract row 54: service tiers', () => {
  test('flex is down: its error, and no other tier', async () => {
    await refusal(gateway.chat({ model: 'acme/flex', service_tier: 'flex' }), 503)
    expect(new Set(called(gateway))).toEqual(new Set(['prov-b']))
  })

  test('priority is down: default serves, as default', async () => {
    const reply = await accepted(gateway, { model: 'acme/flex', service_tier: 'priority' })
    expect(new Set(called(gateway))).toEqual(new Set(['prov-c', 'prov-a']))
    expect(called(gateway).at(-1)).toBe('prov-a')
    expect(sent(gateway)['service_tier']).toBe('default')
    expect(reply['service_tier']).toBe('default')
  })

  test('a tier that the model has nowhere is passed on', async () => {
    await accepted(gateway, { service_tier: 'priority' })
    expect(sent(gateway)['service_tier']).toBe('priority')
  })
})

describe('contract row 55: variants', () => {
  test.each([
    [':floor', 'prov-b'],
    [':nitro', 'prov-a'],
    [':exacto', 'prov-a'],
  ])('%s', async (variant, expected) => {
    await accepted(gateway, { model: `acme/tiers${variant}` })
    expect(called(gateway)).toEqual([expected])
  })

  test(':floor and :nitro admit tiers, unless the request sets it otherwise', async () => {
    const order = async (model: string, more: object = {}) => {
      const { body } = await readJson(gateway.post('/api/v1/route', { model, messages: [text], ...more }))
      const candidates = at(body, 'data', 'candidates')
      if (!Array.isArray(candidates)) throw new Error('no candidates')
      return candidates.flatMap((one) => (asObject(one)['place'] === null ? [] : [asObject(one)['endpoint']]))
    }
    expect(await order('acme/tiers')).toEqual(['prov-a'])
    expect(await order('acme/tiers:floor')).toEqual(['prov-b/flex', 'prov-a'])
    expect(await order('acme/tiers:nitro')).toEqual(['prov-a', 'prov-c/priority'])
    expect(await order('acme/tiers:nitro', { service_tier: 'default' })).toEqual(['prov-a'])
    expect(await order('acme/tiers:floor', { provider: { order: ['prov-a'] } })).toEqual(['prov-a'])
  })

  test(':free costs nothing and shows it', async () => {
    const reply = await accepted(gateway, { model: 'acme/half-free:free' })
    expect(called(gateway)).toEqual(['prov-b'])
    expect(reply).toMatchObject({ model: 'acme/half-free:free', usage: { cost: 0 } })
    await refusal(gateway.chat({ model: 'acme/m1:free' }), 404)
  })

  test(':online searches the web, and without an engine the error names the setting', async () => {
    const error = await refusal(gateway.chat({ model: 'acme/m1:online' }), 400)
    expect(error['message']).toMatch(/^No search engine is configured: .*search\.searxng\.base_url/)
  })
})

describe('contract row 56: reasoning that cannot be switched off', () => {
  test('the latest of a family gets its lowest effort where the request turns reasoning off', async () => {
    const reply = await accepted(gateway, { model: '~acme/m-latest', reasoning: { effort: 'none' } })
    expect(reply['model']).toBe('acme/m-2')
    expect(sent(gateway)['reasoning_effort']).toBe('low')
    const { body } = await readJson(gateway.chat({ model: '~acme/m-latest' }, metadata))
    expect(at(body, 'openrouter_metadata', 'strategy')).toBe('latest')
  })

  test('by its own name that is an error', async () => {
    const error = await refusal(gateway.chat({ model: 'acme/m-2', reasoning: { enabled: false } }), 400)
    expect(at(error, 'metadata', 'issues', 0, 'path')).toBe('reasoning')
    expect(calls(gateway)).toEqual([])
  })

  test('contract §1.6: an effort that the model lacks becomes the nearest', async () => {
    await accepted(gateway, { model: 'acme/m-2', reasoning: { effort: 'xhigh' } })
    expect(sent(gateway)['reasoning_effort']).toBe('high')
    await accepted(gateway, { model: 'acme/m-2', reasoning: { effort: 'minimal' } })
    expect(sent(gateway)['reasoning_effort']).toBe('low')
  })
})

describe('contract row 57: the context window', () => {
  const long = {
    messages: [{ role: 'user', content: 'All work and no play makes Jack a dull boy. '.repeat(400) }],
    // It would run by itself for so small a context.
    plugins: [{ id: 'context-compression', enabled: false }],
  }

  test('a prompt that fits nowhere is refused, with the figures', async () => {
    const error = await refusal(gateway.chat({ model: 'acme/small', ...long }), 400)
    expect(error).toMatchObject({ error_type: 'context_length_exceeded' })
    expect(error['message']).toMatch(/maximum context length is 1000 tokens, .* about \d{4} of input/)
    expect(calls(gateway)).toEqual([])
  })

  test('one that fits somewhere goes there', async () => {
    await accepted(gateway, { model: 'acme/two-windows', ...long })
    await accepted(gateway, { models: ['acme/small', 'acme/m2'], model: 'acme/small', ...long })
    expect(called(gateway)).toEqual(['prov-b', 'prov-b'])
  })
})

describe('contract §6.5: tools', () => {
  const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object' } } }]

  test('are sent to providers that have them', async () => {
    await accepted(gateway, { model: 'acme/some-tools', tools })
    expect(called(gateway)).toEqual(['prov-b'])
    await accepted(gateway, { model: 'acme/some-tools' })
    expect(called(gateway)).toEqual(['prov-b', 'prov-a'])
  })

  test('contract §10.13: supported by no endpoint', async () => {
    const error = await refusal(gateway.chat({ model: 'acme/toolless', tools }), 404)
    expect(error['message']).toContain('support tool use')
    expect(error['availability']).toMatchObject({ code: 'no_endpoints' })
  })
})

describe('contract §6.2-1: what was retired', () => {
  test('is never called', async () => {
    await accepted(gateway, { model: 'acme/half-retired' })
    expect(called(gateway)).toEqual(['prov-b'])
  })

  test('is reported where no other endpoint serves the model', async () => {
    const error = await refusal(gateway.chat({ model: 'acme/retired' }), 404)
    expect(error['availability']).toMatchObject({ code: 'model_deprecated', retryable: false })
  })
})

describe('POST /route', () => {
  test('explains every candidate, and calls no provider', async () => {
    const request = { model: 'acme/m1', messages: [text], max_tokens: 100, provider: { ignore: ['prov-c'] } }
    const { status, body } = await readJson(gateway.post('/api/v1/route', request))
    expect(status).toBe(200)
    expect(body['data']).toMatchObject({
      requested: 'acme/m1',
      strategy: 'direct',
      models: ['acme/m1'],
      completion_tokens: 100,
      ranked_by: [['load balancing by price']],
      candidates: [
        { place: 1, endpoint: 'prov-a', first_pick_share: 0.8, prompt_price: 1, excluded_by: null },
        { place: 2, endpoint: 'prov-b', first_pick_share: 0.2 },
        { place: null, endpoint: 'prov-c', excluded_by: { rule: 'allowed_providers', field: 'ignore' } },
      ],
      error: null,
    })
    const prompt = Number(at(body, 'data', 'prompt_tokens'))
    expect(at(body, 'data', 'candidates', 0, 'estimated_cost')).toBeCloseTo((prompt + 200) / 1e6, 9)
    expect(calls(gateway)).toEqual([])
  })

  test('returns the error that the request would get', async () => {
    const { body } = await readJson(
      gateway.post('/api/v1/route', { model: 'acme/m1', messages: [text], provider: { only: ['zzz'] } }),
    )
    expect(at(body, 'data', 'error', 'code')).toBe(404)
    await refusal(gateway.post('/api/v1/route', { model: 'acme/m1' }), 400)
    const { status } = await gateway.post('/api/v1/route', { messages: [text] }, { authorization: 'Bearer nobody' })
    expect(status).toBe(401)
  })
})
