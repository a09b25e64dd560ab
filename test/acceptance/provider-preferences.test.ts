import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { stringOf } from '../../src/util/json.ts'
import { startGateway, type TestGateway } from '../gateway.ts'
import { accepted, at, called, calls, readJson, refusal, refused, sent } from './exchange.ts'

const endpoint = (provider: string, prompt: number, more: object = {}) => ({
  provider,
  model: 'steady',
  pricing: { prompt, completion: 2 * prompt },
  ...more,
})

/**
 * An endpoint that is called and fails, so that the next ones are visible too. The upstream model distinguishes endpoints of one provider.
 */
const failing = (provider: string, more: object = {}) => endpoint(provider, 1, { model: 'status-503', ...more })

const dataPolicies = {
  'prov-a': { training: true, retention: 'days:30' },
  'prov-b': { training: false, retention: 'transient' },
  'prov-c': { training: false, retention: 'none' },
  'prov-unknown': undefined,
}

let upstreams: Simulator
let gateway: TestGateway
beforeAll(async () => {
  upstreams = await startSimulator()
  const provider = (slug: string, data_policy: object | undefined) => ({
    name: slug.replace('prov-', 'Prov ').replace(/ (.)/, (letter) => letter.toUpperCase()),
    base_url: `${upstreams.url}/${slug}/v1`,
    api_key: `upstream-secret-of-${slug}`,
    ...(data_policy && { data_policy }),
  })
  const started = await startGateway({
    providers: Object.fromEntries(Object.entries(dataPolicies).map(([slug, policy]) => [slug, provider(slug, policy)])),
    models: {
      'acme/down': { endpoints: ['prov-a', 'prov-b', 'prov-c', 'prov-unknown'].map((slug) => failing(slug)) },
      'acme/only-a-up': {
        endpoints: [
          endpoint('prov-a', 1),
          failing('prov-b', { model: 'status-502' }),
          failing('prov-c', { model: 'status-502' }),
        ],
      },
      'acme/dear-first': { endpoints: [endpoint('prov-c', 3), endpoint('prov-b', 2), endpoint('prov-a', 1)] },
      'acme/cheap': { endpoints: [endpoint('prov-b', 0.5)] },
      'acme/trains': { endpoints: [endpoint('prov-a', 1), endpoint('prov-unknown', 1)] },
      'acme/transient': { endpoints: [endpoint('prov-b', 1)] },
      'acme/open': { distillable: true, endpoints: [endpoint('prov-b', 1)] },
      'acme/quantized': {
        endpoints: [
          failing('prov-a', { quantization: 'int8' }),
          failing('prov-b', { quantization: 'fp8' }),
          failing('prov-c', { quantization: 'mxfp8' }),
          failing('prov-unknown'),
        ],
      },
      'acme/basic': {
        endpoints: [endpoint('prov-a', 1, { supported_parameters: ['temperature'] }), endpoint('prov-b', 2)],
      },
      'acme/tiers': {
        endpoints: [
          failing('prov-a', { tag: 'prov-a/priority', tier: 'priority', model: 'status-504' }),
          failing('prov-a'),
          failing('prov-a', { tag: 'prov-a/turbo', model: 'status-502' }),
          failing('prov-b'),
          failing('prov-b', { tag: 'prov-b/flex', tier: 'flex', model: 'status-529' }),
        ],
      },
    },
  })
  gateway = { ...started, simulator: upstreams }
})
afterAll(async () => {
  await gateway.close()
  await upstreams.close()
})
beforeEach(() => upstreams.clearJournal())

/** Returns the endpoints that a request tries until none is left, in order. */
async function tried(model: string, body: object): Promise<readonly string[]> {
  expect((await gateway.chat({ model, ...body })).status).toBeGreaterThanOrEqual(429)
  const names = calls(gateway).map(({ path, body: asked }) => `${path.split('/')[1]}:${stringOf(at(asked, 'model'))}`)
  return [...new Set(names.map((name) => name.replace('prov-', '').replace('status-', '').replace(':503', '')))]
}

/** Sends a request that no endpoint may serve. It must be refused with 404 before any upstream is called. Returns `error.availability`. */
async function unservable(body: Readonly<Record<string, unknown>>): Promise<unknown> {
  const error = await refusal(gateway.chat(body), 404)
  expect(error['error_type']).toBe('not_found')
  expect(calls(gateway)).toEqual([])
  return error['availability']
}

