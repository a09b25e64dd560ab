import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { categories, tasksOf } from '../../src/http/models/categories.ts'
import { taskTypes } from '../../src/router/resolve/router-models/tasks.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { startGateway, type TestGateway } from '../gateway.ts'
import { asText, at, readJson } from './exchange.ts'

const day = 86_400_000
const daysAgo = (days: number): string => new Date(Date.now() - days * day).toISOString().slice(0, 10)

const endpoint = (provider: string, prompt: number, completion: number, more: object = {}) => ({
  provider,
  model: 'steady',
  pricing: { prompt, completion },
  ...more,
})

/** Four models that differ in every field of a listing, and one of which almost nothing is known. */
const models = {
  'anthropic/alpha': {
    name: 'Alpha',
    family: 'claude-opus',
    created: daysAgo(10),
    context_length: 100_000,
    distillable: true,
    input_modalities: ['text', 'image'],
    endpoints: [
      endpoint('german', 3, 5, { supported_parameters: ['tools', 'max_tokens'] }),
      // Clients opt into a tier, so its price is not the model's price.
      endpoint('german', 0, 0, { tag: 'german/flex', tier: 'flex', supported_parameters: [] }),
    ],
  },
  'openai/gpt-acme': {
    created: daysAgo(100),
    context_length: 8000,
    endpoints: [endpoint('american', 1, 9, { supported_parameters: ['temperature'] })],
  },
  'qwen/qwen3-acme': {
    created: daysAgo(1000),
    context_length: 32_000,
    output_modalities: ['text', 'image'],
    endpoints: [endpoint('global', 2, 2), endpoint('german', 4, 4)],
  },
  'acme/unknown': { endpoints: [endpoint('nowhere', 0, 0)] },
  'acme/draws': { output_modalities: ['image'], endpoints: [endpoint('nowhere', 7, 7)] },
}
type Slug = keyof typeof models
const [alpha, mini, qwen, unknown, draws] = [
  'anthropic/alpha',
  'openai/gpt-acme',
  'qwen/qwen3-acme',
  'acme/unknown',
  'acme/draws',
] as const satisfies readonly Slug[]

let vendor: Simulator
let gateway: TestGateway
beforeAll(async () => {
  vendor = await startSimulator()
  const provider = (slug: string, more: object) => [
    slug,
    { name: `The ${slug}`, base_url: `${vendor.url}/${slug}/v1`, api_key: 'upstream-secret', ...more },
  ]
  gateway = await startGateway({
    discovery: false,
    providers: Object.fromEntries([
      provider('german', { datacenters: ['DE', 'FR'], data_policy: { training: false, retention: 'none' } }),
      provider('american', { datacenters: ['US'], data_policy: { training: false, retention: 'days:30' } }),
      provider('global', { datacenters: ['US', 'DE'] }),
      ...['nowhere', 'prov-a', 'prov-b', 'prov-c'].map((slug) => provider(slug, {})),
    ]),
    models,
    routing: {
      outage_window_s: 0,
      auto: { 'code:review': [qwen, alpha], legal: [mini] },
      coding_scores: { [mini]: 0.4, [qwen]: 0.9 },
    },
  })
})
afterAll(async () => {
  await gateway.close()
  await vendor.close()
})

/** Returns the slugs that a query lists, in its order, without the models that every test gateway has. */
async function list(query: string, asked = gateway): Promise<readonly string[]> {
  const { status, body } = await readJson(fetch(`${asked.url}/api/v1/models?${query}`))
  expect({ query, status, body }).toMatchObject({ status: 200 })
  const { data } = body
  if (!Array.isArray(data)) throw new Error('data is no list')
  return data.map((model) => asText(at(model, 'id'))).filter((slug) => !/^acme\/m\d$/.test(slug))
}

/** The number of tokens that each model answers with. */
const ask = async (model: string, times: number, asked = gateway): Promise<void> => {
  for (let time = 0; time < times; time++) expect((await asked.chat({ model })).status).toBe(200)
}

