import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildCatalog } from '../catalog/build-catalog.ts'
import type { CatalogEntryEndpoint } from '../catalog/catalog-entry.ts'
import type { Model } from '../catalog/model.ts'
import { chatCompletionsClient } from '../protocols/chat-completions/client.ts'
import { seededChance } from '../util/seeded-chance.ts'
import type { Distribution, EndpointState } from '../health/endpoint-health.ts'
import { referencesTo } from '../health/testing/watched-endpoints.ts'
import { rank } from './rank.ts'

const slugs = ['prov-a', 'prov-b', 'prov-c', 'prov-d', 'prov-e']

function modelOf(slug: string, endpoints: readonly (Partial<CatalogEntryEndpoint> & { readonly provider: string })[]) {
  const catalog = buildCatalog({
    entries: [
      {
        slug,
        endpoints: endpoints.map((endpoint) => ({ model: 'm', pricing: { prompt: 1, completion: 1 }, ...endpoint })),
      },
    ],
    overrides: [],
    providers: slugs.map((provider) => ({
      slug: provider,
      name: provider,
      dataPolicy: { training: false, retention: 'none' },
      operations: ['chat'],
    })),
  })
  const model = catalog.models.get(slug)
  if (model === undefined) throw new Error('no model')
  return model
}

/** `acme/m1` at as many providers as there are prices. */
const priced = (...prices: readonly number[]): Model =>
  modelOf(
    'acme/m1',
    prices.map((price, index) => ({ provider: slugs[index] ?? '', pricing: { prompt: price, completion: price } })),
  )

const same = (value: number, samples = 100): Distribution => ({
  samples,
  p50: value,
  p75: value,
  p90: value,
  p95: value,
  p99: value,
})

const fine: EndpointState = {
  condition: 'stable',
  limitedUntil: 0,
  uptimeClass: 'unknown',
  requests: 1000,
  latency: null,
  usualLatency: null,
  throughput: null,
  toolRequests: 1000,
  toolSuccess: null,
}

interface Case {
  readonly body?: object
  /** By the provider's last letter. */
  readonly states?: Readonly<Record<string, Partial<EndpointState>>>
  readonly benched?: readonly string[]
  readonly chance?: () => number
  readonly stickyEndpointId?: string | null
}

/** The last letters of the providers, in the order to try. */
function order(models: readonly Model[], asked: Case = {}): string {
  const { body = {}, states = {}, benched = [], chance = () => 0, stickyEndpointId = null } = asked
  const request = chatCompletionsClient.decodeRequest({ messages: [{ role: 'user', content: 'hi' }], ...body }, {})
  const kept = models.flatMap((model) =>
    model.endpoints.map((endpoint) => ({ endpoint, choice: { model, thinking: false, lenientEffort: false } })),
  )
  const rankings = rank(kept, request, {
    health: {
      state: (id) => {
        const state = states[id.at(-1) ?? '']
        return state === undefined ? null : { ...fine, ...state }
      },
      isBenched: (id) => benched.includes(id.at(-1) ?? ''),
    },
    credentials: referencesTo,
    now: 1000,
    chance,
    stickyEndpointId,
  })
  return rankings.flatMap(({ order: ranked }) => ranked.map(({ endpoint }) => endpoint.id.at(-1))).join('')
}