describe('order', () => {
  test.each([
    [
      'contract row 40: first what is named, then the rest',
      { order: ['prov-c', 'prov-b'] },
      ['c', 'b', 'a', 'unknown'],
    ],
    [
      'contract §1.2: letter case does not matter, display names are names',
      { order: ['PROV C', 'Prov-B'] },
      ['c', 'b', 'a', 'unknown'],
    ],
    ['contract §10.48: who is not known is skipped', { order: ['zzz', 'prov-b'] }, ['b', 'a', 'c', 'unknown']],
    ['none: as configured', { order: [] }, ['a', 'b', 'c', 'unknown']],
    [
      'contract row 41: without fallbacks no other endpoint',
      { order: ['prov-c', 'zzz', 'prov-b'], allow_fallbacks: false },
      ['c', 'b'],
    ],
    ['contract §6.6: without fallbacks and order only the first', { allow_fallbacks: false }, ['a']],
    ['contract §6.6: the first of those that are left', { allow_fallbacks: false, ignore: ['prov-a'] }, ['b']],
    ['contract §1.2: overrides sort', { order: ['prov-b'], sort: 'throughput' }, ['b', 'a', 'c', 'unknown']],
    ['contract §10.48: who is not known is not ignored', { ignore: ['zzz', 'prov-a', 'PROV C'] }, ['b', 'unknown']],
    ['contract row 42: an empty list allows all', { only: [] }, ['a', 'b', 'c', 'unknown']],
  ])('%s', async (_, provider, names) => {
    expect(await tried('acme/down', { provider })).toEqual(names)
  })

  test('contract row 40: the first that answers ends it', async () => {
    await accepted(gateway, { provider: { order: ['prov-c', 'prov-b'] } })
    expect(called(gateway)).toEqual(['prov-c'])
  })

  test('contract row 41: the answer is the last upstream’s error, although another would have answered', async () => {
    const provider = { order: ['prov-c', 'prov-b'], allow_fallbacks: false }
    const error = await refusal(gateway.chat({ model: 'acme/only-a-up', provider }), 502)
    expect(error).toMatchObject({ error_type: 'provider_unavailable', metadata: { provider_name: 'Prov B' } })
    expect(error).not.toHaveProperty('availability')
    expect(new Set(called(gateway))).toEqual(new Set(['prov-c', 'prov-b']))
    upstreams.clearJournal()
    await accepted(gateway, { model: 'acme/only-a-up', provider: { ...provider, allow_fallbacks: true } })
    expect(called(gateway).at(-1)).toBe('prov-a')
  })

  test('contract row 41: no provider of the list has the model', async () => {
    expect(await unservable({ provider: { order: ['zzz'], allow_fallbacks: false } })).toMatchObject({
      code: 'constraint_filtered',
      excluded_by: ['allowed_providers'],
      constraint: { field: 'order' },
    })
  })
})

describe('only and ignore', () => {
  test('contract row 42: only', async () => {
    expect(await tried('acme/down', { provider: { only: ['prov-a'] } })).toEqual(['a'])
  })

  test('contract row 42: ignore', async () => {
    expect(await tried('acme/down', { provider: { ignore: ['prov-a'] } })).toEqual(['b', 'c', 'unknown'])
  })

  test.each([{ only: ['zzz'] }, { only: ['prov-a'], ignore: ['prov-a'] }])(
    'contract row 42: %o leaves none',
    async (provider) => {
      expect(await unservable({ provider })).toMatchObject({
        code: 'constraint_filtered',
        retryable: false,
        requested_models: ['acme/m1'],
        affected_providers: ['prov-a', 'prov-b', 'prov-c'],
        excluded_by: ['allowed_providers'],
        constraint: { field: 'only' },
      })
    },
  )

  test.each([
    [['prov-a'], ['a', 'a:502']],
    [['Prov A'], ['a', 'a:502']],
    [['prov-a/turbo'], ['a:502']],
    [['PROV-A/Turbo'], ['a:502']],
    [['prov-a/priority'], ['a:504']],
    [
      ['prov-a/turbo', 'prov-b'],
      ['a:502', 'b'],
    ],
  ])('contract row 52: only %o', async (only, names) => {
    expect(await tried('acme/tiers', { provider: { only } })).toEqual(names)
  })

  test.each(['order', 'only', 'ignore'])('a list beyond all measure is refused: %s', async (list) => {
    const error = await refused(gateway, { provider: { [list]: Array.from({ length: 1025 }, () => 'prov-a') } })
    expect(at(error, 'metadata', 'issues', 0)).toEqual({
      path: `provider.${list}`,
      message: 'must have at most 1024 items, got 1025',
    })
  })

  test('contract row 42: completions are routed alike', async () => {
    const complete = (only: readonly string[]) =>
      gateway.post('/api/v1/completions', { model: 'acme/m1', prompt: 'hi', provider: { only } })
    expect((await complete(['prov-b'])).status).toBe(200)
    expect(called(gateway)).toEqual(['prov-b'])
    const error = await refusal(complete(['zzz']), 404)
    expect(error['availability']).toMatchObject({ excluded_by: ['allowed_providers'] })
  })
})

