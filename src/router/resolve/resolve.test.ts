import { describe, expect, test } from 'vitest'
import { buildCatalog } from '../../catalog/build-catalog.ts'
import type { CatalogEntry, CatalogEntryEndpoint } from '../../catalog/catalog-entry.ts'
import type { Catalog } from '../../catalog/model.ts'
import { plugins } from '../../plugins/_registry.ts'
import { withPreferences } from '../../plugins/run-plugins.ts'
import { chatCompletionsClient } from '../../protocols/chat-completions/client.ts'
import { completionsClient } from '../../protocols/completions/client.ts'
import { type Resolution, resolve, type ResolveDependencies } from './resolve.ts'

const at = (prompt: number, more: Partial<CatalogEntryEndpoint> = {}): CatalogEntryEndpoint => ({
  provider: 'prov-a',
  model: 'm',
  pricing: { prompt, completion: prompt },
  ...more,
})
const entry = (slug: string, more: Partial<CatalogEntry> = {}): CatalogEntry => ({ slug, endpoints: [at(1)], ...more })

const catalogOf = (entries: readonly CatalogEntry[]): Catalog =>
  buildCatalog({
    entries,
    overrides: [],
    providers: ['prov-a', 'prov-b', 'waygate'].map((slug) => ({
      slug,
      name: slug,
      dataPolicy: { training: false, retention: 'none' },
      operations: ['chat'],
    })),
  })

/** Plain names, variants and families. */
const names = catalogOf([
  entry('acme/m1', { family: 'm', created: '2026-01-01', aliases: ['acme/m-one'], reasoning: {} }),
  entry('acme/m2', { family: 'm', created: '2026-03-01', endpoints: [at(1), at(0, { provider: 'prov-b' })] }),
  entry('acme/m3', { family: 'm', created: '2026-04-01', endpoints: [at(1, { deprecated: true })] }),
  entry('acme/m1:extended', { family: 'm', created: '2026-05-01' }),
  entry('acme/free:free', { endpoints: [at(0)] }),
  entry('acme/mini-1', { created: '2026-06-01' }),
  entry('acme/v-1.5', { created: '2026-02-01' }),
  entry('beta/max-3', { created: '2026-01-01' }),
  entry('beta/max-3.5-turbo', { created: '2026-02-01' }),
  entry('beta/maxima', { created: '2026-03-01' }),
  entry('local/llama:8b'),
  entry('waygate/simulator', { endpoints: [at(0, { provider: 'waygate' })] }),
])

/** Counts how often it is looked through as a whole. */
class WatchedMap<Key, Value> extends Map<Key, Value> {
  looks = 0

  override [Symbol.iterator](): MapIterator<[Key, Value]> {
    this.looks++
    return super[Symbol.iterator]()
  }

  override entries(): MapIterator<[Key, Value]> {
    this.looks++
    return super.entries()
  }

  override keys(): MapIterator<Key> {
    this.looks++
    return super.keys()
  }

  override values(): MapIterator<Value> {
    this.looks++
    return super.values()
  }

  override forEach(visit: (value: Value, key: Key, map: Map<Key, Value>) => void): void {
    this.looks++
    super.forEach(visit)
  }
}

const messages = [{ role: 'user', content: 'hi' }]

function resolved(body: object, catalog: Catalog = names, dependencies: Partial<ResolveDependencies> = {}): Resolution {
  const asked = chatCompletionsClient.decodeRequest({ messages, ...body }, {})
  const request = withPreferences({ registry: plugins, ofAccount: () => [] }, asked, 'default')
  return resolve(request, {
    catalog,
    defaultModel: null,
    adviceFor: () => null,
    routerModels: { auto: {}, codingScores: {} },
    serves: () => true,
    throughput: () => null,
    stickyEndpointId: () => null,
    chance: () => 0,
    ...dependencies,
  })
}

const slugs = ({ choices }: Resolution): readonly string[] => choices.map(({ model }) => model.slug)
const failure = ({ error }: Resolution) => ({
  status: error?.status,
  message: error?.message,
  ...error?.details.availability,
})

