import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { buildCatalog } from '../catalog/build-catalog.ts'
import type { CatalogEntry, CatalogEntryEndpoint } from '../catalog/catalog-entry.ts'
import type { OfferedProvider } from '../catalog/offered-provider.ts'
import type { DataPolicy } from '../catalog/endpoint.ts'
import { chatCompletionsClient } from '../protocols/chat-completions/client.ts'
import type { EndpointState } from '../health/endpoint-health.ts'
import { referencesTo } from '../health/testing/watched-endpoints.ts'
import { resolveModels, type Route, route, type RouteContext } from './route.ts'

const offered = (slug: string, dataPolicy: DataPolicy): OfferedProvider => ({
  slug,
  name: slug.replace('prov-', 'Prov '),
  dataPolicy,
  operations: ['chat'],
})

const zero: DataPolicy = { training: false, retention: 'none' }

interface Offers {
  readonly entries: readonly CatalogEntry[]
  readonly providers: readonly OfferedProvider[]
  readonly credentials?: number
}

function routed(
  { entries, providers, credentials = 1 }: Offers,
  body: object,
  states: Readonly<Record<string, EndpointState>> = {},
): Route {
  const request = chatCompletionsClient.decodeRequest({ messages: [{ role: 'user', content: 'hi' }], ...body }, {})
  const catalog = buildCatalog({ entries, overrides: [], providers })
  const context: RouteContext = {
    catalog,
    credentials: (provider) => referencesTo(provider, credentials),
    ownKeys: null,
    defaultModel: null,
    adviceFor: () => null,
    mostCalls: 16,
    routerModels: { auto: {}, codingScores: {} },
    health: { state: (id) => states[id] ?? null, isBenched: (id) => states[id]?.limitedUntil === 1 },
    stickiness: { find: () => null },
    calibration: { factor: () => 1 },
    now: 0,
    chance: () => 0,
    account: 'default',
  }
  return route(request, resolveModels(request, context), context)
}

const tags = ({ candidates }: Route): readonly string[] =>
  candidates.map(({ endpoint }) => endpoint.id.replace('acme/', '').replace('prov-', ''))

describe('the order of what is tried', () => {
  const at = (provider: string, prompt: number, completion: number, more: object = {}): CatalogEntryEndpoint => ({
    provider,
    model: 'm',
    pricing: { prompt, completion },
    ...more,
  })
  const offers: Offers = {
    entries: [
      {
        slug: 'acme/m1',
        endpoints: [
          at('prov-a', 3, 3),
          at('prov-b', 1, 9),
          at('prov-c', 2, 2),
          at('prov-d', 1, 5),
          at('prov-c', 0.1, 0.1, { tier: 'flex' }),
          at('prov-c', 9, 9, { tier: 'priority' }),
        ],
      },
      { slug: 'acme/m2', endpoints: [at('prov-b', 2, 1), at('prov-c', 4, 4)] },
    ],
    providers: ['prov-a', 'prov-b', 'prov-c', 'prov-d'].map((slug) => offered(slug, zero)),
  }
  const both = { models: ['acme/m1', 'acme/m2'] }

  test.each<[string, object, readonly string[]]>([
    ['models as asked, the cheapest endpoint first', both, ['m1@c', 'm1@d', 'm1@a', 'm1@b', 'm2@b', 'm2@c']],
    [
      'order holds in each model',
      { ...both, provider: { order: ['prov-c', 'prov-d'] } },
      ['m1@c', 'm1@d', 'm1@a', 'm1@b', 'm2@c', 'm2@b'],
    ],
    [
      'order without fallbacks, in each model',
      { ...both, provider: { order: ['prov-c'], allow_fallbacks: false } },
      ['m1@c', 'm2@c'],
    ],
    ['without fallbacks one endpoint of one model', { ...both, provider: { allow_fallbacks: false } }, ['m1@c']],
    [
      'the cheapest of all without fallbacks',
      { ...both, provider: { allow_fallbacks: false, sort: { by: 'price', partition: 'none' } } },
      ['m2@b'],
    ],
    [
      'price is three parts prompt to one part completion, and stable',
      { ...both, provider: { sort: 'price' } },
      ['m1@c', 'm1@d', 'm1@a', 'm1@b', 'm2@b', 'm2@c'],
    ],
    [
      'price over all models',
      { ...both, provider: { sort: { by: 'price', partition: 'none' } } },
      ['m2@b', 'm1@c', 'm1@d', 'm1@a', 'm1@b', 'm2@c'],
    ],
    [
      'order overrides sort and its partition',
      { ...both, route: 'sort', provider: { order: ['prov-d'], sort: { by: 'price', partition: 'none' } } },
      ['m1@d', 'm1@c', 'm1@a', 'm1@b', 'm2@b', 'm2@c'],
    ],
    [
      'priority before price',
      { ...both, service_tier: 'priority', provider: { sort: 'price' } },
      ['m1@c/priority', 'm1@c', 'm1@d', 'm1@a', 'm1@b', 'm2@b', 'm2@c'],
    ],
    ['flex where a model has it', { ...both, service_tier: 'flex' }, ['m1@c/flex', 'm2@b', 'm2@c']],
    [
      'flex among those that are left',
      { model: 'acme/m1', service_tier: 'flex', provider: { only: ['prov-a'] } },
      ['m1@a'],
    ],
  ])('%s', (_, body, expected) => {
    expect(tags(routed(offers, body))).toEqual(expected)
  })

  test('the one endpoint that is left keeps all its keys', () => {
    const { candidates } = routed({ ...offers, credentials: 2 }, { ...both, provider: { allow_fallbacks: false } })
    expect(candidates.map(({ credential }) => credential)).toEqual([
      { provider: 'prov-c', id: '0', owner: 'gateway' },
      { provider: 'prov-c', id: '1', owner: 'gateway' },
    ])
  })
})