describe('load balancing', () => {
  test('contract row 38: the first of prices 1, 2 and 3 is drawn by 1 / price²', () => {
    const model = priced(1, 2, 3)
    const chance = seededChance(42)
    const draws = Array.from({ length: 10_000 }, () => order([model], { chance }))
    const share = (first: string): number => draws.filter((drawn) => drawn.startsWith(first)).length / draws.length
    expect(Math.abs(share('a') - 0.735)).toBeLessThan(0.02)
    expect(Math.abs(share('b') - 0.184)).toBeLessThan(0.02)
    expect(Math.abs(share('c') - 0.082)).toBeLessThan(0.02)
    expect([...new Set(draws)].sort()).toEqual(['abc', 'bac', 'cab'])
  })

  test('contract row 39: an endpoint that is down comes last, also where it would be drawn', () => {
    const model = priced(1, 2, 3)
    const chance = seededChance(7)
    const draws = Array.from({ length: 1000 }, () => order([model], { chance, states: { b: { condition: 'down' } } }))
    expect(draws.every((drawn) => drawn.endsWith('b'))).toBe(true)
    const first = draws.filter((drawn) => drawn.startsWith('a')).length / draws.length
    expect(Math.abs(first - 0.9)).toBeLessThan(0.03)
  })

  test('what costs nothing comes first, each as likely', () => {
    const model = priced(1, 0, 0)
    const chance = seededChance(3)
    const draws = Array.from({ length: 2000 }, () => order([model], { chance }))
    expect([...new Set(draws)].sort()).toEqual(['bca', 'cba'])
    expect(Math.abs(draws.filter((drawn) => drawn.startsWith('b')).length / draws.length - 0.5)).toBeLessThan(0.05)
  })

  test('a poor uptime goes behind, a very poor one last', () => {
    const states = { a: { uptimeClass: 'last' }, b: { uptimeClass: 'lower' }, c: { uptimeClass: 'normal' } } as const
    expect(order([priced(1, 2, 3, 4)], { states })).toBe('cdba')
  })

  test('a long answer counts more than the prompt', () => {
    const model = modelOf('acme/m1', [
      { provider: 'prov-a', pricing: { prompt: 1, completion: 10 } },
      { provider: 'prov-b', pricing: { prompt: 9, completion: 1 } },
    ])
    const sorted = (body: object): string => {
      const request = chatCompletionsClient.decodeRequest(
        { messages: [{ role: 'user', content: 'hi' }], provider: { sort: 'price' }, ...body },
        { 'content-length': '400' },
      )
      const kept = model.endpoints.map((endpoint) => ({
        endpoint,
        choice: { model, thinking: false, lenientEffort: false },
      }))
      const health = { state: () => null, isBenched: () => false }
      const [ranking] = rank(kept, request, {
        health,
        credentials: referencesTo,
        now: 0,
        chance: () => 0,
        stickyEndpointId: null,
      })
      return ranking?.order.map(({ endpoint }) => endpoint.id.at(-1)).join('') ?? ''
    }
    expect(sorted({})).toBe('ab')
    expect(sorted({ max_tokens: 10 })).toBe('ab')
    expect(sorted({ max_tokens: 1000 })).toBe('ba')
  })
})

describe('sort', () => {
  const states = {
    a: { latency: same(300), throughput: same(10) },
    b: { latency: same(100), throughput: same(20) },
    c: { latency: same(200), throughput: same(30) },
  }
  test.each([
    ['price', 'abcd'],
    ['latency', 'bcad'],
    ['throughput', 'cbad'],
  ])('contract row 43: by %s, each time the same, and endpoints that were not measured last', (sort, expected) => {
    const chance = seededChance(1)
    for (let time = 0; time < 100; time++) {
      expect(order([priced(1, 2, 3, 4)], { body: { provider: { sort } }, states, chance })).toBe(expected)
    }
  })

  test('contract row 51: of all models together, or model by model', () => {
    const cheap = modelOf('acme/m2', [{ provider: 'prov-e', pricing: { prompt: 0.1, completion: 0.1 } }])
    const asked = (partition: string) => ({ body: { provider: { sort: { by: 'price', partition } } } })
    expect(order([priced(2, 1), cheap], asked('none'))).toBe('eba')
    expect(order([priced(2, 1), cheap], asked('model'))).toBe('bae')
  })
})