describe('a slug', () => {
  test.each([
    ['acme/m1', 'acme/m1', 'direct'],
    ['acme/m-one', 'acme/m1', 'alias'],
    ['acme/v-1-5', 'acme/v-1.5', 'alias'],
    ['local/llama:8b', 'local/llama:8b', 'direct'],
    ['local/llama:8b:nitro', 'local/llama:8b', 'direct'],
    ['waygate/simulator', 'waygate/simulator', 'direct'],
    ['acme/m-one:nitro', 'acme/m1', 'alias'],
    ['acme/m-one:extended:floor', 'acme/m1:extended', 'alias'],
    ['acme/m1:extended', 'acme/m1:extended', 'direct'],
    ['acme/m1:floor:extended', 'acme/m1:extended', 'direct'],
    ['acme/free:free', 'acme/free:free', 'direct'],
    ['acme/free:nitro:free', 'acme/free:free', 'direct'],
    ['acme/m2:free', 'acme/m2:free', 'direct'],
    ['~acme/m-latest', 'acme/m2', 'latest'],
    ['~acme/m-latest:free', 'acme/m2:free', 'latest'],
    ['~acme/v-latest', 'acme/v-1.5', 'latest'],
    ['~beta/max-latest', 'beta/max-3.5-turbo', 'latest'],
  ])('%s is %s, strategy %s', (model, slug, strategy) => {
    const resolution = resolved({ model })
    expect([slugs(resolution), resolution.strategy, resolution.requested]).toEqual([[slug], strategy, model])
    expect(resolution.error).toBeNull()
  })

  test.each([
    ['acme/m1', {}],
    ['acme/m1:nitro', { sort: 'throughput', admits: 'priority' }],
    ['acme/m1:floor', { sort: 'price', admits: 'flex' }],
    ['acme/m1:exacto', { sort: 'exacto' }],
    ['acme/m1:exacto:nitro', { sort: 'throughput', admits: 'priority' }],
    ['acme/m1:thinking:floor', { sort: 'price', admits: 'flex', thinking: true }],
    ['~acme/m-latest:exacto', { sort: 'exacto', lenientEffort: true }],
  ])('%s says %o about the choice', (model, expected) => {
    const { model: _, ...said } = resolved({ model }).choices[0] ?? {}
    expect(said).toEqual({ thinking: false, lenientEffort: false, ...expected })
  })

  test.each([
    ['m1', 'acme/m1'],
    ['m-one', 'acme/m1'],
    ['v-1.5', 'acme/v-1.5'],
    ['v-1-5', 'acme/v-1.5'],
    ['llama:8b', 'local/llama:8b'],
    ['llama:8b:nitro', 'local/llama:8b'],
    ['m2:free', 'acme/m2:free'],
    ['m1:extended', 'acme/m1:extended'],
    ['simulator', 'waygate/simulator'],
  ])('%s without its author is %s', (model, slug) => {
    const resolution = resolved({ model })
    expect([slugs(resolution), resolution.strategy, resolution.requested]).toEqual([[slug], 'alias', model])
    expect(slugs(resolved({ models: ['nobody/nothing', model] }))).toEqual([slug])
  })

  test('a name that several models have is refused with their slugs, and an alias hides no listed name', () => {
    const twins = catalogOf([
      entry('acme/one'),
      entry('beta/one'),
      entry('beta/two', { aliases: ['beta/one-more', 'gamma/one', 'acme/three', 'short'] }),
      entry('gamma/three'),
      entry('gamma/short'),
    ])
    expect(failure(resolved({ model: 'one' }, twins))).toMatchObject({
      status: 400,
      code: 'model_not_found',
      message: 'one is not a valid model ID: it names acme/one, beta/one. Write one of them with its author.',
    })
    expect(slugs(resolved({ model: 'one-more' }, twins))).toEqual(['beta/two'])
    expect(slugs(resolved({ model: 'three' }, twins))).toEqual(['gamma/three'])
    // Somebody gave this name on purpose.
    expect(slugs(resolved({ model: 'short' }, twins))).toEqual(['beta/two'])
  })

  test('where bare names are off, one is refused with the slug that was meant', () => {
    const strict = buildCatalog({
      entries: [entry('acme/m1', { aliases: ['quick'] })],
      overrides: [],
      providers: [
        { slug: 'prov-a', name: 'A', dataPolicy: { training: false, retention: 'none' }, operations: ['chat'] },
      ],
      bareNames: false,
    })
    expect(failure(resolved({ model: 'm1' }, strict))).toMatchObject({
      status: 400,
      message: 'm1 is not a valid model ID. Did you mean "acme/m1"?',
    })
    expect(slugs(resolved({ model: 'quick' }, strict))).toEqual(['acme/m1'])
  })

  test('a model that is listed but not served is refused with what to set, variants or not', () => {
    const adviceFor = (model: string) => (model === 'acme/absent' ? 'Set ACME_API_KEY.' : null)
    for (const model of ['acme/absent', 'acme/absent:nitro']) {
      expect(failure(resolved({ model }, names, { adviceFor }))).toMatchObject({
        status: 400,
        code: 'model_not_found',
        message: `${model} is not a valid model ID here. Set ACME_API_KEY.`,
      })
    }
  })

  test('variants stack in any order', () => {
    const [first, second] = ['acme/m2:free:nitro', 'acme/m2:nitro:free'].map((model) => resolved({ model }).choices)
    expect(first).toEqual(second)
    expect(first?.[0]).toMatchObject({ model: { slug: 'acme/m2:free' }, sort: 'throughput' })
  })

  test('free is a model of its own: zero-priced endpoints under its name, the same each time', () => {
    const [choice] = resolved({ model: 'acme/m2:free' }).choices
    expect(choice?.model.endpoints).toMatchObject([{ id: 'acme/m2:free@prov-b', model: 'acme/m2:free' }])
    expect(resolved({ model: 'acme/m2:free' }).choices[0]?.model).toBe(choice?.model)
  })

  test.each([
    ['acme/m1:free', 404, 'free_variant_ended', 'has no free endpoint'],
    ['acme/m2:thinking', 400, 'model_not_found', 'does not reason'],
    ['acme/m2:extended', 400, 'model_not_found', 'not listed in that variant'],
    ['acme/m2:batch', 400, 'model_not_found', 'not listed in that variant'],
    ['acme/m1:nitro:floor', 400, 'model_not_found', 'contradict'],
    ['openrouter/free:nitro:floor', 400, 'model_not_found', 'contradict'],
    ['acme/m1:nitrous', 400, 'model_not_found', 'Known variants are :free, :extended, :thinking, :batch, :nitro'],
    ['openrouter/auto:nitrous', 400, 'model_not_found', 'Known variants are'],
    ['acme/n1', 400, 'model_not_found', 'Did you mean "acme/m1"?'],
    ['ACME/M2', 400, 'model_not_found', 'Did you mean "acme/m2"?'],
    ['mini-2', 400, 'model_not_found', 'Did you mean "acme/mini-1"?'],
    ['local/lama:8b', 400, 'model_not_found', 'Did you mean "local/llama:8b"?'],
    ['openrouter/autto', 400, 'model_not_found', 'Did you mean "openrouter/auto"?'],
    ['nothing/like-any-of-them', 400, 'model_not_found', 'GET /api/v1/models lists'],
    ['~acme/z-latest', 400, 'model_not_found', '~author/family-latest'],
    ['~acme/m3', 400, 'model_not_found', '~author/family-latest'],
    ['~acme/mi-latest', 400, 'model_not_found', 'no model here'],
    ['', 400, 'model_not_found', 'is not a valid model ID'],
  ])('%j is answered with %d %s', (model, status, code, text) => {
    const resolution = resolved({ models: [model] })
    expect(failure(resolution)).toMatchObject({
      status,
      code,
      message: expect.stringContaining(text),
      requestedModels: [model],
    })
    expect(resolution.choices).toEqual([])
  })

  test('where free has ended, the model itself is offered instead', () => {
    expect(failure(resolved({ model: 'acme/m1:free' }))).toMatchObject({ fallbackModels: ['acme/m1'] })
  })

  test.each([
    ['openrouter/fusion', {}],
    ['waygate/fusion', {}],
    ['openrouter/fusion-flash', { preset: 'general-fast' }],
  ])('%s is a model of the panel, with the tool to ask the others', (model, parameters) => {
    const found = resolved({ model })
    expect(found.error).toBeNull()
    expect(found.strategy).toBe('fusion')
    expect(found.choices.length).toBeGreaterThan(0)
    expect(found.tools).toEqual([{ type: 'server', name: 'openrouter:fusion', parameters }])
  })

  test.each(['waygate/bodybuilder', 'openrouter/bodybuilder'])(
    '%s is not built yet, and says so even beside a model',
    (model) => {
      const { error } = resolved({ model, models: ['acme/m1'] })
      expect([error?.status, error?.message]).toEqual([
        400,
        expect.stringContaining('is not supported by this gateway'),
      ])
    },
  )

  test('a model wins over a router model of its name', () => {
    expect(resolved({ model: 'openrouter/auto' }, catalogOf([entry('openrouter/auto')]))).toMatchObject({
      strategy: 'direct',
    })
  })
})