describe('whatever is offered and preferred', () => {
  /** What a name means: the endpoints outside tiers, and those of tiers, which `service_tier` must ask for. */
  const meanings: Readonly<Record<string, { readonly plain: readonly string[]; readonly tiers?: readonly string[] }>> =
    {
      'prov-a': { plain: ['prov-a', 'prov-a/turbo'], tiers: ['prov-a/priority'] },
      'PROV A': { plain: ['prov-a', 'prov-a/turbo'], tiers: ['prov-a/priority'] },
      'Prov-A/Turbo': { plain: ['prov-a/turbo'] },
      'prov-a/priority': { plain: ['prov-a/priority'] },
      'prov-b': { plain: ['prov-b'], tiers: ['prov-b/flex'] },
      'prov-b/flex': { plain: ['prov-b/flex'] },
      'Prov c': { plain: ['prov-c'] },
      'prov-a/': { plain: [] },
      prov: { plain: [] },
      zzz: { plain: [] },
    }
  const levels = {
    fp4: ['fp4', 'mxfp4', 'nvfp4'],
    fp8: ['fp8', 'mxfp8'],
    mxfp8: ['mxfp8'],
    int8: ['int8'],
    unknown: ['unknown', undefined],
  }
  const level = fc.constantFrom('fp4', 'fp8', 'mxfp8', 'int8', 'unknown')

  const price = fc.constantFrom(0, 0.1, 1, 1.5, 2)
  const pricing = fc.record({ prompt: price, completion: price, request: price }, { requiredKeys: ['prompt'] })
  const slots = ['prov-a', 'prov-a/turbo', 'prov-a/priority', 'prov-b', 'prov-b/flex', 'prov-c']
  const endpoints = fc.subarray(slots, { minLength: 1 }).chain((chosen) =>
    fc.tuple(
      ...chosen.map((tag) =>
        fc.record({
          provider: fc.constant(tag.split('/')[0] ?? tag),
          tag: fc.constant(tag),
          tier: fc.constant(tag.endsWith('priority') ? 'priority' : tag.endsWith('flex') ? 'flex' : 'default'),
          model: fc.constant('m'),
          pricing,
          quantization: fc.constantFrom('fp4', 'nvfp4', 'fp8', 'mxfp8', 'int8', 'unknown', undefined),
        } as const),
      ),
    ),
  )
  const policy: fc.Arbitrary<DataPolicy> = fc.record({
    training: fc.boolean(),
    retention: fc.constantFrom('none', 'transient', 'unknown', 'days:30'),
  })
  const offering = fc.record({
    entries: fc.tuple(
      ...['acme/m1', 'acme/m2'].map((slug) =>
        fc.record({ slug: fc.constant(slug), distillable: fc.boolean(), endpoints }),
      ),
    ),
    providers: fc.tuple(
      ...['prov-a', 'prov-b', 'prov-c'].map((slug) => policy.map((dataPolicy) => offered(slug, dataPolicy))),
    ),
  })

  const names = fc.uniqueArray(fc.constantFrom(...Object.keys(meanings)), { minLength: 1, maxLength: 4 })
  const cap = fc.oneof(price, price.map(String))
  const preferences = fc.record(
    {
      order: names,
      only: names,
      ignore: names,
      allow_fallbacks: fc.boolean(),
      data_collection: fc.constantFrom('allow', 'deny'),
      zdr: fc.boolean(),
      enforce_distillable_text: fc.boolean(),
      quantizations: fc.uniqueArray(level, { minLength: 1 }),
      max_price: fc.record({ prompt: cap, completion: cap, request: cap }, { requiredKeys: [] }),
      sort: fc.constantFrom('price', { by: 'price', partition: 'none' } as const),
    },
    { requiredKeys: [] },
  )
  const asking = fc.record({
    provider: preferences,
    service_tier: fc.constantFrom(undefined, 'default', 'priority', 'flex'),
  })

  type Offering = typeof offering extends fc.Arbitrary<infer Value> ? Value : never
  type Asking = typeof asking extends fc.Arbitrary<infer Value> ? Value : never

  /** The ids of the endpoints that violate nothing the request states, read off the contract and not off the filters. */
  function permitted({ entries, providers }: Offering, { provider: wishes, service_tier: tier }: Asking) {
    const means = (name: string, tag: string): boolean => {
      const { plain = [], tiers = [] } = meanings[name] ?? {}
      return plain.includes(tag) || (tiers.includes(tag) && tag.endsWith(`/${tier}`))
    }
    const inList = (list: readonly string[] | undefined, tag: string) => list?.some((name) => means(name, tag))
    const below = (amount: number | undefined, most: number | string | undefined) =>
      most === undefined || (amount ?? 0) <= Number(most)
    return entries.flatMap((entry) =>
      entry.endpoints
        .filter(({ provider, tag, tier: own, pricing: charged, quantization }) => {
          const { training = true, retention } = providers.find(({ slug }) => slug === provider)?.dataPolicy ?? {}
          const caps = wishes.max_price ?? {}
          return [
            inList(wishes.only, tag) !== false,
            inList(wishes.ignore, tag) !== true,
            wishes.allow_fallbacks !== false || inList(wishes.order, tag) !== false,
            wishes.data_collection !== 'deny' || (!training && (retention === 'none' || retention === 'transient')),
            wishes.zdr !== true || retention === 'none',
            wishes.enforce_distillable_text !== true || entry.distillable,
            wishes.quantizations?.some((wanted) => levels[wanted].includes(quantization ?? 'unknown')) !== false,
            own === 'default' ||
              own === tier ||
              inList(wishes.only, tag) === true ||
              inList(wishes.order, tag) === true,
            below(charged.prompt, caps.prompt) && below(charged.completion, caps.completion),
            below(charged.request, caps.request),
          ].every(Boolean)
        })
        .map(({ tag }) => `${entry.slug}@${tag}`),
    )
  }

  const speed = fc.option(
    fc.nat(9).map((value) => ({ samples: 1, p50: value, p75: value, p90: value, p95: value, p99: value })),
  )
  const state: fc.Arbitrary<EndpointState> = fc.record({
    condition: fc.constantFrom('stable', 'down', 'probe-due', 'probing'),
    limitedUntil: fc.constantFrom(0, 1),
    uptimeClass: fc.constantFrom('unknown', 'normal', 'lower', 'last'),
    requests: fc.nat(200),
    latency: speed,
    usualLatency: speed,
    throughput: speed,
    toolRequests: fc.nat(300),
    toolSuccess: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  })
  const ids = ['acme/m1', 'acme/m2'].flatMap((model) => slots.map((tag) => `${model}@${tag}`))
  const states = fc.dictionary(fc.constantFrom(...ids), state, { noNullPrototype: true })

  test('no candidate violates a stated preference, and none that violates nothing is missing, however they are doing', () => {
    fc.assert(
      fc.property(offering, asking, states, (offers, asked, known) => {
        const result = routed(offers, { models: ['acme/m1', 'acme/m2'], ...asked }, known)
        const tried = result.candidates.map(({ endpoint }) => endpoint.id)
        const allowed = permitted(offers, asked)
        expect(allowed).toEqual(expect.arrayContaining(tried))
        expect(new Set(tried).size).toBe(tried.length)
        expect(tried.length === 0).toBe(result.error !== null)
        const { order, allow_fallbacks } = asked.provider
        const cut = allow_fallbacks === false && order === undefined
        if (asked.service_tier === 'flex') return
        expect(tried.length).toBe(cut ? Math.min(1, allowed.length) : allowed.length)
      }),
      { numRuns: 2000 },
    )
  })

  test('the filter that refuses all endpoints gives the reason', () => {
    fc.assert(
      fc.property(offering, asking, (offers, asked) => {
        const { error } = routed(offers, { models: ['acme/m1', 'acme/m2'], ...asked })
        if (error === null) return
        const availability = error.details.availability
        expect(error.status).toBe(404)
        expect(['constraint_filtered', 'privacy_restricted']).toContain(availability?.code)
        expect(availability?.excludedBy).not.toHaveLength(0)
        expect(['service_tier', ...Object.keys(asked.provider), 'quantization']).toContain(
          availability?.constraint?.field,
        )
      }),
      { numRuns: 500 },
    )
  })
})

describe('a long prompt', () => {
  const prompt = { model: 'acme/long', messages: [{ role: 'user', content: 'word '.repeat(100_000) }] }
  const through = (window: number): Route =>
    routed(
      {
        entries: [
          {
            slug: 'acme/long',
            endpoints: [
              { provider: 'prov-a', model: 'm', pricing: { prompt: 1, completion: 1 }, contextLength: window },
            ],
          },
        ],
        providers: [offered('prov-a', zero)],
      },
      prompt,
    )

  test('is sent without an estimate of all its texts where it is far from too long', () => {
    expect(through(400_000)).toMatchObject({ error: null, estimatedTokens: null })
  })

  test('is estimated where that is in doubt', () => {
    expect(through(120_000)).toMatchObject({ error: null, estimatedTokens: 100_004 })
  })

  test('is refused where it is certainly too long', () => {
    expect(through(60_000)).toMatchObject({
      error: { kind: 'context_length_exceeded' },
      estimatedTokens: 100_004,
    })
  })
})
