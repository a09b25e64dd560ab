import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { simulatedText } from '../../../src/simulator/simulated-text.ts'
import { readStream } from '../../sse.ts'
import { type ProtocolGateway, startProtocolGateway } from '../protocol-gateway.ts'

const late = ['cut-after-3', 'eof-after-3', 'no-finish', 'malformed-after-3', 'error-after-3']
const early = ['cut-after-0', 'eof-after-0', 'error-in-200', 'empty', 'finish-TIMEOUT+tokens-0']

let gateway: ProtocolGateway
beforeAll(async () => {
  const fallback = (model: string) => ({
    endpoints: [
      { provider: 'prov-a', model, pricing: { prompt: 1, completion: 1 } },
      { provider: 'prov-b', model: 'tokens-6', pricing: { prompt: 2, completion: 2 } },
    ],
  })
  gateway = await startProtocolGateway('cohere-chat', {
    text: 'tokens-5+usage-100-7+cached-448',
    thoughts: { model: 'tokens-3+reasoning', reasoning: {} },
    plan: 'tokens-4+reasoning+tool-call',
    calls: 'parallel-tool-calls',
    cited: 'tokens-4+citations',
    limited: 'tokens-99',
    bytes: 'tokens-4+reasoning+fragment-bytes+crlf',
    'status-429': 'status-429+retry-after-7',
    'context-length': 'context-length',
    ...Object.fromEntries([...late, ...early].map((behaviour, index) => [`broken-${index}`, fallback(behaviour)])),
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.upstream.clearJournal())

const broken = (behaviour: string): string => `test/broken-${[...late, ...early].indexOf(behaviour)}`
const user = { role: 'user', content: 'hi' }

test('text, and the usage that is billed', async () => {
  const { received, reply } = await gateway.ask('text')
  expect(received).toMatchObject({ content: simulatedText(5), finish: 'stop', native: 'COMPLETE' })
  expect(reply['usage']).toMatchObject({ prompt_tokens: 100, completion_tokens: 7, cost: 114 / 1e6 })
})

test('a limit and the calls of tools', async () => {
  const { received } = await gateway.ask('limited', { max_tokens: 9 })
  expect(received).toMatchObject({ content: simulatedText(9), finish: 'length', native: 'MAX_TOKENS' })
  const calls = (await gateway.ask('calls')).received.toolCalls
  expect(calls.map(({ arguments: text }) => text)).toEqual(['{"location":"The river"}', '{"location":"The river"}'])
  expect(new Set(calls.map(({ id }) => id)).size).toBe(2)
})

test('citations of what has an address', async () => {
  const { received } = await gateway.ask('cited')
  expect(received.annotations).toEqual(
    ['rivers', 'boats'].map((topic) => ({
      type: 'url_citation',
      url_citation: {
        url: `https://example.com/${topic}`,
        title: `About ${topic}`,
        start_index: 0,
        end_index: simulatedText(4).length,
      },
    })),
  )
})

test('reasoning goes back as reasoning, however the bytes were cut', async () => {
  const thought = 'First consider the question, then answer it.'
  expect((await gateway.ask('bytes')).received).toMatchObject({ content: simulatedText(4), reasoning: thought })
  const { reply } = await gateway.ask('thoughts')
  const [{ message }] = Object(reply)['choices']
  expect(message).toMatchObject({ reasoning: thought, reasoning_details: [{ type: 'reasoning.text', text: thought }] })
  gateway.upstream.clearJournal()
  await gateway.ask('thoughts', { messages: [user, message, user] })
  expect(gateway.sent()[0]).toMatchObject({
    messages: [
      {},
      {
        content: [
          { type: 'thinking', thinking: thought },
          { type: 'text', text: simulatedText(3) },
        ],
      },
      {},
    ],
  })
})

test('the plan of a turn goes back with its calls, and the answer follows', async () => {
  const tools = [{ type: 'function', function: { name: 'get-weather' } }]
  const { reply } = await gateway.ask('plan', { tools })
  const [{ message }] = Object(reply)['choices']
  const { id, function: called } = message.tool_calls[0]
  expect(called.name).toBe('get-weather')
  expect(message.reasoning_details).toMatchObject([{ type: 'reasoning.summary' }])
  gateway.upstream.clearJournal()
  const messages = [user, message, { role: 'tool', tool_call_id: id, content: 'sunny' }]
  const { received } = await gateway.ask('plan', { tools, messages })
  expect(received.content).toBe(simulatedText(4))
  expect(gateway.sent()[0]).toMatchObject({
    tools: [{ function: { name: 'get_weather' } }],
    messages: [
      {},
      {
        role: 'assistant',
        tool_plan: message.reasoning,
        tool_calls: [{ id, type: 'function', function: { name: 'get_weather', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: id, content: 'sunny' },
    ],
  })
})

test.each(late)('a stream that breaks after it began is never a success: %s', async (behaviour) => {
  const { chunks, text } = await readStream(await gateway.chat({ model: broken(behaviour), stream: true }))
  expect(simulatedText(12).startsWith(text)).toBe(true)
  expect(text).not.toBe('')
  expect(chunks.at(-1)).toMatchObject({ error: { code: 502 }, choices: [{ finish_reason: 'error' }] })
})

test.each(early)('before the first token another endpoint answers: %s', async (behaviour) => {
  const { chunks, text } = await readStream(await gateway.chat({ model: broken(behaviour), stream: true }))
  expect(text).toBe(simulatedText(6))
  expect(chunks.at(-1)).toMatchObject({ usage: { completion_tokens: 6 } })
})

test.each([
  ['status-429', 429, 'rate_limit_exceeded', '7'],
  ['context-length', 400, 'context_length_exceeded', null],
])('%s is reported as it is', async (name, status, type, retryAfter) => {
  const response = await gateway.chat({ model: `test/${name}` })
  expect(response.status).toBe(status)
  expect(response.headers.get('retry-after')).toBe(retryAfter)
  expect(await response.json()).toMatchObject({ error: { metadata: { error_type: type, provider_name: 'Prov A' } } })
})