describe('several slugs', () => {
  test('in their order, each model once, as it came first', () => {
    const resolution = resolved({
      models: ['acme/m2:nitro', 'acme/m-one', 'acme/m2', 'acme/m1:floor', '~acme/m-latest'],
    })
    expect(resolution.choices.map(({ model, sort }) => [model.slug, sort])).toEqual([
      ['acme/m2', 'throughput'],
      ['acme/m1', undefined],
    ])
    expect(resolution.strategy).toBe('direct')
  })

  test('what means nothing is left out where another means something', () => {
    const resolution = resolved({ models: ['nope/x', 'acme/m1:free', 'acme/m2'] })
    expect([slugs(resolution), resolution.strategy, resolution.error]).toEqual([['acme/m2'], 'fallback', null])
  })

  test('where none resolves, the error is that of the first', () => {
    expect(failure(resolved({ models: ['acme/m1:free', 'nope/x'] }))).toMatchObject({
      code: 'free_variant_ended',
      message: expect.stringContaining('nope/x cannot be used either'),
      requestedModels: ['acme/m1:free', 'nope/x'],
    })
  })

  test('none at all is the default, or an error that says how to set one', () => {
    expect(slugs(resolved({}, names, { defaultModel: 'acme/m-one' }))).toEqual(['acme/m1'])
    expect(failure(resolved({}))).toMatchObject({ status: 400, message: expect.stringContaining('default_model') })
  })

  test('hundreds of them are looked up each, and the catalogue is looked through no more often than for a few', () => {
    const looks = (count: number): number => {
      const models = Array.from(
        { length: count },
        (_, index) => `openrouter/auto${':nitro'.repeat(index % 20)}x${index}`,
      )
      const watched = new WatchedMap(names.models)
      const routers = models.slice(0, 80).map((_, index) => `openrouter/auto${':nitro'.repeat(index)}`)
      const slugs = [...models, ...models.map((slug) => `~acme/${slug}-latest`), ...routers]
      resolved({ models: slugs }, { ...names, models: watched })
      return watched.looks
    }
    expect(looks(3)).toBeGreaterThan(0)
    expect(looks(450)).toBe(looks(3))
  })

  test('are 1,024 at most', () => {
    const models = Array.from({ length: 1_025 }, (_, index) => `acme/${index}`)
    expect(() => resolved({ models })).toThrow('models must have at most 1024 items, got 1025')
  })
})

