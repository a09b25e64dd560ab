import OpenAI from 'openai'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { simulatedText } from '../../../src/simulator/simulated-text.ts'
import {
  cited,
  type NativeGateway,
  startNativeGateway,
  weather,
  webFetch,
  webPlugin,
  webSearch,
} from '../native-gateway.ts'

const text = simulatedText(12)

let gateway: NativeGateway
beforeAll(async () => {
  gateway = await startNativeGateway({
    models: {
      'acme/own': {
        endpoints: [{ provider: 'prov-a', model: 'own', native_tools: ['web_search'], pricing: { prompt: 1 } }],
      },
    },
  })
})
afterAll(() => gateway.close())

const location = { type: 'approximate', city: 'Turin', region: 'Piedmont', country: 'IT', timezone: 'Europe/Rome' }

test('a search model of OpenAI is asked with `web_search_options`', async () => {
  const { content, sent, path } = await gateway.ask('openai/gpt-5-search-api', {
    tools: [webSearch({ search_context_size: 'low', user_location: location })],
  })
  expect(path).toBe('/openai/v1/chat/completions')
  expect(sent).not.toHaveProperty('tools')
  expect(sent['web_search_options']).toEqual({
    search_context_size: 'low',
    user_location: {
      type: 'approximate',
      approximate: { city: 'Turin', region: 'Piedmont', country: 'IT', timezone: 'Europe/Rome' },
    },
  })
  expect(content).toMatchObject({ content: text, toolCalls: [], finish: 'stop' })
  expect(content.annotations).toEqual(cited(text))
})

test('so is an operator’s own endpoint that says it searches', async () => {
  const { content, sent } = await gateway.ask('acme/own', { ...webPlugin(), tools: [weather] })
  expect(sent).toMatchObject({ web_search_options: {}, tools: [{ function: { name: 'weather' } }] })
  expect(sent['tools']).toHaveLength(1)
  expect(content.annotations).toEqual(cited(text))
})

test('Perplexity gets the domains in a list of its own, and its sources are citations without places', async () => {
  const settings = { exclude_domains: ['example.net', 'example.org'], user_location: location }
  const { content, sent } = await gateway.ask('perplexity/sonar-pro', {
    ...webPlugin(settings),
    web_search_options: { search_context_size: 'high' },
  })
  expect(sent).toMatchObject({
    web_search_options: {
      search_context_size: 'high',
      user_location: { city: 'Turin', region: 'Piedmont', country: 'IT' },
    },
    search_domain_filter: ['-example.net', '-example.org'],
  })
  expect(sent).not.toHaveProperty('tools')
  expect(content.annotations).toEqual(
    ['rivers', 'boats'].map((topic) => ({
      type: 'url_citation',
      url_citation: { url: `https://example.com/${topic}`, title: `About ${topic}` },
    })),
  )
})

test('Perplexity takes no functions, so its search stands for that of the server tool', async () => {
  const { content, sent } = await gateway.ask('perplexity/sonar-pro', {
    tools: [webSearch({ allowed_domains: ['example.com'] })],
  })
  expect(sent['search_domain_filter']).toEqual(['example.com'])
  expect(content).toMatchObject({ content: text, finish: 'stop' })
})

test('Perplexity filters twenty domains: more are refused', async () => {
  const include_domains = Array.from({ length: 21 }, (_, index) => `d${index}.example.com`)
  const response = await gateway.chat({ model: 'perplexity/sonar-pro', ...webPlugin({ include_domains }) })
  expect(response.status).toBe(400)
})

test('OpenRouter gets its own server tools, with all settings', async () => {
  const search = {
    max_results: 3,
    max_uses: 2,
    search_context_size: 'low',
    allowed_domains: ['example.com/blog'],
    excluded_domains: ['example.net'],
    user_location: location,
    x_search: { allowed_x_handles: ['someone'], from_date: '2026-01-01' },
  }
  const fetched = { max_uses: 4, max_content_tokens: 900, allowed_domains: ['example.com'], blocked_domains: ['a.com'] }
  const { content, usage, sent } = await gateway.ask('openrouter/acme-any', {
    tools: [weather, webSearch(search), webFetch(fetched)],
  })
  expect(sent['tools']).toEqual([
    expect.objectContaining({ function: expect.objectContaining({ name: 'weather' }) }),
    { type: 'openrouter:web_search', parameters: search },
    { type: 'openrouter:web_fetch', parameters: fetched },
  ])
  expect(content.annotations).toEqual(cited(text))
  expect(usage).toMatchObject({ server_tool_use_details: { web_search_requests: 1 } })
})

test('OpenAI’s SDK reads the searches of the simulator', async () => {
  const openai = new OpenAI({ apiKey: 'any', baseURL: `${gateway.upstream.url}/v1`, maxRetries: 0 })
  const { choices } = await openai.chat.completions.create({
    model: 'steady',
    messages: [{ role: 'user', content: 'hi' }],
    web_search_options: { search_context_size: 'low' },
  })
  expect(choices[0]?.message.annotations).toEqual(cited(text))
})
