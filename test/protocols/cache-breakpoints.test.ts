import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asObject, at } from '../acceptance/exchange.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { startGateway, type TestGateway } from '../gateway.ts'

let gateway: TestGateway
let upstream: Simulator
beforeAll(async () => {
  upstream = await startSimulator()
  const provider = (slug: string, protocol: string) => ({ base_url: `${upstream.url}/${slug}`, protocol, api_key: 'k' })
  const at = (from: string, model: string) => ({
    endpoints: [{ provider: from, model }],
    input_modalities: ['text', 'image'],
  })
  gateway = await startGateway({
    providers: {
      'prov-a': provider('prov-a', 'messages'),
      'prov-b': provider('prov-b', 'converse'),
      'prov-c': provider('prov-c', 'chat-completions'),
      openrouter: { base_url: `${upstream.url}/openrouter`, api_key: 'k' },
      openai: { base_url: `${upstream.url}/openai`, api_key: 'k' },
    },
    models: {
      'test/messages': at('prov-a', 'claude-sonnet-4-5+steady'),
      'test/converse': at('prov-b', 'anthropic.claude-sonnet-4-5+steady'),
      'test/nova': at('prov-b', 'amazon.nova-pro+steady'),
      'test/own': at('prov-c', 'steady'),
      'test/openrouter': at('openrouter', 'steady'),
      'test/openai': at('openai', 'steady'),
    },
  })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
beforeEach(() => upstream.clearJournal())

/** Returns the request that reached the upstream, which refuses what its vendor refuses. */
async function sent(model: string, body: object): Promise<Readonly<Record<string, unknown>>> {
  const response = await gateway.chat({ model: `test/${model}`, ...body })
  expect([response.status, await response.text()]).toEqual([200, expect.any(String)])
  return asObject(upstream.journal().at(-1)?.body)
}

const mark = { type: 'ephemeral' }
const hour = { type: 'ephemeral', ttl: '1h' }
const tool = (name: string, more: object = {}, inside: object = {}) => ({
  type: 'function',
  function: { name, parameters: { type: 'object', properties: {} }, ...inside },
  ...more,
})
const user = { role: 'user', content: 'Hello' }
const calling = (more: object = {}) => ({
  role: 'assistant',
  tool_calls: [
    { id: 'a', type: 'function', function: { name: 'now', arguments: '{}' } },
    { id: 'b', type: 'function', function: { name: 'then', arguments: '{}' } },
  ],
  ...more,
})
const results = (more: object = {}, content: unknown = 'noon') => [
  { role: 'tool', tool_call_id: 'a', content: 'noon' },
  { role: 'tool', tool_call_id: 'b', content, ...more },
]
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } }

/**
 * Returns the text, name or type of each part with a breakpoint, in the order in which Anthropic reads the request, with its time to live.
 */
function breakpointsOf(body: Readonly<Record<string, unknown>>): readonly string[] {
  const found: string[] = []
  const look = (blocks: unknown, before: { name: string }): void => {
    for (const block of Array.isArray(blocks) ? blocks.map(asObject) : []) {
      const point = block['cachePoint']
      const own = block['cache_control'] ?? point
      const inner = block['toolSpec'] ?? block['toolUse'] ?? block['toolResult'] ?? {}
      const called = at(inner, 'name') ?? at(inner, 'toolUseId')
      if (point === undefined) {
        before.name = String(
          block['text'] ?? block['name'] ?? block['tool_use_id'] ?? called ?? block['type'] ?? Object.keys(block)[0],
        )
      }
      if (own !== undefined) found.push(`${before.name} ${String(at(own, 'ttl') ?? 'usual')}`)
    }
  }
  const last = { name: '' }
  look(body['tools'] ?? at(body, 'toolConfig', 'tools'), last)
  look(body['system'], last)
  for (const message of Array.isArray(body['messages']) ? body['messages'] : []) look(at(message, 'content'), last)
  return found
}

interface Case {
  readonly body: object
  readonly marked: readonly string[]
  /** The result for Nova where it differs: Nova has no breakpoints at tools and no time to live. */
  readonly nova?: readonly string[]
}

const text = (words: string, cache_control?: object) => ({ type: 'text', text: words, cache_control })