/** Ten models that cost more from one to the next; the odd ones take no tools, and each is newer than the last. */
const ladder = catalogOf(
  Array.from({ length: 10 }, (_, index) =>
    entry(`acme/l${index}`, {
      created: `2026-01-${10 + index}`,
      endpoints: [at(index + 1, { unsupportedParameters: index % 2 === 1 ? ['tools'] : [] })],
    }),
  ),
)
const autoWith = (settings: object, more: object = {}) => ({
  model: 'openrouter/auto',
  plugins: [{ id: 'auto-router', ...settings }],
  ...more,
})
const tools = [{ type: 'function', function: { name: 'f' } }]
const code = [{ role: 'user', content: 'Fix the bug in this Python function' }]

describe('openrouter/auto', () => {
  test.each<[string, object, readonly string[]]>([
    ['the newest of the cheapest fifth', { model: 'openrouter/auto' }, ['acme/l1', 'acme/l0']],
    ['under our own name', { model: 'waygate/auto' }, ['acme/l1', 'acme/l0']],
    ['those that take tools first', { model: 'openrouter/auto', tools }, ['acme/l0', 'acme/l1']],
    ['medium', autoWith({ cost_tier: 'medium' }), ['acme/l3', 'acme/l2']],
    ['max', autoWith({ cost_tier: 'max' }), ['acme/l9', 'acme/l8']],
    ['the tier wins over the dial', autoWith({ cost_tier: 'max', cost_quality_tradeoff: 10 }), ['acme/l9', 'acme/l8']],
    ['the dial at 10: up to p10', autoWith({ cost_quality_tradeoff: 10 }), ['acme/l0']],
    ['the dial at 0: up to p90', autoWith({ cost_quality_tradeoff: 0 }), ['acme/l8', 'acme/l7', 'acme/l6']],
    ['only those allowed', autoWith({ allowed_models: ['*/l5', 'acme/l7'] }), ['acme/l5']],
    [
      'exclusion beats allowance',
      autoWith({ allowed_models: ['acme/*'], excluded_models: ['*/l0', '*1'] }),
      ['acme/l3', 'acme/l2'],
    ],
    [
      'a plugin that is switched off says nothing',
      autoWith({ cost_tier: 'max', enabled: false }),
      ['acme/l1', 'acme/l0'],
    ],
    [
      'the other one’s plugin says nothing',
      { ...autoWith({ cost_tier: 'max' }), model: 'openrouter/auto-beta' },
      ['acme/l1', 'acme/l0'],
    ],
    [
      'auto-beta reads its own',
      { model: 'openrouter/auto-beta', plugins: [{ id: 'auto-beta-router', cost_tier: 'max' }] },
      ['acme/l9', 'acme/l8'],
    ],
    [
      'the model that answered last stays when pinned',
      autoWith(
        { pin_model: true },
        { messages: [...messages, { role: 'assistant', content: 'a', model: 'acme/l6' }, ...messages] },
      ),
      ['acme/l6', 'acme/l1', 'acme/l0'],
    ],
    [
      'but not when it is excluded',
      autoWith(
        { pin_model: true, excluded_models: ['*6'] },
        { messages: [...messages, { role: 'assistant', content: 'a', model: 'acme/l6' }, ...messages] },
      ),
      ['acme/l1', 'acme/l0'],
    ],
  ])('%s', (_, body, expected) => {
    const resolution = resolved(body, ladder)
    expect([slugs(resolution), resolution.strategy]).toEqual([expected, 'auto'])
  })

  test('only what can serve the request counts, for the price bands too', () => {
    const serves: ResolveDependencies['serves'] = ({ slug }) => slug > 'acme/l4'
    expect(slugs(resolved({ model: 'openrouter/auto' }, ladder, { serves }))).toEqual(['acme/l5'])
  })

  const ranked = {
    routerModels: {
      auto: { default: ['acme/l8', 'gone/x'], 'code:debugging': ['acme/l9', 'acme/l2', 'acme/l4', 'acme/l6'] },
      codingScores: {},
    },
  }
  test.each<[string, object, readonly string[]]>([
    ['the ranking of the task, its first three', { messages: code }, ['acme/l9', 'acme/l2', 'acme/l4']],
    ['the default ranking of another task', {}, ['acme/l8']],
    ['a named price band narrows it', { ...autoWith({ cost_tier: 'low' }), messages: code }, ['acme/l2']],
    ['where none of it is allowed, the catalogue', autoWith({ excluded_models: ['acme/l8'] }), ['acme/l1', 'acme/l0']],
  ])('configured: %s', (_, body, expected) => {
    expect(slugs(resolved({ model: 'openrouter/auto', ...body }, ladder, ranked))).toEqual(expected)
  })

  test('reports the task that it recognised', () => {
    expect(resolved({ model: 'openrouter/auto', messages: code }, ladder).stage).toEqual({
      type: 'plugin',
      name: 'auto-router',
      summary: 'code:debugging: it speaks of fix, bug',
      data: { task_type: 'code:debugging' },
    })
  })

  test('variants of its slug go to what it chooses', () => {
    const [choice] = resolved({ model: 'openrouter/auto:floor' }, ladder).choices
    expect(choice).toMatchObject({ model: { slug: 'acme/l1' }, sort: 'price', admits: 'flex' })
    expect(slugs(resolved({ model: 'openrouter/auto:free' }))).toEqual(['acme/m2:free', 'acme/free:free'])
  })

  test.each<[string, object, Partial<ResolveDependencies>, object]>([
    ['nothing serves', { model: 'openrouter/auto' }, { serves: () => false }, { status: 404, code: 'no_endpoints' }],
    ['nothing is allowed', autoWith({ allowed_models: ['x/*'] }), {}, { status: 404, code: 'constraint_filtered' }],
  ])('%s: 404', (_, body, dependencies, expected) => {
    expect(failure(resolved(body, ladder, dependencies))).toMatchObject({
      ...expected,
      message: expect.stringContaining('No models match'),
    })
  })

  test('needs messages', () => {
    const request = completionsClient.decodeRequest({ model: 'openrouter/auto', prompt: 'hi' }, {})
    const { error } = resolve(request, {
      catalog: ladder,
      defaultModel: null,
      adviceFor: () => null,
      routerModels: { auto: {}, codingScores: {} },
      serves: () => true,
      throughput: () => null,
      stickyEndpointId: () => null,
      chance: () => 0,
    })
    expect([error?.status, error?.message]).toEqual([400, expect.stringContaining('/api/v1/chat/completions')])
  })

  test('the simulator is for when there is nothing else', () => {
    expect(slugs(resolved({ model: 'openrouter/auto', models: ['openrouter/free'] }))).not.toContain(
      'waygate/simulator',
    )
    const alone: ResolveDependencies['serves'] = ({ author }) => author === 'waygate'
    for (const model of ['openrouter/auto', 'openrouter/free', 'openrouter/pareto-code']) {
      expect(slugs(resolved({ model }, names, { serves: alone }))).toEqual(['waygate/simulator'])
    }
  })
})

