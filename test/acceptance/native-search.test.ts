import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type NativeGateway,
  startNativeGateway,
  weather,
  webFetch,
  webPlugin,
  webSearch,
} from '../protocols/native-gateway.ts'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { generation, readJson } from './exchange.ts'

const own = (provider: string, price: number, native_tools?: readonly string[]) => ({
  provider,
  model: 'steady',
  pricing: { prompt: price, completion: price },
  native_tools,
})

let gateway: NativeGateway
beforeAll(async () => {
  gateway = await startNativeGateway({
    models: {
      'acme/mixed': { endpoints: [own('prov-a', 1), own('prov-b', 2, ['web_search']), own('prov-c', 3)] },
      'acme/none': { endpoints: [own('prov-a', 1)] },
      'acme/priced': {
        endpoints: [
          {
            provider: 'anthropic',
            model: 'claude-sonnet-4-5',
            pricing: { prompt: 1, completion: 2, web_search: 0.02 },
          },
        ],
      },
    },
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.upstream.clearJournal())

const text = simulatedText(12)
const providersOf = () => gateway.upstream.journal().map(({ path }) => path.split('/')[1])

describe('contract §6.5: the preference for endpoints that search', () => {
  test.each([
    ['wished for', { plugins: [{ id: 'web' }] }],
    ['demanded', webPlugin()],
  ])('where a search is %s, only the endpoints that search are used, although others are cheaper', async (_, body) => {
    const { content } = await gateway.ask('acme/mixed', body)
    expect(providersOf()).toEqual(['prov-b', 'prov-b'])
    expect(content.annotations).toHaveLength(2)
  })

  test('where none searches, the plugin that demands it is a 400', async () => {
    const { status, body } = await readJson(gateway.chat({ model: 'acme/none', ...webPlugin() }))
    expect(status).toBe(400)
    expect(body).toMatchObject({ error: { message: expect.stringContaining('web search of its own') } })
    expect(gateway.upstream.journal()).toEqual([])
  })

  test('a fallback without a search is asked without it, where the search is not demanded', async () => {
    const body = { models: ['acme/mixed', 'acme/none'], plugins: [{ id: 'web' }], provider: { ignore: ['prov-b'] } }
    const { status, body: reply } = await readJson(gateway.chat(body))
    expect(status).toBe(200)
    expect(providersOf()).toEqual(['prov-a'])
    expect(gateway.upstream.journal()[0]?.body).not.toHaveProperty('web_search_options')
    expect(reply).toMatchObject({ choices: [{ message: { content: text } }] })
  })

  test('`require_parameters` does not demand functions for it', async () => {
    await gateway.ask('perplexity/sonar-pro', { ...webPlugin(), provider: { require_parameters: true } })
    expect(providersOf()).toEqual(['perplexity', 'perplexity'])
  })

  test('beside functions of the client, a model that takes none is still refused', async () => {
    const { status } = await readJson(gateway.chat({ model: 'perplexity/sonar-pro', ...webPlugin(), tools: [weather] }))
    expect(status).toBe(404)
  })
})

test('contract §6.1: `:online` searches with the provider’s own search', async () => {
  const { content, sent } = await gateway.ask('openai/gpt-5:online')
  expect(sent['tools']).toEqual([{ type: 'web_search' }])
  expect(content.annotations).toHaveLength(2)
})

test('a forced call of the server tool is a call of the function', async () => {
  const { status } = await readJson(
    gateway.chat({
      model: 'anthropic/claude-sonnet-4-5',
      tools: [webSearch()],
      tool_choice: { type: 'openrouter:web_search' },
    }),
  )
  expect(status).toBe(200)
  const [first, second] = gateway.upstream.journal().map(({ body }) => Object(body))
  expect(first).toMatchObject({ tools: [{ input_schema: {} }], tool_choice: { type: 'tool', name: 'web_search' } })
  expect(second.tools).toEqual([{ type: 'web_search_20250305', name: 'web_search' }])
})

test.each([
  ['openai', 'gpt-5', { 'openrouter:web_search': { type: 'web_search' } }],
  [
    'anthropic',
    'claude-sonnet-4-5',
    {
      'openrouter:web_search': { type: 'web_search_20250305' },
      'openrouter:web_fetch': { type: 'web_fetch_20250910' },
    },
  ],
  [
    'google-ai-studio',
    'gemini-2.5-flash',
    { 'openrouter:web_search': { type: 'google_search' }, 'openrouter:web_fetch': { type: 'url_context' } },
  ],
  ['openai', 'gpt-4.1-nano', {}],
  ['acme', 'none', {}],
])('contract §8.A2: the listing of %s/%s shows its native tools', async (author, slug, native_tools) => {
  const { body } = await readJson(gateway.get(`/api/v1/models/${author}/${slug}/endpoints`))
  expect(body).toMatchObject({ data: { endpoints: [{}] } })
  expect(Object(body).data.endpoints[0].native_tools).toEqual(native_tools)
})

/** One prompt token at 1, twelve of the answer at 2 USD per million: 1,000 + 24,000 nano-USD. */
const tokens = { prompt: 1_000, completion: 24_000 }

describe('contract §6.16: what a search costs', () => {
  test.each([
    // 10 USD per 1,000 searches.
    ['openai/gpt-5', 1, 10_000_000],
    ['openai/gpt-4o', 1, 10_000_000],
    // The model searches for each request, so that is the request's fee.
    ['openai/gpt-5-search-api', undefined, 10_000_000],
    // No list price is published.
    ['azure/gpt-5', 1, 0],
    ['anthropic/claude-sonnet-4-5', 1, 10_000_000],
    // 14 USD per 1,000 searches; 35 USD per 1,000 answers that rest on searches.
    ['google-ai-studio/gemini-3.1-pro-preview', 1, 14_000_000],
    ['google-ai-studio/gemini-2.5-flash', 1, 35_000_000],
    // 5 USD per 1,000 calls.
    ['xai/grok-4.3', 1, 5_000_000],
    // Its searches are in the fee of the request, which this operator did not set.
    ['perplexity/sonar-pro', undefined, 0],
    // The operator's own price has priority.
    ['acme/priced', 1, 20_000_000],
  ])('%s: %s counted, %i nano-USD', async (model, searches, other) => {
    const total = tokens.prompt + tokens.completion + other
    const { body } = await readJson(gateway.chat({ model, ...webPlugin() }))
    const usage = Object(body['usage'])
    expect(usage).toMatchObject({
      prompt_tokens: 1,
      completion_tokens: 12,
      cost: Number(`${total}e-9`),
      cost_details: {
        upstream_inference_prompt_cost: Number(`${tokens.prompt}e-9`),
        upstream_inference_completions_cost: Number(`${tokens.completion}e-9`),
      },
    })
    expect(usage.server_tool_use_details?.web_search_requests).toBe(searches)
    expect(await generation(gateway, body['id'])).toMatchObject({ total_cost: Number(`${total}e-9`) })
    // A stream costs the same.
    expect((await gateway.ask(model, webPlugin())).usage).toMatchObject({ cost: Number(`${total}e-9`) })
  })

  test('without a search only the tokens cost', async () => {
    const { usage } = await gateway.ask('anthropic/claude-sonnet-4-5')
    expect(usage).toMatchObject({ cost: 25_000e-9 })
  })

  test('reading pages costs only tokens', async () => {
    const { usage } = await gateway.ask('anthropic/claude-sonnet-4-5', { tools: [webFetch()] })
    expect(usage).toMatchObject({ cost: 25_000e-9 })
  })
})
