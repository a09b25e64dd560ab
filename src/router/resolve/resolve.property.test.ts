import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { buildCatalog } from '../../catalog/build-catalog.ts'
import type { CatalogEntry } from '../../catalog/catalog-entry.ts'
import type { Model } from '../../catalog/model.ts'
import { chatCompletionsClient } from '../../protocols/chat-completions/client.ts'
import { resolve } from './resolve.ts'

const authors = ['acme', 'beta', 'waygate', 'openrouter']
const suffixes = ['free', 'extended', 'thinking', 'batch', 'nitro', 'floor', 'exacto', 'nope', '']

const entry: fc.Arbitrary<CatalogEntry> = fc.record({
  slug: fc
    .tuple(fc.constantFrom(...authors), fc.constantFrom('m1', 'm2', 'm-1.5', 'auto', 'm2:free', 'm2:8b'))
    .map((parts) => parts.join('/')),
  family: fc.constantFrom('m', 'n'),
  created: fc.constantFrom('2026-01-01', '2026-02-01'),
  reasoning: fc.constantFrom(false as const, {}),
  endpoints: fc.uniqueArray(
    fc.record({
      provider: fc.constantFrom('prov-a', 'prov-b'),
      model: fc.constant('m'),
      pricing: fc.record({ prompt: fc.constantFrom(0, 1, 2), completion: fc.constantFrom(0, 1) }),
      unsupportedParameters: fc.constantFrom([], ['tools']),
    }),
    { selector: ({ provider }) => provider, minLength: 1 },
  ),
})
const catalog = fc.uniqueArray(entry, { selector: ({ slug }) => slug }).map((entries) =>
  buildCatalog({
    entries,
    overrides: [],
    providers: ['prov-a', 'prov-b'].map((slug) => ({
      slug,
      name: slug,
      dataPolicy: { training: false, retention: 'none' },
      operations: ['chat'],
    })),
  }),
)

const slug = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('', '~'),
      fc.constantFrom(...authors),
      fc.constantFrom('m1', 'm2', 'm-1-5', 'm-latest', 'auto', 'auto-beta', 'free', 'pareto-code', 'm2:8b', 'none'),
      fc.array(fc.constantFrom(...suffixes), { maxLength: 4 }),
    )
    .map(([mark, author, name, words]) => [`${mark}${author}/${name}`, ...words].join(':')),
  fc.string(),
)
const pattern = fc.constantFrom('*', 'acme/*', '*/m1', '*m2*', 'beta/m1', '*:free', 'a*m*1', '**')
const settings = fc.record(
  {
    allowed_models: fc.array(pattern),
    excluded_models: fc.array(pattern),
    cost_tier: fc.constantFrom('low', 'medium', 'high', 'xhigh', 'max'),
    cost_quality_tradeoff: fc.nat(10),
    pin_model: fc.boolean(),
  },
  { requiredKeys: [] },
)

const glob = (text: string): RegExp =>
  new RegExp(
    `^${text
      .split('*')
      .map((part) => RegExp.escape(part))
      .join('.*')}$`,
    's',
  )

test('whatever is asked of whatever there is: models that exist, or an error that says why', () => {
  const body = fc.record({
    models: fc.array(
      slug.filter((word) => !word.includes('@preset/') && !/:online(:|$)/.test(word)),
      { maxLength: 4 },
    ),
    plugins: fc.tuple(
      settings.map((auto) => ({ id: 'auto-router', ...auto })),
      fc
        .record(
          { min_coding_score: fc.double({ min: 0, max: 1, noNaN: true }), max_price: fc.nat(3) },
          { requiredKeys: [] },
        )
        .map((pareto) => ({ id: 'pareto-router', ...pareto })),
    ),
    last: slug,
  })
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(catalog, body, chance, fc.func(fc.boolean()), (catalog, { last, ...sent }, draw, coin) => {
      const messages = [
        { role: 'assistant', content: 'a', model: last },
        { role: 'user', content: 'solve this riddle' },
      ]
      const request = chatCompletionsClient.decodeRequest({ ...sent, messages }, {})
      const serves = (model: Model) => coin(model.slug)
      const routerModels = { auto: { reasoning: ['acme/m1', 'beta/m2'] }, codingScores: { 'acme/m2': 0.5 } }
      const { choices, error, strategy } = resolve(request, {
        catalog,
        defaultModel: 'acme/m1',
        adviceFor: () => null,
        routerModels,
        serves,
        throughput: () => null,
        stickyEndpointId: () => null,
        chance: () => draw,
      })

      expect(choices.length === 0).toBe(error !== null)
      expect(error?.status ?? 400).toBeOneOf([400, 404])
      expect(new Set(choices.map(({ model }) => model.slug)).size).toBe(choices.length)
      for (const { model, thinking, sort } of choices) {
        const origin = catalog.models.get(model.slug) ?? catalog.models.get(model.slug.replace(/:free$/, ''))
        expect(origin).toBeDefined()
        expect(model.endpoints.length).toBeGreaterThan(0)
        expect(model.endpoints.every((endpoint) => endpoint.model === model.slug)).toBe(true)
        if (model !== origin) {
          expect(model.endpoints.every(({ pricing }) => pricing.prompt === 0 && pricing.completion === 0)).toBe(true)
        }
        if (thinking) expect(model.reasoning).not.toBeNull()
        expect(sort).toBeOneOf([undefined, 'throughput', 'price', 'exacto'])
      }
      if (strategy !== 'auto' || request.models.length !== 1) return
      const { allowedModels, excludedModels = [] } = /-beta/.test(request.models[0] ?? '')
        ? {}
        : (request.routing.autoRouter ?? {})
      for (const { model } of choices) {
        expect(serves(model)).toBe(true)
        expect(excludedModels.some((each) => glob(each).test(model.slug))).toBe(false)
        expect(allowedModels?.some((each) => glob(each).test(model.slug)) ?? true).toBe(true)
      }
    }),
    { numRuns: 2000 },
  )
})

test('the order of stacked variants changes nothing', () => {
  const words = fc.shuffledSubarray(['free', 'thinking', 'nitro', 'exacto'], { minLength: 1 })
  fc.assert(
    fc.property(catalog, fc.constantFrom('acme/m1', 'acme/m2', '~acme/m-latest'), words, (catalog, base, order) => {
      const ask = (words: readonly string[]) => {
        const body = { model: [base, ...words].join(':'), messages: [{ role: 'user', content: 'hi' }] }
        const { choices, error } = resolve(chatCompletionsClient.decodeRequest(body, {}), {
          catalog,
          defaultModel: null,
          adviceFor: () => null,
          routerModels: { auto: {}, codingScores: {} },
          serves: () => true,
          throughput: () => null,
          stickyEndpointId: () => null,
          chance: () => 0,
        })
        return { choices, code: error?.details.availability?.code }
      }
      expect(ask(order)).toEqual(ask(order.toSorted()))
    }),
  )
})