describe('openrouter/free', () => {
  const gifts = catalogOf([
    entry('acme/paid'),
    entry('acme/both', { endpoints: [at(1), at(0, { provider: 'prov-b' })] }),
    entry('acme/none', { endpoints: [at(0, { unsupportedParameters: ['tools', 'structured_outputs'] })] }),
    entry('acme/fee', { endpoints: [at(0, { pricing: { request: 0.01 } })] }),
    entry('acme/later', {
      endpoints: [at(0, { pricing: { overrides: [{ minPromptTokens: 9, pricing: { prompt: 1 } }] } })],
    }),
    entry('acme/all', { endpoints: [at(0)] }),
  ])

  test('each free model is as likely first as the others', () => {
    const firsts = Array.from(
      { length: 300 },
      (_, index) => slugs(resolved({ model: 'openrouter/free' }, gifts, { chance: () => index / 300 }))[0],
    )
    const shares = Object.groupBy(firsts, (slug) => slug ?? '')
    expect(Object.entries(shares).map(([slug, all]) => [slug, all?.length])).toEqual([
      ['acme/both:free', 100],
      ['acme/none', 100],
      ['acme/all', 100],
    ])
  })

  test('of those that can do what the request needs', () => {
    const format = { type: 'json_schema', json_schema: { name: 'x', schema: {} } }
    for (const needs of [{ tools }, { response_format: format }]) {
      const chosen = resolved({ model: 'openrouter/free', ...needs }, gifts)
      expect([slugs(chosen), chosen.strategy]).toEqual([['acme/both:free', 'acme/all'], 'free'])
    }
  })

  test('where there is none: 404', () => {
    expect(failure(resolved({ model: 'openrouter/free' }, ladder))).toMatchObject({ status: 404, code: 'no_endpoints' })
  })
})

