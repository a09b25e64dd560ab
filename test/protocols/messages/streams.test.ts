import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readStream } from '../../sse.ts'
import { contentOfReply, contentOfStream } from '../../choice-content.ts'
import { type Scripted, startScripted } from './scripted-claude.ts'

let gateway: Scripted
beforeAll(async () => {
  gateway = await startScripted()
})
afterAll(() => gateway.close())

const start = {
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    content: [],
    usage: { input_tokens: 10, output_tokens: 1 },
  },
}
const begin = (index: number, content_block: object) => ({ type: 'content_block_start', index, content_block })
const delta = (index: number, delta: object) => ({ type: 'content_block_delta', index, delta })
const end = (index: number) => ({ type: 'content_block_stop', index })
const finish = (stop_reason: string, usage: object = { output_tokens: 9 }) => ({
  type: 'message_delta',
  delta: { stop_reason, stop_sequence: null },
  usage,
})
const stop = { type: 'message_stop' }
const text = [begin(0, { type: 'text', text: '' }), delta(0, { type: 'text_delta', text: 'Hello' }), end(0)]

async function stream(events: readonly object[]) {
  gateway.say(events)
  const response = await gateway.chat({ stream: true })
  const read = await readStream(response)
  return { ...read, status: response.status, received: contentOfStream(read.chunks) }
}

async function whole(message: object) {
  gateway.say(JSON.stringify(message))
  const response = await gateway.chat({})
  return { status: response.status, reply: Object(await response.json()) }
}

describe('reasoning', () => {
  const thought = [
    begin(0, { type: 'redacted_thinking', data: 'c2VhbGVk' }),
    end(0),
    begin(1, { type: 'thinking', thinking: '', signature: '' }),
    delta(1, { type: 'thinking_delta', thinking: 'First ' }),
    delta(1, { type: 'thinking_delta', thinking: 'this.' }),
    delta(1, { type: 'signature_delta', signature: 'c2lnbmVk' }),
    end(1),
    begin(2, { type: 'thinking', thinking: '', signature: '' }),
    delta(2, { type: 'signature_delta', signature: 'd2l0aGhlbGQ=' }),
    end(2),
    begin(3, { type: 'text', text: '' }),
    delta(3, { type: 'text_delta', text: 'Hello' }),
    end(3),
  ]
  const details = [
    { type: 'reasoning.encrypted', data: 'c2VhbGVk', index: 0 },
    { type: 'reasoning.text', text: 'First this.', signature: 'c2lnbmVk', index: 1 },
    { type: 'reasoning.text', text: '', signature: 'd2l0aGhlbGQ=', index: 2 },
  ].map((detail) => ({ id: null, format: 'anthropic-claude-v1', ...detail }))

  test('encrypted, readable and withheld, in order', async () => {
    const { received } = await stream([start, ...thought, finish('end_turn'), stop])
    expect(received).toMatchObject({ content: 'Hello', reasoning: 'First this.', finish: 'stop' })
    expect(received.reasoningDetails).toEqual(details)
  })

  test('in a JSON reply', async () => {
    const { reply } = await whole({
      id: 'msg_1',
      type: 'message',
      content: [
        { type: 'redacted_thinking', data: 'c2VhbGVk' },
        { type: 'thinking', thinking: 'First this.', signature: 'c2lnbmVk' },
        { type: 'thinking', thinking: '', signature: 'd2l0aGhlbGQ=' },
        { type: 'text', text: 'Hello' },
      ],
      stop_reason: 'end_turn',
      usage: { input_tokens: 3, output_tokens: 4 },
    })
    expect(contentOfReply(reply.choices[0]).reasoningDetails).toEqual(details)
  })
})

