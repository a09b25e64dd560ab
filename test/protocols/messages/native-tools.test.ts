import Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { chatCompletionsClient } from '../../../src/protocols/chat-completions/client.ts'
import { messagesUpstream } from '../../../src/protocols/messages/upstream.ts'
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
import { claudeEndpoint } from './claude-endpoint.ts'

const model = 'anthropic/claude-sonnet-4-5'
const text = simulatedText(12)

let gateway: NativeGateway
beforeAll(async () => {
  gateway = await startNativeGateway()
})
afterAll(() => gateway.close())

test('the search of Claude gets all settings, and its citations span the cited block', async () => {
  const settings = {
    max_uses: 2,
    include_domains: ['example.com', 'example.org/blog'],
    user_location: { type: 'approximate', city: 'Turin', country: 'IT', timezone: 'Europe/Rome' },
  }
  const { content, usage, sent } = await gateway.ask(model, webPlugin(settings))
  expect(sent['tools']).toEqual([
    {
      type: 'web_search_20250305',
      name: 'web_search',
      max_uses: 2,
      allowed_domains: ['example.com', 'example.org/blog'],
      user_location: { type: 'approximate', city: 'Turin', country: 'IT', timezone: 'Europe/Rome' },
    },
  ])
  expect(content).toMatchObject({ content: text, toolCalls: [], finish: 'stop', reasoningDetails: [] })
  expect(content.annotations).toEqual(cited(text, { content: text }))
  expect(usage).toMatchObject({ server_tool_use_details: { web_search_requests: 1 } })
})

test('search and fetch take the place of the server tools, beside a function of the client', async () => {
  const { content, sent } = await gateway.ask(model, {
    tools: [
      weather,
      webSearch({ excluded_domains: ['example.net'] }),
      webFetch({ max_uses: 3, max_content_tokens: 500, blocked_domains: ['example.net'] }),
    ],
  })
  expect(sent['tools']).toEqual([
    expect.objectContaining({ name: 'weather' }),
    { type: 'web_search_20250305', name: 'web_search', blocked_domains: ['example.net'] },
    {
      type: 'web_fetch_20250910',
      name: 'web_fetch',
      max_uses: 3,
      max_content_tokens: 500,
      blocked_domains: ['example.net'],
    },
  ])
  expect(content).toMatchObject({ content: text, toolCalls: [] })
})

test('a function of the client that has the name of the search keeps apart from it', async () => {
  const own = { type: 'function', function: { name: 'web_search', parameters: { type: 'object', properties: {} } } }
  const { sent } = await gateway.ask(model, { ...webPlugin(), tools: [own] })
  expect(sent['tools']).toEqual([
    expect.objectContaining({ name: expect.stringMatching(/^web_search_[0-9a-f]{8}$/) }),
    { type: 'web_search_20250305', name: 'web_search' },
  ])
})

test('a call of the client’s function after a search is the only call that the client sees', async () => {
  gateway.upstream.setBehaviour('tool-call')
  try {
    const { content, usage } = await gateway.ask(model, { ...webPlugin(), tools: [weather] })
    expect(content).toMatchObject({ toolCalls: [{ name: 'weather' }], finish: 'tool_calls' })
    expect(usage).toMatchObject({ server_tool_use_details: { web_search_requests: 1 } })
  } finally {
    gateway.upstream.setBehaviour(null)
  }
})

test('where no tool may be used, there is no search', async () => {
  const { content, sent } = await gateway.ask(model, { ...webPlugin(), tools: [weather], tool_choice: 'none' })
  expect(sent['tools']).toEqual([expect.objectContaining({ name: 'weather' })])
  expect(content.annotations).toEqual([])
})

test('a paused turn ends as its own reason says', async () => {
  gateway.upstream.setBehaviour('finish-pause_turn')
  try {
    const { content } = await gateway.ask(model, webPlugin())
    expect(content).toMatchObject({ content: text, finish: 'stop', native: 'pause_turn' })
  } finally {
    gateway.upstream.setBehaviour(null)
  }
})

test('what Claude found is left out of the next turn, and the conversation goes on', async () => {
  const { sent } = await gateway.ask(model, {
    ...webPlugin(),
    messages: [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: text, annotations: cited(text, { content: text }) },
      { role: 'user', content: 'and now?' },
    ],
  })
  expect(sent['messages']).toEqual([
    { role: 'user', content: [{ type: 'text', text: 'hi' }] },
    { role: 'assistant', content: [{ type: 'text', text }] },
    { role: 'user', content: [{ type: 'text', text: 'and now?' }] },
  ])
})

test('Vertex AI is told by a header that the search is wanted', () => {
  const request = chatCompletionsClient.decodeRequest({ messages: [{ role: 'user', content: 'hi' }] }, {})
  const tools = [{ type: 'native', name: 'web_search', native: { name: 'web_search' } }] as const
  const searching = { ...request, parameters: { tools } }
  const support = { name: 'web_search', type: 'web_search_20250305' } as const
  const headersAt = (nativeTools: (typeof support)[]) =>
    messagesUpstream.openCall(searching, { ...claudeEndpoint, nativeTools }, { host: 'vertex' }).upstreamRequest.headers
  expect(headersAt([support])).toEqual({ 'anthropic-beta': 'web-search-2025-03-05' })
  expect(headersAt([])).toEqual({})
})

test('Anthropic’s SDK reads the searches of the simulator', async () => {
  const anthropic = new Anthropic({ apiKey: 'any', baseURL: gateway.upstream.url, maxRetries: 0 })
  const request = {
    model: 'steady',
    max_tokens: 2000,
    messages: [{ role: 'user' as const, content: 'hi' }],
    tools: [
      { type: 'web_search_20250305' as const, name: 'web_search' as const, max_uses: 1 },
      { type: 'web_fetch_20250910' as const, name: 'web_fetch' as const },
    ],
  }
  const whole = await anthropic.messages.create(request)
  const streamed = await anthropic.messages.stream(request).finalMessage()
  expect(streamed.content).toEqual(whole.content)
  expect(whole.content).toMatchObject([
    { type: 'server_tool_use', name: 'web_search', input: { query: 'rivers and boats' } },
    { type: 'web_search_tool_result', content: [{ url: 'https://example.com/rivers' }, {}] },
    { type: 'server_tool_use', name: 'web_fetch' },
    { type: 'web_fetch_tool_result', content: { content: { source: { data: 'Rivers carry boats.' } } } },
    { type: 'text', text, citations: [{ type: 'web_search_result_location' }, {}] },
  ])
  expect(whole.usage.server_tool_use).toEqual({ web_search_requests: 1, web_fetch_requests: 1 })
})