describe('what must not happen to the data', () => {
  test('contract row 44: data_collection deny never calls providers that train on data or keep it, or whose policy is unknown', async () => {
    expect(await tried('acme/down', { provider: { data_collection: 'deny' } })).toEqual(['b', 'c'])
  })

  test('contract row 44: all train', async () => {
    const denied = { model: 'acme/trains', provider: { data_collection: 'deny' } }
    expect(await unservable(denied)).toMatchObject({
      code: 'privacy_restricted',
      excluded_by: ['data_policy:training'],
      constraint: { field: 'data_collection' },
    })
    await accepted(gateway, { ...denied, provider: { data_collection: 'allow' } })
  })

  test('contract row 45: zdr calls only providers that retain nothing, not even for a moment', async () => {
    expect(await tried('acme/down', { provider: { zdr: true } })).toEqual(['c'])
    upstreams.clearJournal()
    expect(await unservable({ model: 'acme/transient', provider: { zdr: true } })).toMatchObject({
      code: 'privacy_restricted',
      excluded_by: ['data_policy:zdr'],
      constraint: { field: 'zdr' },
    })
    await accepted(gateway, { model: 'acme/trains', provider: { zdr: false } })
  })

  test('contract §6.2-7: enforce_distillable_text', async () => {
    const provider = { enforce_distillable_text: true }
    expect(await unservable({ provider })).toMatchObject({
      code: 'constraint_filtered',
      excluded_by: ['distillable'],
      constraint: { field: 'enforce_distillable_text' },
    })
    const reply = await accepted(gateway, { models: ['acme/open'], provider })
    expect(reply['model']).toBe('acme/open')
  })
})

describe('what an endpoint must be', () => {
  test.each([
    [['fp8'], ['b', 'c']],
    [['mxfp8'], ['c']],
    [['unknown'], ['unknown']],
    [
      ['int8', 'mxfp8'],
      ['a', 'c'],
    ],
  ])('contract row 46: quantizations %o', async (quantizations, names) => {
    expect(await tried('acme/quantized', { provider: { quantizations } })).toEqual(names)
  })

  test('contract row 46: none', async () => {
    const availability = await unservable({ model: 'acme/quantized', provider: { quantizations: ['bf16', 'fp4'] } })
    expect(availability).toMatchObject({
      code: 'constraint_filtered',
      excluded_by: ['quantization'],
      constraint: { field: 'quantization' },
    })
  })

  test.each([{ prompt: 1.5 }, { prompt: '1.5' }, { prompt: 1, completion: 2 }, { completion: '2e0', image: 0 }])(
    'contract row 47, §10.11: max_price %o',
    async (max_price) => {
      await accepted(gateway, { model: 'acme/dear-first', provider: { max_price } })
      expect(called(gateway)).toEqual(['prov-a'])
    },
  )

  test.each([{ prompt: 0.1 }, { prompt: 0.999999 }, { prompt: 9, completion: '1.9' }, { prompt: 0 }])(
    'contract row 47: max_price %o leaves none',
    async (max_price) => {
      expect(await unservable({ provider: { max_price } })).toMatchObject({
        code: 'constraint_filtered',
        excluded_by: ['max_price'],
        constraint: { field: 'max_price', detail: expect.stringMatching(/ USD per million tokens, the cap is /) },
      })
    },
  )

  test('contract row 47: a cap beyond any price caps nothing', async () => {
    await accepted(gateway, { provider: { max_price: { prompt: '1e300', request: 1e6, image: 1e6, audio: '1e999' } } })
  })

  test('contract row 49: require_parameters skips endpoints that lack one', async () => {
    const body = { model: 'acme/basic', logit_bias: { 50256: -100 } }
    await accepted(gateway, { ...body, provider: { require_parameters: true } })
    expect(called(gateway)).toEqual(['prov-b'])
    expect(sent(gateway)['logit_bias']).toEqual(body.logit_bias)
    await accepted(gateway, body)
    expect(called(gateway)).toEqual(['prov-b', 'prov-a'])
    expect(sent(gateway)).not.toHaveProperty('logit_bias')
  })

  test('the rule that came closest is named, and every rule listed', async () => {
    const provider = { only: ['prov-a', 'prov-b'], data_collection: 'deny', max_price: { prompt: 0.5 } }
    expect(await unservable({ provider })).toMatchObject({
      excluded_by: ['allowed_providers', 'data_policy:training', 'max_price'],
      constraint: { field: 'max_price', detail: 'its prompt price is 2 USD per million tokens, the cap is 0.5' },
    })
  })
})

