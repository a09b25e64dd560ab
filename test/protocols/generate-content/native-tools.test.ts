import { GoogleGenAI } from '@google/genai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { chatCompletionsClient } from '../../../src/protocols/chat-completions/client.ts'
import { generateContentUpstream } from '../../../src/protocols/generate-content/upstream.ts'
import { simulatedText } from '../../../src/simulator/simulated-text.ts'
import { claudeEndpoint } from '../messages/claude-endpoint.ts'
import {
  cited,
  type NativeGateway,
  startNativeGateway,
  weather,
  webFetch,
  webPlugin,
  webSearch,
} from '../native-gateway.ts'

const newest = 'google-ai-studio/gemini-3.1-pro-preview'
const older = 'google-ai-studio/gemini-2.5-flash'
const text = simulatedText(12)

let gateway: NativeGateway
beforeAll(async () => {
  gateway = await startNativeGateway()
})
afterAll(() => gateway.close())
beforeEach(() => gateway.upstream.setBehaviour(null))

test('Google searches, and its citations have their places', async () => {
  const { content, usage, sent } = await gateway.ask(
    newest,
    webPlugin({ max_uses: 2, user_location: { country: 'IT' } }),
  )
  expect(sent['tools']).toEqual([{ googleSearch: {} }])
  expect(sent).not.toHaveProperty('toolConfig')
  expect(content).toMatchObject({ content: text, toolCalls: [], finish: 'stop' })
  expect(content.annotations).toEqual(cited(text))
  expect(usage).toMatchObject({ server_tool_use_details: { web_search_requests: 1 } })
})

test('search and reading of pages stand together', async () => {
  const { content, sent } = await gateway.ask(newest, { tools: [webSearch(), webFetch()] })
  expect(sent['tools']).toEqual([{ googleSearch: {} }, { urlContext: {} }])
  expect(content.annotations).toEqual(cited(text))
})

test('beside a function the search is a function too, and the gateway answers its calls', async () => {
  const { sent } = await gateway.ask(newest, { tools: [weather, webSearch()] })
  expect(sent['tools']).toEqual([
    {
      functionDeclarations: [
        expect.objectContaining({ name: 'weather' }),
        expect.objectContaining({ name: 'web_search' }),
      ],
    },
  ])
})

test('the plugin says so where the only endpoint cannot search beside the functions', async () => {
  const response = await gateway.chat({ model: newest, ...webPlugin(), tools: [weather] })
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining('web search of its own') } })
})

test('before Gemini 3 a JSON answer and a search exclude each other', async () => {
  const schema = { type: 'object', properties: { river: { type: 'string' } } }
  const json = {
    response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } },
    tools: [webSearch()],
  }
  expect((await gateway.ask(older, json)).sent).toMatchObject({
    tools: [{ functionDeclarations: [{ name: 'web_search' }, { name: 'answer' }] }],
  })
  const sent = (await gateway.ask(newest, json)).sent
  expect(sent).toMatchObject({
    tools: [{ googleSearch: {} }],
    generationConfig: { responseMimeType: 'application/json' },
  })
})

test.each(['include_domains', 'exclude_domains'])(
  'Google cannot filter domains: `native` with %s is a 400',
  async (list) => {
    const response = await gateway.chat({ model: newest, ...webPlugin({ [list]: ['example.com'] }) })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: { message: expect.stringContaining('web search of its own') },
    })
  },
)

/** Decodes a stream of chunks as one model answers it. */
function decoded(upstreamModel: string, chunks: readonly object[]) {
  const request = chatCompletionsClient.decodeRequest({ messages: [{ role: 'user', content: 'hi' }], stream: true }, {})
  const { reply } = generateContentUpstream.openCall(request, { ...claudeEndpoint, upstreamModel }, {})
  const events = chunks.flatMap((chunk) =>
    reply.decodeFrame({ type: 'data', event: null, data: JSON.stringify(chunk) }),
  )
  return [...events, ...reply.decodeEnd()]
}
const chunk = (candidate: object, more: object = {}) => ({ candidates: [candidate], ...more })
const queries = (...webSearchQueries: string[]) => ({ groundingMetadata: { webSearchQueries } })
const said = { content: { parts: [{ text: 'a' }] } }
const usageMetadata = { promptTokenCount: 1, candidatesTokenCount: 1, totalTokenCount: 2 }

test.each([
  ['gemini-3.1-pro-preview', 'each query once', 3],
  ['gemini-2.5-flash', 'an answer once, however many queries it rests on', 1],
])('%s bills %s', (model, _, searches) => {
  const end = decoded(model, [
    chunk({ ...said, ...queries('one', 'two') }, { usageMetadata }),
    // The counts may come before the last queries.
    chunk({ ...said, ...queries('one', 'two', 'three'), finishReason: 'STOP' }),
  ]).at(-1)
  expect(end).toMatchObject({ type: 'call-end', usage: { promptTokens: 1, webSearchRequests: searches } })
})

test('what Google’s tools did is no call of the client’s', () => {
  const toolCall = { toolCall: { id: 'x', toolType: 'GOOGLE_SEARCH_WEB', args: { queries: ['a'] } } }
  const toolResponse = { toolResponse: { id: 'x', toolType: 'GOOGLE_SEARCH_WEB', response: {} } }
  const parts = [toolCall, toolResponse, { text: 'a' }]
  const events = decoded('gemini-3.1-pro-preview', [
    chunk({ content: { parts }, finishReason: 'STOP' }, { usageMetadata }),
  ])
  expect(events.map(({ type }) => type)).not.toContain('tool-call-start')
  expect(events.find(({ type }) => type === 'finish')).toMatchObject({ reason: 'stop' })
})

test('places are told in bytes, and become UTF-16 units', () => {
  const words = '⛵ 🚣 row'
  const groundingMetadata = {
    webSearchQueries: ['boats'],
    groundingChunks: [{ web: { uri: 'https://example.com', title: 'Boats' } }],
    groundingSupports: [{ segment: { startIndex: 4, endIndex: 8, text: '🚣' }, groundingChunkIndices: [0] }],
  }
  const events = decoded('gemini-3.1-pro-preview', [
    chunk({ content: { parts: [{ text: words }] } }),
    chunk({ groundingMetadata, finishReason: 'STOP' }, { usageMetadata }),
  ])
  const [annotation] = events.flatMap((event) => (event.type === 'annotation' ? [event.annotation] : []))
  expect(annotation).toMatchObject({ startIndex: 2, endIndex: 4 })
  expect(words.slice(2, 4)).toBe('🚣')
})

test('Google’s SDK reads the searches of the simulator', async () => {
  const google = new GoogleGenAI({ apiKey: 'any', httpOptions: { baseUrl: gateway.upstream.url } })
  const request = {
    model: 'gemini-3.1-pro-preview',
    contents: 'hi',
    config: { tools: [{ googleSearch: {} }, { urlContext: {} }] },
  }
  const whole = await google.models.generateContent(request)
  expect(whole.text).toBe(text)
  const candidate = whole.candidates?.[0]
  expect(candidate?.groundingMetadata?.webSearchQueries).toEqual(['rivers and boats'])
  expect(candidate?.urlContextMetadata?.urlMetadata?.[0]?.retrievedUrl).toBe('https://example.com/rivers')
  let last = candidate
  for await (const piece of await google.models.generateContentStream(request)) last = piece.candidates?.[0]
  expect(last?.groundingMetadata).toEqual(candidate?.groundingMetadata)
})