describe('thresholds', () => {
  test('contract row 48: endpoints that meet all percentiles first, then the unknown, then those that fail; none is dropped', () => {
    const body = { provider: { preferred_max_latency: { p50: 1, p90: 3 }, sort: 'price' } }
    const states = {
      a: { latency: { ...same(900), p90: 3100 } },
      b: { latency: same(1100) },
      c: { latency: { ...same(1000), p90: 3000, p99: 9000 } },
    }
    expect(order([priced(1, 2, 3, 4)], { body, states })).toBe('cdab')
  })

  test('a plain number is the median’s', () => {
    const body = { provider: { preferred_min_throughput: 20, sort: 'price' } }
    const states = { a: { throughput: same(19) }, b: { throughput: same(20) } }
    expect(order([priced(1, 2)], { body, states })).toBe('ba')
  })
})

describe('outage', () => {
  const sorted = { body: { provider: { sort: 'price' } } }
  test('one that is due to be tried stays where it is first, and only there', () => {
    expect(order([priced(1, 2, 3)], { ...sorted, states: { a: { condition: 'probe-due' } } })).toBe('abc')
    expect(order([priced(1, 2, 3)], { ...sorted, states: { b: { condition: 'probe-due' } } })).toBe('acb')
    expect(order([priced(1, 2, 3)], { ...sorted, states: { a: { condition: 'probing' } } })).toBe('bca')
  })

  test('rate limits pass: behind the others, before those that are down', () => {
    const states = { a: { condition: 'down' }, b: { limitedUntil: 1001 }, c: { limitedUntil: 999 } } as const
    expect(order([priced(1, 2, 3)], { ...sorted, states })).toBe('cba')
    expect(order([priced(1, 2)], { ...sorted, states: { a: {} }, benched: ['a'] })).toBe('ba')
  })

  test('holds for an explicit order too, which still names all', () => {
    const body = { provider: { order: ['prov-c', 'prov-b'] } }
    expect(order([priced(1, 2, 3)], { body })).toBe('cba')
    expect(order([priced(1, 2, 3)], { body, states: { c: { condition: 'down' } } })).toBe('bac')
  })
})

describe('exacto', () => {
  const good = { throughput: same(50), toolSuccess: 0.99 }
  const states = { a: { ...good, toolSuccess: 0.5 }, b: good, c: { ...good, toolRequests: 10 }, d: good, e: good }
  const tools = [{ type: 'function', function: { name: 'f' } }]
  const model = priced(1, 2, 3, 4, 5)

  test('with tools: good endpoints, then the little known, then those that stand out', () => {
    expect(order([model], { body: { tools }, states })).toBe('bdeca')
  })
  test('not where a price sort was asked for, nor without tools, nor among few', () => {
    expect(order([model], { body: { tools, provider: { sort: 'price' } }, states })).toBe('abcde')
    expect(order([model], { states })).toBe('abcde')
    expect(order([priced(1, 2, 3)], { body: { tools }, states })).toBe('abc')
  })
  test('asked for: the best caller first', () => {
    const ranked = { ...states, e: { ...good, toolSuccess: 1 } }
    expect(order([model], { body: { provider: { sort: 'exacto' } }, states: ranked })).toBe('ebdca')
  })
  test('slowness stands out too', () => {
    const slow = { ...states, a: { ...good, throughput: same(5) }, b: { ...good, throughput: same(55) } }
    expect(order([model], { body: { tools }, states: slow }).at(-1)).toBe('a')
  })
})

test('a session stays with its endpoint, unless that is down', () => {
  const stickyEndpointId = 'acme/m1@prov-c'
  expect(order([priced(1, 2, 3)], { stickyEndpointId })).toBe('cab')
  expect(order([priced(1, 2, 3)], { stickyEndpointId, states: { c: { condition: 'down' } } })).toBe('abc')
})