describe('sort', () => {
  test.each(['price', { by: 'price' }])('contract row 43: %o, ten times of ten', async (sort) => {
    for (let time = 0; time < 10; time++) await accepted(gateway, { model: 'acme/dear-first', provider: { sort } })
    expect(new Set(called(gateway))).toEqual(new Set(['prov-a']))
  })

  test.each([
    [{ by: 'price', partition: 'none' }, 'acme/cheap', 'Prov B'],
    [{ by: 'price', partition: 'model' }, 'acme/dear-first', 'Prov A'],
    ['price', 'acme/dear-first', 'Prov A'],
    [{ partition: 'none' }, 'acme/cheap', 'Prov B'],
  ])('contract row 51: sort %o: %s from %s', async (sort, model, provider) => {
    const body = { model: 'acme/dear-first', models: ['acme/cheap'], provider: { sort } }
    expect(await accepted(gateway, body)).toMatchObject({ model, provider })
  })

  test('contract row 51: route sort pools the models too', async () => {
    const body = { model: 'acme/dear-first', models: ['acme/cheap'], provider: { sort: 'price' } }
    expect((await accepted(gateway, { ...body, route: 'sort' }))['model']).toBe('acme/cheap')
    expect((await accepted(gateway, { ...body, route: 'fallback' }))['model']).toBe('acme/dear-first')
  })

  test('contract row 48: thresholds are accepted and change nothing while there are no measurements', async () => {
    const provider = { preferred_max_latency: { p50: 1, p90: 3 }, preferred_min_throughput: 1000 }
    expect(await tried('acme/down', { provider })).toEqual(['a', 'b', 'c', 'unknown'])
  })
})

test('contract row 50: the next model serves when the first is down, and the metadata shows it', async () => {
  const { status, body } = await readJson(
    gateway.chat({ models: ['acme/down', 'acme/m2'], model: null }, { 'x-openrouter-metadata': 'enabled' }),
  )
  expect({ status, body }).toMatchObject({
    status: 200,
    body: { model: 'acme/m2', openrouter_metadata: { strategy: 'fallback', attempt: 5 } },
  })
})

describe('contract §6.10: service tiers are opted into', () => {
  test.each([
    [{}, ['a', 'a:502', 'b']],
    [{ service_tier: 'default' }, ['a', 'a:502', 'b']],
    [{ service_tier: 'priority' }, ['a:504', 'a', 'a:502', 'b']],
    [{ speed: 'fast' }, ['a:504', 'a', 'a:502', 'b']],
    [{ service_tier: 'flex' }, ['b:529']],
    [{ provider: { order: ['prov-b/flex'] } }, ['b:529', 'a', 'a:502', 'b']],
    [{ provider: { order: ['prov-a', 'prov-a/priority'] } }, ['a', 'a:502', 'a:504', 'b']],
    [{ provider: { ignore: ['prov-a'] }, service_tier: 'priority' }, ['b']],
    [{ provider: { only: ['prov-a'] }, service_tier: 'priority' }, ['a:504', 'a', 'a:502']],
    [{ provider: { only: ['prov-a'] }, service_tier: 'flex' }, ['a', 'a:502']],
    [{ provider: { order: ['prov-b'] }, service_tier: 'priority' }, ['b', 'a:504', 'a', 'a:502']],
  ])('%o', async (body, names) => {
    expect(await tried('acme/tiers', body)).toEqual(names)
  })

  test('the request to an endpoint that is chosen by its tag names its tier', async () => {
    await tried('acme/tiers', { provider: { only: ['prov-a/priority'] } })
    expect(sent(gateway)['service_tier']).toBe('priority')
  })
})