describe.each(['messages', 'converse', 'nova'] as const)('at %s a mark', (language) => {
  const cases: Readonly<Record<string, Case>> = {
    'on a message of text is on its text': {
      body: {
        messages: [
          { role: 'system', content: 'Rules', cache_control: mark },
          { ...user, cache_control: hour },
        ],
      },
      marked: ['Rules usual', 'Hello usual'],
    },
    'on a message of parts is on its last text': {
      body: { messages: [{ role: 'user', content: [text('One'), text('Two'), image], cache_control: mark }] },
      marked: ['Two usual'],
    },
    'on a message of an image is on that': {
      body: { messages: [{ role: 'user', content: [image], cache_control: mark }] },
      marked: ['image usual'],
    },
    'of the part itself wins over that of its message': {
      body: { messages: [{ role: 'user', content: [text('One', hour)], cache_control: mark }] },
      marked: ['One 1h'],
      nova: ['One usual'],
    },
    'on an answer is on its words': {
      body: { messages: [user, { role: 'assistant', content: 'Hi', cache_control: mark }, user] },
      marked: ['Hi usual'],
    },
    'on an answer of calls alone is on the last of them': {
      body: {
        tools: [tool('now'), tool('then')],
        messages: [user, calling({ content: null, cache_control: mark }), ...results()],
      },
      marked: ['then usual'],
    },
    'on an answer of empty words and calls is on the last call': {
      body: {
        tools: [tool('now'), tool('then')],
        messages: [user, calling({ content: '', cache_control: mark }), ...results()],
      },
      marked: ['then usual'],
    },
    'on the message of a tool is on its result': {
      body: { tools: [tool('now'), tool('then')], messages: [user, calling(), ...results({ cache_control: mark })] },
      marked: ['b usual'],
    },
    'on a part of a tool’s message is on its result': {
      body: { tools: [tool('now'), tool('then')], messages: [user, calling(), ...results({}, [text('noon', mark)])] },
      marked: ['b usual'],
    },
    'on the message of a tool that returned nothing is on its result': {
      body: {
        tools: [tool('now'), tool('then')],
        messages: [user, calling(), ...results({ cache_control: mark }, '')],
      },
      marked: ['b usual'],
    },
    'on a tool is on that tool, where tools can bear one': {
      body: { tools: [tool('a'), tool('b', { cache_control: hour })], messages: [user] },
      marked: ['b 1h'],
      nova: [],
    },
    'inside a function, as LiteLLM has it, is on that tool': {
      body: { tools: [tool('a', {}, { cache_control: mark }), tool('b')], messages: [user] },
      marked: ['a usual'],
      nova: [],
    },
    'of OpenAI’s counts as well': {
      body: {
        messages: [{ role: 'user', content: [{ ...text('One'), prompt_cache_breakpoint: { mode: 'explicit' } }] }],
      },
      marked: ['One usual'],
    },
    'of an hour after one of five minutes is kept as long as that': {
      body: {
        tools: [tool('a', { cache_control: mark })],
        messages: [
          { role: 'system', content: 'Rules', cache_control: hour },
          { ...user, cache_control: hour },
        ],
      },
      marked: ['a usual', 'Rules usual', 'Hello usual'],
      nova: ['Rules usual', 'Hello usual'],
    },
    'of an hour before one of five minutes stays': {
      body: {
        tools: [tool('a', { cache_control: hour })],
        messages: [
          { role: 'system', content: 'Rules', cache_control: hour },
          { ...user, cache_control: mark },
        ],
      },
      marked: ['a 1h', 'Rules 1h', 'Hello usual'],
      nova: ['Rules usual', 'Hello usual'],
    },
    'of instructions that stood in the middle is read before the rest': {
      body: {
        messages: [
          { ...user, cache_control: hour },
          { role: 'system', content: 'Rules', cache_control: mark },
        ],
      },
      marked: ['Rules usual', 'Hello usual'],
    },
    'beyond the fourth: the last of the conversation and of what is before it stay': {
      body: {
        tools: [tool('a', { cache_control: mark })],
        messages: [
          { role: 'system', content: [text('R1', mark), text('R2', mark)] },
          { role: 'user', content: ['1', '2', '3', '4'].map((words) => text(words, mark)) },
        ],
      },
      marked: ['R2 usual', '2 usual', '3 usual', '4 usual'],
    },
    'beyond the fourth, all before the conversation': {
      body: {
        tools: ['a', 'b', 'c'].map((name) => tool(name, { cache_control: mark })),
        messages: [{ role: 'system', content: [text('R1', mark), text('R2', mark)] }, user],
      },
      marked: ['b usual', 'c usual', 'R1 usual', 'R2 usual'],
      nova: ['R1 usual', 'R2 usual'],
    },
    'of the whole request counts among the four': {
      body: {
        cache_control: mark,
        messages: [
          { role: 'system', content: 'Rules', cache_control: mark },
          { role: 'user', content: [...['1', '2', '3'].map((words) => text(words, mark)), text('4')] },
        ],
      },
      marked: ['Rules usual', '2 usual', '3 usual', '4 usual'],
    },
  }
  test.each(Object.entries(cases))('%s', async (_, found) => {
    const { marked, nova = marked } = found
    expect(breakpointsOf(await sent(language, found.body))).toEqual(language === 'nova' ? nova : marked)
  })
})

describe('a mark in chat completions', () => {
  const body = {
    tools: [tool('now', { cache_control: hour }), tool('then', {}, { cache_control: mark })],
    messages: [
      { ...user, cache_control: mark },
      calling({ content: null, cache_control: mark }),
      ...results({ cache_control: mark }),
    ],
  }

  test('goes on as it came to who takes all, a function’s beside it', async () => {
    const { tools, messages } = await sent('openrouter', body)
    expect(tools).toEqual([tool('now', { cache_control: hour }), tool('then', { cache_control: mark })])
    expect(at(messages, 0)).toEqual(body.messages[0])
    expect(at(messages, 3)).toEqual(body.messages[3])
  })

  test.each(['own', 'openai'])('is left out for %s, which knows none', async (model) => {
    expect(JSON.stringify(await sent(model, body))).not.toContain('cache_control')
  })
})
