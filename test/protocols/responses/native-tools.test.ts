import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { chatCompletionsClient } from '../../../src/protocols/chat-completions/client.ts'
import { responsesUpstream } from '../../../src/protocols/responses/upstream.ts'
import { simulatedText } from '../../../src/simulator/simulated-text.ts'
import { claudeEndpoint } from '../messages/claude-endpoint.ts'
import { cited, type NativeGateway, startNativeGateway, weather, webPlugin, webSearch } from '../native-gateway.ts'

const text = simulatedText(12)

let gateway: NativeGateway
beforeAll(async () => {
  gateway = await startNativeGateway()
})
afterAll(() => gateway.close())
beforeEach(() => gateway.upstream.setBehaviour(null))

test('the search of OpenAI gets all settings that it knows, and its citations have their places', async () => {
  const { content, usage, sent, path } = await gateway.ask('openai/gpt-5', {
    tools: [
      webSearch({
        max_uses: 4,
        max_results: 7,
        search_context_size: 'low',
        allowed_domains: ['example.com'],
        user_location: { type: 'approximate', city: 'Turin', region: 'Piedmont', country: 'IT' },
      }),
    ],
  })
  expect(path).toBe('/openai/v1/responses')
  expect(sent['tools']).toEqual([
    {
      type: 'web_search',
      filters: { allowed_domains: ['example.com'] },
      search_context_size: 'low',
      user_location: { type: 'approximate', city: 'Turin', region: 'Piedmont', country: 'IT' },
    },
  ])
  expect(sent['max_tool_calls']).toBe(4)
  expect(content).toMatchObject({ content: text, toolCalls: [], finish: 'stop' })
  expect(content.annotations).toEqual(cited(text))
  expect(usage).toMatchObject({ server_tool_use_details: { web_search_requests: 1 } })
})

test('what the request says of searches in general holds where the tool does not say it', async () => {
  const web_search_options = {
    search_context_size: 'high',
    user_location: { type: 'approximate', approximate: { country: 'IT' } },
  }
  const { sent } = await gateway.ask('openai/gpt-5', { ...webPlugin(), web_search_options })
  expect(sent['tools']).toEqual([
    { type: 'web_search', search_context_size: 'high', user_location: { type: 'approximate', country: 'IT' } },
  ])
})

test('a model that chats in chat-completions searches in Responses', async () => {
  const searching = await gateway.ask('openai/gpt-4o', { ...webPlugin(), tools: [weather] })
  expect(searching.path).toBe('/openai/v1/responses')
  expect(searching.sent['tools']).toEqual([
    expect.objectContaining({ type: 'function', name: 'weather' }),
    { type: 'web_search' },
  ])
  expect(searching.content.annotations).toEqual(cited(text))
  expect((await gateway.ask('openai/gpt-4o', { tools: [weather] })).path).toBe('/openai/v1/chat/completions')
})

test('Azure searches as OpenAI does', async () => {
  const { sent, content } = await gateway.ask('azure/gpt-5', webPlugin())
  expect(sent['tools']).toEqual([{ type: 'web_search' }])
  expect(content.annotations).toEqual(cited(text))
})

test('xAI searches the web and X in Responses, with its own words', async () => {
  const x_search = {
    excluded_x_handles: ['someone'],
    from_date: '2026-01-01',
    to_date: '2026-02-01',
    enable_image_understanding: true,
    enable_video_understanding: false,
  }
  const { sent, content, usage, path } = await gateway.ask('xai/grok-4.3', {
    ...webPlugin({ exclude_domains: ['example.com'], x_search }),
    tools: [weather],
  })
  expect(path).toBe('/xai/v1/responses')
  expect(sent['tools']).toEqual([
    expect.objectContaining({ type: 'function', name: 'weather' }),
    { type: 'web_search', excluded_domains: ['example.com'] },
    { type: 'x_search', ...x_search },
  ])
  expect(content).toMatchObject({ content: text, toolCalls: [] })
  expect(content.annotations).toEqual(cited(text))
  expect(usage).toMatchObject({ server_tool_use_details: { web_search_requests: 1 } })
})

test('`x_search_filter` means the same, is ignored where it is not valid, and reaches nobody without a search', async () => {
  const ask = async (x_search_filter: unknown, more: object = webPlugin()) =>
    (await gateway.ask('xai/grok-4.3', { ...more, x_search_filter })).sent
  expect(await ask({ allowed_x_handles: ['someone'] })).toMatchObject({
    tools: [{ type: 'web_search' }, { type: 'x_search', allowed_x_handles: ['someone'] }],
  })
  expect(await ask({ allowed_x_handles: ['a'], excluded_x_handles: ['b'] })).toMatchObject({
    tools: [{ type: 'web_search' }],
  })
  const without = await ask({ allowed_x_handles: ['someone'] }, {})
  expect(without).not.toHaveProperty('tools')
  expect(without).not.toHaveProperty('x_search_filter')
})