describe('calls', () => {
  const called = (index: number, id: string, input: object) => begin(index, { type: 'tool_use', id, name: 'f', input })

  test('ids are unique, arguments as they were written, or as they came at once', async () => {
    const { received } = await stream([
      start,
      called(0, 'toolu_1', {}),
      delta(0, { type: 'input_json_delta', partial_json: '{ "n":' }),
      delta(0, { type: 'input_json_delta', partial_json: ' 1.0 }' }),
      end(0),
      called(1, 'toolu_1', { n: 2 }),
      end(1),
      called(2, '', {}),
      end(2),
      finish('tool_use'),
      stop,
    ])
    expect(received.toolCalls.map(({ arguments: args }) => args)).toEqual(['{ "n": 1.0 }', '{"n":2}', '{}'])
    expect(received.toolCalls[0]?.id).toBe('toolu_1')
    expect(new Set(received.toolCalls.map(({ id }) => id)).size).toBe(3)
    expect(received).toMatchObject({ finish: 'tool_calls', native: 'tool_use' })
  })

  test('the use of Anthropic’s own tools is not a call, and a block of an unknown type is skipped', async () => {
    const { received, chunks } = await stream([
      start,
      begin(0, { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} }),
      delta(0, { type: 'input_json_delta', partial_json: '{"query":"x"}' }),
      end(0),
      begin(1, { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content: [] }),
      end(1),
      begin(2, { type: 'hologram', data: 'x' }),
      delta(2, { type: 'hologram_delta', data: 'y' }),
      end(2),
      { type: 'news_of_tomorrow' },
      begin(3, { type: 'text', text: 'He' }),
      delta(3, { type: 'text_delta', text: 'llo' }),
      finish('end_turn', { output_tokens: 9, server_tool_use: { web_search_requests: 1 } }),
      stop,
    ])
    expect(received).toMatchObject({ content: 'Hello', toolCalls: [], finish: 'stop' })
    expect(chunks.at(-1)?.usage).toMatchObject({ prompt_tokens: 10, completion_tokens: 9 })
  })
})

describe('counts', () => {
  test('the last value of each count applies, and null changes nothing', async () => {
    const first = {
      ...start,
      message: {
        ...start.message,
        usage: {
          input_tokens: 10,
          cache_read_input_tokens: 20,
          cache_creation_input_tokens: 5,
          cache_creation: { ephemeral_5m_input_tokens: 2, ephemeral_1h_input_tokens: 3 },
          output_tokens: 1,
          service_tier: 'priority',
        },
      },
    }
    const last = finish('end_turn', { input_tokens: 12, cache_read_input_tokens: null, output_tokens: 9 })
    const { chunks } = await stream([first, ...text, last, stop])
    expect(chunks.at(-1)).toMatchObject({
      service_tier: 'priority',
      usage: {
        prompt_tokens: 12 + 20 + 5,
        completion_tokens: 9,
        prompt_tokens_details: { cached_tokens: 20, cache_write_tokens: 5 },
      },
    })
  })
})

describe('ends', () => {
  test('an overloaded upstream in the middle of an answer', async () => {
    const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    const { chunks, received } = await stream([start, ...text, overloaded])
    expect(received.content).toBe('Hello')
    expect(chunks.at(-1)).toMatchObject({
      error: { code: 529, metadata: { provider_code: 'overloaded_error' } },
      choices: [{ finish_reason: 'error' }],
    })
  })

  test('and before it', async () => {
    const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } }
    gateway.say([start, { type: 'ping' }, overloaded])
    const response = await gateway.chat({ stream: true })
    expect(response.status).toBe(529)
    await response.text()
  })

  test('an error as the body of a 200', async () => {
    const { status, reply } = await whole({ type: 'error', error: { type: 'rate_limit_error', message: 'Slow down' } })
    expect(status).toBe(429)
    expect(reply.error.metadata).toMatchObject({ provider_code: 'rate_limit_error' })
  })

  test('no text, but tokens were counted: an empty answer is accepted', async () => {
    const { received, status } = await stream([start, finish('end_turn', { output_tokens: 2 }), stop])
    expect(status).toBe(200)
    expect(received).toMatchObject({ content: '', finish: 'stop', native: 'end_turn' })
  })

  test.each([
    ['what is no reply', { hello: 'world' }],
    ['a list', []],
    ['content that is no list', { type: 'message', content: 'x', stop_reason: 'end_turn' }],
  ])('%s is no answer', async (_, message) => {
    expect((await whole(message)).status).toBeGreaterThanOrEqual(500)
  })

  test('without a reason to stop an answer may be cut short', async () => {
    const { reply } = await whole({ type: 'message', content: [{ type: 'text', text: 'Hello' }] })
    expect(reply.choices[0]).toMatchObject({ finish_reason: 'error', message: { content: 'Hello' } })
  })
})
