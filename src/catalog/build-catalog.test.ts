import { describe, expect, it } from 'vitest'
import { buildCatalog } from './build-catalog.ts'
import type { CatalogEntry, CatalogEntryOverride } from './catalog-entry.ts'
import type { OfferedProvider } from './offered-provider.ts'
import { resolveModel } from './resolve-model.ts'

const offered = (slug: string, more: Partial<OfferedProvider> = {}): OfferedProvider => ({
  slug,
  name: slug.toUpperCase(),
  dataPolicy: { training: false, retention: 'none' },
  operations: ['chat'],
  ...more,
})

const entry: CatalogEntry = {
  slug: 'acme/m-1.5',
  name: 'Acme M 1.5',
  created: '2026-01-31',
  contextLength: 8192,
  aliases: ['acme/m-one-five'],
  endpoints: [
    { provider: 'a', model: 'm15', pricing: { prompt: 1, completion: 2 } },
    { provider: 'b', model: 'M-15', tag: 'b/fp8', quantization: 'fp8', contextLength: 4096, pricing: { prompt: 0.5 } },
  ],
}

const override = (change: Partial<CatalogEntryOverride>): CatalogEntryOverride => ({
  slug: 'acme/m-1.5',
  extends: false,
  endpoints: [{ provider: 'a', model: 'own', pricing: { prompt: 9, completion: 9 } }],
  ...change,
})

const build = (overrides: readonly CatalogEntryOverride[] = [], providers = [offered('a'), offered('b')]) =>
  buildCatalog({ entries: [entry], overrides, providers })

const endpointsOf = (catalog: ReturnType<typeof build>, slug = 'acme/m-1.5') =>
  catalog.models.get(slug)?.endpoints.map(({ id, upstreamModel }) => `${id} → ${upstreamModel}`)

describe('the catalogue snapshot', () => {
  it('completes an endpoint from its model and its provider', () => {
    const [first, second] = build().models.get('acme/m-1.5')?.endpoints ?? []
    expect(first).toMatchObject({
      id: 'acme/m-1.5@a',
      provider: 'a',
      providerName: 'A',
      contextLength: 8192,
      maxCompletionTokens: null,
      quantization: null,
      tier: 'default',
      operations: ['chat'],
      inputModalities: ['text'],
      dataPolicy: { training: false, retention: 'none' },
      pricing: { prompt: 1_000_000, completion: 2_000_000 },
    })
    expect(second).toMatchObject({ id: 'acme/m-1.5@b/fp8', tag: 'b/fp8', quantization: 'fp8', contextLength: 4096 })
    expect(build().models.get('acme/m-1.5')).toMatchObject({ author: 'acme', created: Date.UTC(2026, 0, 31) / 1000 })
  })

  it('keeps only endpoints of offered providers, and only models that have one', () => {
    expect(endpointsOf(build([], [offered('b')]))).toEqual(['acme/m-1.5@b/fp8 → M-15'])
    expect(build([], [offered('c')]).models.size).toBe(0)
  })

  it('replaces a whole entry, or adds to it with `extends`', () => {
    expect(endpointsOf(build([override({})]))).toEqual(['acme/m-1.5@a → own'])
    expect(build([override({})]).models.get('acme/m-1.5')?.contextLength).toBeNull()

    const added = build([override({ extends: true, name: undefined, aliases: ['acme/mine'] })])
    expect(endpointsOf(added)).toEqual(['acme/m-1.5@b/fp8 → M-15', 'acme/m-1.5@a → own'])
    expect(added.models.get('acme/m-1.5')).toMatchObject({ name: 'Acme M 1.5', contextLength: 8192 })
    expect(resolveModel(added, 'acme/mine')).toBe(added.models.get('acme/m-1.5'))
    expect(resolveModel(added, 'acme/m-one-five')).toBe(added.models.get('acme/m-1.5'))
  })

  it('gives tier endpoints a tag of their own', () => {
    const pricing = { prompt: 2, completion: 4 }
    const endpoints = [...entry.endpoints, { provider: 'a', model: 'm15', tier: 'priority' as const, pricing }]
    expect(endpointsOf(build([override({ endpoints })]))).toContain('acme/m-1.5@a/priority → m15')
  })

  it('finds models by slug, alias and the spelling with dashes, the slug first', () => {
    const catalog = build([override({ slug: 'acme/other', aliases: ['acme/m-1.5', 'acme/o'] })])
    expect(resolveModel(catalog, 'acme/m-1.5')?.slug).toBe('acme/m-1.5')
    expect(resolveModel(catalog, 'acme/m-1-5')?.slug).toBe('acme/m-1.5')
    expect(resolveModel(catalog, 'acme/m-one-five')?.slug).toBe('acme/m-1.5')
    expect(resolveModel(catalog, 'acme/o')?.slug).toBe('acme/other')
    expect(resolveModel(catalog, 'acme/none')).toBeNull()
  })

  it('takes parameters from the endpoint, otherwise from the provider, without those that the model refuses', () => {
    const pricing = {}
    const endpoints = [
      { provider: 'a', model: 'x', pricing },
      { provider: 'a', model: 'x', tag: 'a/2', pricing, unsupportedParameters: ['seed'] },
      { provider: 'a', model: 'x', tag: 'a/3', pricing, supportedParameters: ['stop'] },
      { provider: 'b', model: 'x', pricing },
      { provider: 'b', model: 'x', tag: 'b/2', pricing, unsupportedParameters: ['seed'] },
    ]
    const providers = [offered('a', { supportedParameters: ['seed', 'stop'] }), offered('b')]
    const sets = build([override({ endpoints })], providers)
      .models.get('acme/m-1.5')
      ?.endpoints.map(({ supportedParameters }) => supportedParameters)
    expect(sets?.[0]).toEqual(new Set(['seed', 'stop']))
    expect(sets?.[1]).toEqual(new Set(['stop']))
    expect(sets?.[2]).toBe(sets?.[1])
    expect(sets?.[3]).toBeNull()
    expect(sets?.[4]).toContain('tools')
    expect(sets?.[4]).not.toContain('seed')
  })

  it.each([
    [{ slug: 'acme/none', extends: true }, 'Model acme/none says `extends`'],
    [{ created: 'soon' }, '`created: soon`, which is not a date'],
    [{ endpoints: [entry.endpoints[0], entry.endpoints[0]].flatMap((each) => each ?? []) }, 'two endpoints tagged a'],
    [
      { endpoints: [{ provider: 'a', model: 'm', pricing: { prompt: -1 } }] },
      'Endpoint acme/m-1.5@a: pricing.prompt is -1, which is no price',
    ],
    [{ endpoints: [{ provider: 'a', model: 'm', pricing: { image: NaN } }] }, 'pricing.image is NaN'],
  ])('refuses %o with a reason', (change, message) => {
    expect(() => build([override(change)])).toThrow(message)
  })
})