test('whatever is known: none is lost, the down come after the stable, and the order is the seed’s', () => {
  const state = fc.record({
    condition: fc.constantFrom('stable', 'down', 'probe-due', 'probing'),
    limitedUntil: fc.constantFrom(0, 2000),
    uptimeClass: fc.constantFrom('unknown', 'normal', 'lower', 'last'),
    latency: fc.option(fc.integer({ min: 1, max: 5000 }).map((value) => same(value))),
    throughput: fc.option(fc.integer({ min: 1, max: 200 }).map((value) => same(value))),
    toolSuccess: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  } as const)
  const provider = fc.record(
    {
      sort: fc.constantFrom('price', 'latency', 'throughput', 'exacto'),
      order: fc.shuffledSubarray(slugs, { minLength: 1 }),
      preferred_max_latency: fc.integer({ min: 1, max: 5 }),
      preferred_min_throughput: fc.integer({ min: 1, max: 200 }),
    },
    { requiredKeys: [] },
  )
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(0, 0.5, 1, 2, 3), { minLength: 5, maxLength: 5 }),
      fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), state, { noNullPrototype: true }),
      provider,
      fc.integer(),
      (prices, states, preferences, seed) => {
        const asked = { body: { provider: preferences }, states }
        const model = priced(...prices)
        const ranked = order([model], { ...asked, chance: seededChance(seed) })
        expect(ranked.split('').sort().join('')).toBe('abcde')
        expect(order([model], { ...asked, chance: seededChance(seed) })).toBe(ranked)
        const isFine = (letter: string): boolean => {
          const known = states[letter]
          return known === undefined || (known.condition === 'stable' && known.limitedUntil === 0)
        }
        const after = ranked.split('').slice(states[ranked[0] ?? '']?.condition === 'probe-due' ? 1 : 0)
        const firstBad = after.findIndex((letter) => !isFine(letter))
        if (firstBad !== -1) expect(after.slice(firstBad).some(isFine)).toBe(false)
      },
    ),
    { numRuns: 1000 },
  )
})

describe('models', () => {
  const [m1, m2, m3] = [
    modelOf('acme/m1', [{ provider: 'prov-a' }, { provider: 'prov-b' }]),
    modelOf('acme/m2', [{ provider: 'prov-c' }]),
    modelOf('acme/m3', [{ provider: 'prov-d' }, { provider: 'prov-e' }]),
  ]
  const models = [m1, m2, m3]
  const down = { condition: 'down' } as const
  const due = { condition: 'probe-due' } as const
  const limited = { limitedUntil: 2000 }

  test.each([
    ['keep their order', {}, 'abcde'],
    ['keep it where an endpoint is left that is well', { a: down }, 'bacde'],
    ['go behind those that are well where all endpoints are down', { a: down, b: down }, 'cdeab'],
    ['and where all are limited', { c: limited }, 'abdec'],
    ['and where they are the one or the other', { a: down, b: limited }, 'cdeba'],
    ['come limited before down', { a: down, b: down, c: limited }, 'decab'],
    ['keep it among those that are down', { a: down, b: down, c: down }, 'deabc'],
    ['keep it where all are down', { a: down, b: down, c: down, d: down, e: down }, 'abcde'],
    ['stay where an endpoint is due to be tried again, and would be the first', { a: due, b: down }, 'abcde'],
    ['do not where another is', { c: due }, 'abdec'],
    ['that are well stay where they are, whatever their first endpoint is', { d: due }, 'abcde'],
  ])('%s', (_, states, expected) => expect(order(models, { states })).toBe(expected))

  test('count as limited where the only key was refused lately', () => {
    const states = { a: {}, b: {} }
    expect(order([m1, m2], { states, benched: ['a', 'b'] })).toBe('cab')
  })

  test('do not take the place of the one that was asked for without fallbacks', () => {
    const states = { a: down, b: down }
    expect(order(models, { states, body: { provider: { allow_fallbacks: false } } })).toBe('a')
    expect(order(models, { states, body: { provider: { allow_fallbacks: false, order: ['prov-a', 'prov-c'] } } })).toBe(
      'cdeab',
    )
  })
})