describe('what is known of the models sorts them', () => {
  test.each([
    ['pricing-low-to-high', [unknown, qwen, alpha, mini]],
    ['pricing-high-to-low', [mini, alpha, qwen, unknown]],
    ['context-high-to-low', [alpha, qwen, mini, unknown]],
    ['newest', [alpha, mini, qwen, unknown]],
    // The operator's scores. Everything else stays the same.
    ['coding-high-to-low', [qwen, mini, alpha, unknown]],
    // Nothing is known yet, so the order is that of the catalogue.
    ['intelligence-high-to-low', [alpha, mini, qwen, unknown]],
    ['agentic-high-to-low', [alpha, mini, qwen, unknown]],
    ['design-arena-elo-high-to-low', [alpha, mini, qwen, unknown]],
  ])('%s', async (sort, slugs) => {
    expect(await list(`sort=${sort}`)).toEqual(slugs)
  })

  test('pages follow the order', async () => {
    const all = await list('sort=newest')
    expect([...(await list('sort=newest&limit=2')), ...(await list('sort=newest&offset=2&limit=500'))]).toEqual(all)
  })
})

describe('what was measured sorts them', () => {
  const behaving = (model: string, price: number) => ({ endpoints: [{ ...endpoint('prov-a', price, price), model }] })
  let measured: TestGateway
  beforeAll(async () => {
    measured = await startGateway({
      discovery: false,
      models: {
        'acme/never': behaving('steady', 1),
        'acme/twice': behaving('usage-1-500', 1),
        'acme/often': behaving('usage-1-500', 1),
        'acme/wordy': behaving('usage-1-5000', 1),
      },
    })
    await ask('acme/twice', 2, measured)
    await ask('acme/wordy', 1, measured)
    // The first query reads the store. Later requests are counted as they happen.
    expect(await list('sort=most-popular', measured)).toEqual(['acme/twice', 'acme/wordy', 'acme/never', 'acme/often'])
    await ask('acme/often', 3, measured)
    await (await measured.chat({ model: 'acme/twice', stream: true })).text()
    await (await measured.chat({ model: 'acme/often', stream: true })).text()
    await (await measured.chat({ model: 'acme/wordy', stream: true })).text()
  })
  afterAll(() => measured.close())

  test.each([
    ['most-popular', ['acme/often', 'acme/twice', 'acme/wordy', 'acme/never']],
    ['top-weekly', ['acme/wordy', 'acme/often', 'acme/twice', 'acme/never']],
  ])('%s', async (sort, slugs) => {
    expect(await list(`sort=${sort}`, measured)).toEqual(slugs)
  })

  test.each(['latency-low-to-high', 'throughput-high-to-low'])(
    '%s: a model that was never called comes last',
    async (sort) => {
      expect((await list(`sort=${sort}`, measured)).at(-1)).toBe('acme/never')
    },
  )
})