describe('openrouter/pareto-code', () => {
  /** Prices rise from l0 to l9; the scores, but for one bargain and one waste of money. */
  const scores = [0.1, 0.7, 0.2, 0.4, 0.5, 0.6, 0.1, 0.8, 0.9, 1]
  const codingScores = Object.fromEntries(scores.map((score, index) => [`acme/l${index}`, score]))
  const scored = { routerModels: { auto: {}, codingScores } }
  const pareto = (settings: object) => ({
    model: 'openrouter/pareto-code',
    plugins: [{ id: 'pareto-router', ...settings }],
  })

  test.each<[string, object, readonly string[]]>([
    ['the best tier, the cheapest first', { model: 'openrouter/pareto-code' }, ['acme/l1', 'acme/l7', 'acme/l8']],
    ['0.66 is the best tier', pareto({ min_coding_score: 0.66 }), ['acme/l1', 'acme/l7', 'acme/l8']],
    ['0.65 is the middle one', pareto({ min_coding_score: 0.65 }), ['acme/l3', 'acme/l4', 'acme/l5']],
    ['0.32 is the lowest', pareto({ min_coding_score: 0.32 }), ['acme/l0', 'acme/l2', 'acme/l6']],
    ['the best under a cap', pareto({ max_price: 9, min_coding_score: 0 }), ['acme/l8', 'acme/l7', 'acme/l1']],
    ['the best under a lower cap', pareto({ max_price: 5, price_source: 'prompt' }), ['acme/l1', 'acme/l0']],
  ])('%s', (_, body, expected) => {
    const resolution = resolved(body, ladder, scored)
    expect([slugs(resolution), resolution.strategy]).toEqual([expected, 'pareto'])
  })

  test('nitro: the fastest of the tier', () => {
    const throughput: ResolveDependencies['throughput'] = ({ slug }) => (slug === 'acme/l8' ? 90 : null)
    const resolution = resolved({ model: 'openrouter/pareto-code:nitro' }, ladder, { ...scored, throughput })
    expect(slugs(resolution)).toEqual(['acme/l8', 'acme/l1', 'acme/l7'])
    expect(resolution.choices[0]).toMatchObject({ sort: 'throughput', admits: 'priority' })
  })

  test('instead of an empty tier its neighbour is used, which is reported', () => {
    const serves: ResolveDependencies['serves'] = ({ slug }) => (scores[Number(slug.at(-1))] ?? 0) < 0.5
    const resolution = resolved({ model: 'openrouter/pareto-code' }, ladder, { ...scored, serves })
    expect(slugs(resolution)).toEqual(['acme/l3'])
    expect(resolution.parameters).toEqual({ quality_floor: 0.33 })
  })

  test('the cap applies to prompt prices, or to the average of three parts prompt and one part completion', () => {
    const dear = catalogOf([entry('acme/d', { endpoints: [at(1, { pricing: { prompt: 1, completion: 9 } })] })])
    expect(slugs(resolved(pareto({ max_price: 3 }), dear))).toEqual(['acme/d'])
    expect(failure(resolved(pareto({ max_price: 2.9 }), dear))).toMatchObject({
      status: 404,
      code: 'constraint_filtered',
      excludedBy: ['max_price'],
      message: expect.stringContaining('the cheapest costs 3'),
    })
    expect(slugs(resolved(pareto({ max_price: 1, price_source: 'prompt' }), dear))).toEqual(['acme/d'])
  })

  test.each<[string, Partial<CatalogEntry>]>([
    ['later', { created: '2025-01-02' }],
    ['dearer', { endpoints: [at(2)] }],
    ['a model that reasons', { reasoning: {} }],
  ])('without configured scores %s is better, all else equal', (_, more) => {
    const plain = { created: '2025-01-01' }
    const deaf = { created: '2026-01-01', reasoning: {}, endpoints: [at(9, { unsupportedParameters: ['tools'] })] }
    const catalog = catalogOf([
      entry('acme/x', plain),
      entry('acme/better', { ...plain, ...more }),
      entry('acme/deaf', deaf),
    ])
    expect(slugs(resolved({ model: 'openrouter/pareto-code' }, catalog))).toEqual(['acme/better'])
    expect(slugs(resolved(pareto({ min_coding_score: 0.5 }), catalog))).toEqual(['acme/x'])
  })

  test('a third of the models that take tools is a tier', () => {
    expect(slugs(resolved({ model: 'openrouter/pareto-code' }, ladder))).toEqual(['acme/l6', 'acme/l8'])
    expect(slugs(resolved(pareto({ min_coding_score: 0 }), ladder))).toEqual(['acme/l0'])
  })
})
