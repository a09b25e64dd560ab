import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { simulatedText } from '../../../src/simulator/simulated-text.ts'
import { readStream } from '../../sse.ts'
import { type ChoiceContent, contentOfReply, contentOfStream } from '../../choice-content.ts'
import { type ClaudeGateway, startClaudeGateway } from './claude-gateway.ts'

let gateway: ClaudeGateway
const behaviours = {
  text: 'tokens-5',
  cached: 'tokens-5+usage-100-7+cached-40',
  'no-usage': 'tokens-5+no-usage',
  reasoning: 'tokens-3+reasoning',
  'tool-call': 'tool-call',
  'two-calls': 'parallel-tool-calls',
  refusal: 'refusal',
  citations: 'tokens-4+citations',
  length: 'tokens-9',
  crlf: 'tokens-5+crlf+fragment-bytes',
  pings: 'tokens-2+comments',
  paused: 'tokens-2+finish-pause_turn',
  full: 'tokens-2+finish-model_context_window_exceeded',
}
beforeAll(async () => {
  gateway = await startClaudeGateway(
    Object.fromEntries(
      Object.entries(behaviours).map(([slug, behaviour]) => [
        `acme/${slug}`,
        { model: `claude-sonnet-4-5+${behaviour}` },
      ]),
    ),
  )
})
afterAll(() => gateway.close())
beforeEach(() => gateway.claude.clearJournal())

const weather = {
  type: 'function',
  function: {
    name: 'get_weather',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
}

/** Sends the request twice, once as a stream. Both must have the same content. */
async function ask(slug: keyof typeof behaviours, more: object = {}) {
  const body = { model: `acme/${slug}`, ...more }
  const response = await gateway.chat(body)
  const reply = Object(await response.json())
  expect(reply).toMatchObject({ object: 'chat.completion' })
  const stream = await readStream(await gateway.chat({ ...body, stream: true }))
  expect(stream.done).toBe(true)
  const received = contentOfReply(reply.choices[0])
  const streamed = contentOfStream(stream.chunks)
  expect(withoutIds(streamed)).toEqual(withoutIds(received))
  expect(stream.chunks.at(-1)?.usage).toEqual(reply.usage)
  return { received, usage: reply.usage, reply }
}

const withoutIds = (received: ChoiceContent) => ({
  ...received,
  toolCalls: received.toolCalls.map((call) => ({ ...call, id: '' })),
})

test('text, its end, and the credentials as Anthropic has them', async () => {
  const { received, usage } = await ask('text')
  expect(received).toMatchObject({
    content: simulatedText(5),
    finish: 'stop',
    native: 'end_turn',
    refusal: '',
    reasoning: '',
  })
  expect(usage).toMatchObject({ prompt_tokens: 1, completion_tokens: 5, total_tokens: 6 })
  const [entry] = gateway.claude.journal()
  expect(entry?.path).toBe('/prov-a/v1/messages')
  expect(entry?.headers).toMatchObject({ 'anthropic-version': '2023-06-01', 'x-api-key': '****ov-a' })
  expect(entry?.headers).not.toHaveProperty('authorization')
})

test('every byte by itself, with CRLF', async () => {
  const stream = await readStream(await gateway.chat({ model: 'acme/crlf', stream: true }))
  expect(stream).toMatchObject({ text: simulatedText(5), done: true })
})

test('what was read from the cache is part of the prompt', async () => {
  const { usage } = await ask('cached')
  expect(usage).toMatchObject({
    prompt_tokens: 100,
    completion_tokens: 7,
    prompt_tokens_details: { cached_tokens: 40 },
    cost: (60 * 1 + 40 * 0.1 + 7 * 2) / 1e6,
  })
})

test('what was written to the cache is part of the prompt, with its price', async () => {
  const { usage } = await ask('text', {
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'four words to keep', cache_control: { type: 'ephemeral', ttl: '1h' } },
          { type: 'text', text: 'and three more' },
        ],
      },
    ],
  })
  expect(usage).toMatchObject({ prompt_tokens: 7, prompt_tokens_details: { cached_tokens: 0, cache_write_tokens: 4 } })
})

test('no usage: nothing is made up', async () => {
  const { received } = await ask('no-usage')
  expect(received.content).toBe(simulatedText(5))
})

test('reasoning with its signature', async () => {
  const { received, usage } = await ask('reasoning')
  expect(received.reasoning).toBe('First consider the question, then answer it.')
  expect(received.reasoningDetails).toEqual([
    {
      type: 'reasoning.text',
      text: received.reasoning,
      signature: expect.stringMatching(/^[\w+/]{43}=$/),
      id: null,
      format: 'anthropic-claude-v1',
      index: 0,
    },
  ])
  expect(usage.completion_tokens_details.reasoning_tokens).toBe(7)
})

test('a call', async () => {
  const { received } = await ask('tool-call', { tools: [weather] })
  expect(received).toMatchObject({ finish: 'tool_calls', native: 'tool_use', content: '' })
  expect(received.toolCalls).toEqual([
    { id: expect.stringMatching(/^toolu_/), name: 'get_weather', arguments: '{"city":"The river"}' },
  ])
})

test('a call without arguments has an empty object of them', async () => {
  const tool = { type: 'function', function: { name: 'now' } }
  const { received } = await ask('tool-call', { tools: [tool] })
  expect(received.toolCalls).toMatchObject([{ name: 'now', arguments: '{}' }])
})

test('two calls', async () => {
  const { received } = await ask('two-calls', { tools: [weather, { type: 'function', function: { name: 'now' } }] })
  expect(received.toolCalls).toMatchObject([{ name: 'get_weather' }, { name: 'now', arguments: '{}' }])
  expect(new Set(received.toolCalls.map(({ id }) => id)).size).toBe(2)
})

test('a refusal has its reason', async () => {
  const { received } = await ask('refusal')
  expect(received).toMatchObject({
    refusal: "I'm sorry, but I can't help with that.",
    finish: 'content_filter',
    native: 'refusal',
  })
})

test('sources, with the place of the text that they are for', async () => {
  const { received } = await ask('citations')
  const cited = { start_index: 0, end_index: simulatedText(4).length }
  expect(received.annotations).toMatchObject([
    { type: 'url_citation', url_citation: { url: 'https://example.com/rivers', title: 'About rivers', ...cited } },
    { type: 'url_citation', url_citation: { url: 'https://example.com/boats', content: simulatedText(4), ...cited } },
  ])
})

test('other ends', async () => {
  expect((await ask('length', { max_tokens: 3 })).received).toMatchObject({ finish: 'length', native: 'max_tokens' })
  expect((await ask('paused')).received).toMatchObject({ finish: 'stop', native: 'pause_turn' })
  const full = await ask('full')
  expect(full.received).toMatchObject({ finish: 'length', native: 'model_context_window_exceeded' })
})

test('pings are no content', async () => {
  expect((await ask('pings')).received.content).toBe(simulatedText(2))
})