describe('filters', () => {
  test.each<readonly [string, readonly string[]]>([
    ['q=GPT', [mini]],
    ['category=programming', [alpha, qwen]],
    ['category=legal', [mini]],
    ['category=marketing%2Fseo', []],
    ['supported_parameters=tools', [alpha, qwen, unknown]],
    // Two names of one filter.
    ['supported_parameters=tools,max_completion_tokens', [alpha, qwen, unknown]],
    ['output_modalities=image', [qwen, draws]],
    ['output_modalities=text,image', [qwen]],
    ['output_modalities=all', [alpha, mini, qwen, unknown, draws]],
    ['output_modalities=rerank', []],
    // One that names none is the default.
    ['output_modalities=', [alpha, mini, qwen, unknown]],
    ['output_modalities=,', [alpha, mini, qwen, unknown]],
    ['input_modalities=image', [alpha]],
    ['context=32000', [alpha, qwen]],
    ['min_price=2', [alpha, qwen]],
    ['max_price=2', [mini, qwen, unknown]],
    ['min_price=1&max_price=2.5', [mini, qwen]],
    ['min_output_price=5', [alpha, mini]],
    ['max_output_price=0', [unknown]],
    ['arch=Claude', [alpha]],
    ['arch=gpt', [mini]],
    ['arch=Qwen', [qwen]],
    ['arch=qwen3', [qwen]],
    ['arch=llama', []],
    ['model_authors=openai,qwen', [mini, qwen]],
    ['providers=The%20German', [alpha, qwen]],
    ['providers=american,global', [mini, qwen]],
    ['distillable=true', [alpha]],
    ['distillable=false', [mini, qwen, unknown]],
    ['zdr=true', [alpha, qwen]],
    ['region=eu', [alpha, qwen]],
    ['region=us', [mini]],
    ['min_age_days=50', [mini, qwen]],
    ['max_age_days=50', [alpha]],
    ['min_coding_index=40', [mini, qwen]],
    ['max_coding_index=40', [mini]],
    ['min_intelligence_index=0', []],
    ['max_intelligence_index=100', []],
    ['min_agentic_index=1', []],
    ['max_agentic_index=1', []],
    ['min_tool_success_rate=0', []],
    ['region=eu&zdr=true&arch=claude&sort=newest', [alpha]],
  ])('%s', async (query, slugs) => {
    expect(await list(query)).toEqual(slugs)
    const { body } = await readJson(fetch(`${gateway.url}/api/v1/models/count?${query}`))
    const others = (await list(query.replace(/sort=\w+/, ''))).length
    expect(at(body, 'data', 'count')).toBeGreaterThanOrEqual(others)
  })

  test.each([
    'sort=beauty',
    'sort=',
    'sort=constructor',
    'category=cooking',
    'output_modalities=smell',
    'input_modalities=all',
    'context=x',
    'context=1.5',
    'min_price=-1',
    'max_price=cheap',
    'max_price=',
    'min_output_price=NaN',
    'max_output_price=Infinity',
    'distillable=yes',
    'zdr=false',
    'region=asia',
    'min_age_days=1.5',
    'max_age_days=-1',
    'min_intelligence_index=x',
    'max_coding_index=x',
    'min_agentic_index=x',
    'min_tool_success_rate=1.1',
    'max_tool_success_rate=-0.1',
    'offset=-1',
    'limit=0',
    'use_rss=x',
  ])('%s is refused by name', async (query) => {
    const { status, body } = await readJson(fetch(`${gateway.url}/api/v1/models?${query}`))
    expect(status).toBe(400)
    expect(at(body, 'error', 'message')).toContain(query.split('=')[0])
  })

  test('categories stand for tasks that there are', () => {
    expect(categories.flatMap(tasksOf).filter((task) => !taskTypes.some((type) => type === task))).toEqual([])
  })
})

test('tool_success_rate is computed from the calls that were made', async () => {
  const tools = [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }]
  const calling = await startGateway({
    discovery: false,
    models: {
      'acme/calls': { endpoints: [{ ...endpoint('prov-a', 1, 1), model: 'tool-call' }] },
      'acme/rarely': { endpoints: [{ ...endpoint('prov-a', 1, 1), model: 'tool-call' }] },
    },
  })
  try {
    // The rate exists after 200 replies (contract §6.9).
    for (let round = 0; round < 20; round++) {
      const replies = Array.from({ length: 10 }, () => calling.chat({ model: 'acme/calls', tools }))
      for (const reply of await Promise.all(replies)) expect(reply.status).toBe(200)
    }
    expect((await calling.chat({ model: 'acme/rarely', tools })).status).toBe(200)
    // Such figures are computed once per second.
    await expect.poll(() => list('min_tool_success_rate=0.9', calling)).toEqual(['acme/calls'])
    expect(await list('max_tool_success_rate=0.9', calling)).toEqual([])
  } finally {
    await calling.close()
  }
})

test('use_rss returns a feed of the models that pass the filters, the newest first', async () => {
  const reply = await fetch(`${gateway.url}/api/v1/models?use_rss=true&model_authors=anthropic,openai`)
  expect(reply.headers.get('content-type')).toBe('application/rss+xml; charset=utf-8')
  const feed = await reply.text()
  expect(feed).toMatch(/^<\?xml version="1.0" encoding="UTF-8"\?><rss version="2.0"><channel>/)
  expect([...feed.matchAll(/<guid isPermaLink="false">([^<]*)</g)].map(([, slug]) => slug)).toEqual([alpha, mini])
  const [, link = ''] = /<item>.*?<link>([^<]*)</.exec(feed) ?? []
  expect(await (await fetch(link)).json()).toMatchObject({ data: { id: alpha } })
})