test('xAI chats without a search in chat-completions', async () => {
  expect((await gateway.ask('xai/grok-4.3', { tools: [weather] })).path).toBe('/xai/v1/chat/completions')
})

test('a call after a search is the only one that the client sees', async () => {
  gateway.upstream.setBehaviour('tool-call')
  for (const model of ['openai/gpt-5', 'xai/grok-4.3']) {
    const { content } = await gateway.ask(model, { ...webPlugin(), tools: [weather] })
    expect(content).toMatchObject({ toolCalls: [{ name: 'weather' }], finish: 'tool_calls' })
  }
})

/** Decodes a response of one message, whole and as a stream. */
function decoded(message: object, more: object = {}) {
  const request = chatCompletionsClient.decodeRequest({ messages: [{ role: 'user', content: 'hi' }] }, {})
  const open = () => responsesUpstream.openCall(request, claudeEndpoint, {}).reply
  const response = { id: 'r', status: 'completed', output: [message], usage: { output_tokens: 3 }, ...more }
  return { whole: open().decodeResult(response), open, response }
}

test('places are told in characters, and become UTF-16 units, also of a second part', () => {
  const annotation = (start_index: number, end_index: number) => ({
    type: 'url_citation',
    url: 'https://example.com',
    title: 'Boats',
    start_index,
    end_index,
  })
  const parts = [
    { type: 'output_text', text: '⛵ 🚣🚣 row', annotations: [annotation(2, 8)] },
    { type: 'output_text', text: 'a🚣b', annotations: [annotation(1, 3), annotation(2, 2 ** 40)] },
  ]
  const { whole, open } = decoded({ type: 'message', content: parts })
  const placesOf = (events: typeof whole) =>
    events.flatMap((event) =>
      event.type === 'annotation' && event.annotation.type === 'url-citation'
        ? [[event.annotation.startIndex, event.annotation.endIndex]]
        : [],
    )
  const places = [
    [2, 10],
    [11, 14],
    [13, 10 + 2 ** 40 + 1],
  ]
  expect(placesOf(whole)).toEqual(places)
  const reply = open()
  const frame = (event: object) => reply.decodeFrame({ type: 'data', event: null, data: JSON.stringify(event) })
  const streamed = parts.flatMap(({ text: words, annotations }, content_index) => [
    ...Array.from(words).flatMap((delta) => frame({ type: 'response.output_text.delta', content_index, delta })),
    ...annotations.flatMap((one) =>
      frame({ type: 'response.output_text.annotation.added', content_index, annotation: one }),
    ),
  ])
  expect(placesOf(streamed)).toEqual(places)
})

const call = (type: string, action?: string) => ({
  type,
  status: 'completed',
  ...(action && { action: { type: action } }),
})
const message = { type: 'message', content: [{ type: 'output_text', text: 'a', annotations: [] }] }

test.each([
  ['OpenAI’s own count', { tool_usage: { web_search: { num_requests: 3 } } }, 3],
  ['the searches, where nothing is counted', { output: [call('web_search_call', 'search'), message] }, 1],
  [
    'searches, not pages that are opened',
    { output: [call('web_search_call', 'open_page'), call('web_search_call', 'find_in_page'), message] },
    undefined,
  ],
  [
    'xAI’s count of both searches',
    {
      output: [call('web_search_call'), call('web_search_call'), message],
      usage: { output_tokens: 3, server_side_tool_usage_details: { web_search_calls: 1, x_search_calls: 2 } },
    },
    3,
  ],
  ['calls of X, where nothing is counted', { output: [call('x_search_call'), call('web_search_call'), message] }, 2],
])('the searches that are billed are %s', (_, more, searches) => {
  const end = decoded(message, more).whole.at(-1)
  expect(end).toMatchObject({ type: 'call-end', usage: { webSearchRequests: searches } })
})

test('OpenAI’s SDK reads the searches of the simulator', async () => {
  const openai = new OpenAI({ apiKey: 'any', baseURL: `${gateway.upstream.url}/openai/v1`, maxRetries: 0 })
  const request = {
    model: 'steady',
    input: [{ type: 'message' as const, role: 'user' as const, content: 'hi' }],
    store: false,
    tools: [{ type: 'web_search' as const, search_context_size: 'low' as const }],
  }
  const whole = await openai.responses.create(request)
  const streamed = await openai.responses.stream(request).finalResponse()
  for (const { output, output_text, tool_usage } of [whole, streamed]) {
    expect(output_text).toBe(text)
    expect(output).toMatchObject([
      { type: 'web_search_call', status: 'completed', action: { type: 'search', queries: ['rivers and boats'] } },
      { type: 'message', content: [{ annotations: [{ type: 'url_citation', end_index: text.length }, {}] }] },
    ])
    expect(tool_usage?.web_search).toEqual({ num_requests: 1 })
  }
})
