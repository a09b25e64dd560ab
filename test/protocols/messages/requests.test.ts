import type Anthropic from '@anthropic-ai/sdk'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ClaudeGateway, startClaudeGateway } from './claude-gateway.ts'

/** The newest models accept no sampling parameters, and Anthropic's newest SDK has removed them. */
type Wire = Anthropic.MessageCreateParams & {
  readonly temperature?: number
  readonly top_p?: number
  readonly top_k?: number
}

let gateway: ClaudeGateway
beforeAll(async () => {
  gateway = await startClaudeGateway({
    'acme/plain': { model: 'claude-sonnet-4-5', max_completion_tokens: 64000 },
    'acme/old': { model: 'claude-3-5-haiku-20241022' },
    'acme/opus-4.5': { model: 'claude-opus-4-5-20251101', max_completion_tokens: 64000 },
    'acme/opus-4.6': { model: 'anthropic/claude-opus-4.6', max_completion_tokens: 10000 },
    'acme/opus-5': { model: 'claude-opus-5', max_completion_tokens: 128000 },
    'acme/fable-5': { model: 'claude-fable-5' },
    'acme/sonnet-5.5': { model: 'claude-sonnet-5-5' },
    'acme/built-in': { provider: 'anthropic', model: 'claude-haiku-4-5' },
    'acme/claude-opus-5': { model: 'my-deployment' },
    'acme/other': { model: 'somebodys-model' },
    'acme/bare': { model: 'somebodys-model', supported_parameters: ['stop'] },
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.claude.clearJournal())

/** Returns the request that reached the upstream, which refuses with 400 what Anthropic would refuse. */
async function sent(body: object, model = 'acme/plain'): Promise<Readonly<Record<string, unknown>>> {
  const response = await gateway.chat({ model, ...body })
  const reply: unknown = await response.json()
  expect(response.status, JSON.stringify(reply)).toBe(200)
  return gateway.received()
}

const user = { role: 'user', content: 'hi' }
const tool = (name: string, parameters?: object) => ({ type: 'function', function: { name, parameters } })
const call = (id: string, name: string, args: string) => ({ id, type: 'function', function: { name, arguments: args } })
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='

test('the least there is', async () => {
  expect(await sent({})).toEqual({
    model: 'claude-sonnet-4-5',
    max_tokens: 64000,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  } satisfies Wire)
  expect(await sent({}, 'acme/other')).toMatchObject({ max_tokens: 4096 })
})

test('a conversation: instructions at the top, alternating turns, results first, ids that are accepted', async () => {
  const body = await sent({
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', name: 'Ann', content: 'What is the weather?' },
      {
        role: 'user',
        content: [
          { type: 'text', text: ' \n' },
          { type: 'text', text: 'And the time?' },
        ],
      },
      { role: 'developer', content: [{ type: 'text', text: 'Be exact.' }] },
      {
        role: 'assistant',
        content: '',
        tool_calls: [call('functions.weather:0', 'weather', '{"city":"Paris"}'), call('call_2', 'time', '')],
      },
      { role: 'user', content: 'Well?' },
      {
        role: 'tool',
        tool_call_id: 'functions.weather:0',
        content: [
          { type: 'text', text: 'sunny' },
          { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } },
        ],
      },
      { role: 'tool', tool_call_id: 'call_2', content: '' },
      { role: 'assistant', content: 'Sunny.' },
      { role: 'assistant', content: 'It is noon.' },
      { role: 'user', content: 'Thanks' },
    ],
    tools: [tool('weather'), tool('time')],
  })
  const id = expect.stringMatching(/^toolu_[0-9a-f]{24}$/)
  expect(body).toMatchObject({
    system: [
      { type: 'text', text: 'Be brief.' },
      { type: 'text', text: 'Be exact.' },
    ],
    messages: [
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Ann: What is the weather?' },
          { type: 'text', text: 'And the time?' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'tool_use', id, name: 'weather', input: { city: 'Paris' } },
          { type: 'tool_use', id: 'call_2', name: 'time', input: {} },
        ],
      },
      {
        role: 'user',
        content: [
          {
            type: 'tool_result',
            tool_use_id: id,
            content: [
              { type: 'text', text: 'sunny' },
              { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } },
            ],
          },
          { type: 'tool_result', tool_use_id: 'call_2' },
          { type: 'text', text: 'Well?' },
        ],
      },
      {
        role: 'assistant',
        content: [
          { type: 'text', text: 'Sunny.' },
          { type: 'text', text: 'It is noon.' },
        ],
      },
      { role: 'user', content: [{ type: 'text', text: 'Thanks' }] },
    ],
  } satisfies Partial<Wire>)
})

test('instructions without other messages become a user message', async () => {
  const body = await sent({ messages: [{ role: 'system', content: 'Say hello.' }] })
  expect(body).toMatchObject({ messages: [{ role: 'user', content: [{ type: 'text', text: 'Say hello.' }] }] })
  expect(body).not.toHaveProperty('system')
})

test('an answer to be continued goes last, without the space at its end', async () => {
  const body = await sent({ messages: [user, { role: 'assistant', content: 'The river \n' }] })
  expect(body['messages']).toEqual([
    { role: 'user', content: [{ type: 'text', text: 'hi' }] },
    { role: 'assistant', content: [{ type: 'text', text: 'The river' }] },
  ])
})

test('arguments that are no object are shown as they were', async () => {
  const body = await sent({
    messages: [
      user,
      { role: 'assistant', tool_calls: [call('a', 'f', '{"broken'), call('b', 'f', '[1]')] },
      { role: 'tool', tool_call_id: 'a', content: 'no' },
      { role: 'tool', tool_call_id: 'b', content: 'no' },
    ],
    tools: [tool('f')],
  })
  expect(body).toMatchObject({
    messages: [{}, { content: [{ input: { arguments: '{"broken' } }, { input: { arguments: '[1]' } }] }, {}],
  })
})

test('parameters', async () => {
  const body = await sent({
    max_tokens: 100,
    temperature: 1.7,
    top_k: 5,
    frequency_penalty: 1,
    seed: 7,
    logit_bias: { 1: 2 },
    stop: ['END', '\n'],
    user: 'ann@example.com',
  })
  expect(body).toEqual({
    model: 'claude-sonnet-4-5',
    max_tokens: 100,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
    temperature: 1,
    top_k: 5,
    stop_sequences: ['END'],
    metadata: { user_id: expect.stringMatching(/^user_[0-9a-f]{32}$/) },
  } satisfies Wire)
  expect(await sent({ top_p: 0.5, top_k: 0 })).toMatchObject({ top_p: 0.5 })
  expect(gateway.received()).not.toHaveProperty('top_k')
  // From Claude 4 on one of the two parameters is accepted, from 4.7 on none.
  const both = { temperature: 0.3, top_p: 0.5 }
  expect(await sent(both)).not.toHaveProperty('top_p')
  expect(await sent(both, 'acme/old')).toMatchObject(both)
  const body5 = await sent({ ...both, top_k: 3 }, 'acme/opus-5')
  for (const name of ['temperature', 'top_p', 'top_k']) expect(body5).not.toHaveProperty(name)
  // The name of a deployment does not name the model, but the catalogue does.
  expect(await sent(both, 'acme/claude-opus-5')).not.toHaveProperty('temperature')
})

test('Anthropic itself needs only a key, and has service tiers', async () => {
  expect(await sent({ service_tier: 'default' }, 'acme/built-in')).toMatchObject({ service_tier: 'standard_only' })
  expect(gateway.claude.journal().at(-1)).toMatchObject({
    path: '/anthropic/v1/messages',
    headers: { 'x-api-key': '****opic', 'anthropic-version': '2023-06-01' },
  })
  expect(await sent({ service_tier: 'priority' }, 'acme/built-in')).toMatchObject({ service_tier: 'auto' })
  expect(await sent({}, 'acme/built-in')).not.toHaveProperty('service_tier')
})

test('an endpoint without structured output gets no format', async () => {
  const response_format = { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } }
  expect(await sent({ response_format }, 'acme/bare')).toEqual({
    model: 'somebodys-model',
    max_tokens: 4096,
    messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  } satisfies Wire)
})

describe('tools', () => {
  const schema = { type: 'object', properties: { city: { type: 'string', minLength: 2 } }, required: ['city'] } as const

  test('as they are offered', async () => {
    const weather = {
      ...tool('weather', schema),
      function: { name: 'weather', description: 'Tells.', parameters: schema, strict: true },
    }
    expect(await sent({ tools: [weather, tool('now')] })).toMatchObject({
      tools: [
        { name: 'weather', description: 'Tells.', input_schema: { ...schema, required: ['city'] } },
        { name: 'now', input_schema: { type: 'object', properties: {} } },
      ],
    } satisfies Partial<Wire>)
    expect(JSON.stringify(gateway.received())).not.toContain('strict')
    expect(gateway.received()).not.toHaveProperty('tool_choice')
  })

  test('streamed as they are written', async () => {
    await (await gateway.chat({ model: 'acme/plain', stream: true, tools: [tool('now')] })).text()
    expect(gateway.received()).toMatchObject({ stream: true, tools: [{ name: 'now', eager_input_streaming: true }] })
    await (await gateway.chat({ model: 'acme/other', stream: true, tools: [tool('now')] })).text()
    expect(JSON.stringify(gateway.received())).not.toContain('eager')
  })

  test.each<[unknown, boolean | undefined, Anthropic.ToolChoice | undefined]>([
    [undefined, undefined, undefined],
    [undefined, false, { type: 'auto', disable_parallel_tool_use: true }],
    ['auto', true, { type: 'auto' }],
    ['none', undefined, { type: 'none' }],
    ['required', undefined, { type: 'any' }],
    ['required', false, { type: 'any', disable_parallel_tool_use: true }],
    [{ type: 'function', function: { name: 'now' } }, undefined, { type: 'tool', name: 'now' }],
  ])('choice %o, parallel %o', async (choice, parallel, expected) => {
    const body = await sent({ tools: [tool('now')], tool_choice: choice, parallel_tool_calls: parallel })
    expect(body['tool_choice']).toEqual(expected)
  })

  test('a model on which none can be forced is let choose', async () => {
    const body = await sent({ tools: [tool('now')], tool_choice: 'required' }, 'acme/sonnet-5.5')
    expect(body['tool_choice']).toEqual({ type: 'auto' })
  })

  test('a choice of schemas is refused by name', async () => {
    const response = await gateway.chat({ model: 'acme/plain', tools: [tool('f', { anyOf: [schema] })] })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: { metadata: { issues: [{ path: 'tools[0].function.parameters.anyOf' }] } },
    })
  })
})

describe('thinking', () => {
  const high = { reasoning: { effort: 'high' } }

  test('a budget from the effort, below the limit of the output', async () => {
    expect(await sent({ ...high, max_tokens: 10000 })).toMatchObject({
      max_tokens: 10000,
      thinking: { type: 'enabled', budget_tokens: 8000 },
    } satisfies Partial<Wire>)
    expect(await sent({ reasoning: { effort: 'minimal' }, max_tokens: 3000 })).toMatchObject({
      thinking: { budget_tokens: 1024 },
    })
    expect(await sent({ reasoning: { enabled: true } })).toMatchObject({ thinking: { budget_tokens: 32000 } })
    expect(await sent({ reasoning: { max_tokens: 5000 }, max_tokens: 3000 })).toMatchObject({
      thinking: { budget_tokens: 2999 },
    })
    expect(await sent({ reasoning: { max_tokens: 6000 } }, 'acme/other')).toMatchObject({
      max_tokens: 10096,
      thinking: { type: 'enabled', budget_tokens: 6000 },
    })
  })

  test('no reasoning where the output has no room for it, and where it is turned off', async () => {
    expect(await sent({ ...high, max_tokens: 1000 })).not.toHaveProperty('thinking')
    expect(await sent({ reasoning: { exclude: true } })).not.toHaveProperty('thinking')
    expect(await sent(high, 'acme/old')).not.toHaveProperty('thinking')
    for (const reasoning of [{ effort: 'none' }, { enabled: false }, { max_tokens: 0 }]) {
      expect(await sent({ reasoning })).toMatchObject({ thinking: { type: 'disabled' } })
    }
    expect(await sent({ reasoning: { effort: 'none' } }, 'acme/sonnet-5.5')).toMatchObject({
      thinking: { type: 'between_tools' },
    } satisfies Partial<Wire>)
    expect(await sent({ reasoning: { effort: 'none' } }, 'acme/fable-5')).not.toHaveProperty('thinking')
  })

  test('alone, with an effort that the model has', async () => {
    const adaptive = { type: 'adaptive', display: 'summarized' } as const
    expect(await sent(high, 'acme/opus-5')).toMatchObject({
      thinking: adaptive,
      output_config: { effort: 'high' },
    } satisfies Partial<Wire>)
    expect(await sent({ reasoning: { effort: 'xhigh' } }, 'acme/opus-5')).toMatchObject({
      output_config: { effort: 'xhigh' },
    })
    expect(await sent({ reasoning: { effort: 'minimal' } }, 'acme/opus-4.6')).toMatchObject({
      thinking: adaptive,
      output_config: { effort: 'low' },
    })
    expect(await sent({ reasoning: { max_tokens: 2000 } }, 'acme/opus-4.6')).toMatchObject({
      thinking: { type: 'enabled', budget_tokens: 2000 },
    })
    expect(await sent({ reasoning: { max_tokens: 2000 } }, 'acme/opus-5')).toMatchObject({ thinking: adaptive })
    expect(gateway.received()).not.toHaveProperty('output_config')
  })

  test('verbosity is the effort', async () => {
    expect(await sent({ verbosity: 'max' }, 'acme/opus-5')).toMatchObject({ output_config: { effort: 'max' } })
    expect(await sent({ verbosity: 'max' }, 'acme/opus-4.5')).toMatchObject({ output_config: { effort: 'high' } })
    expect(await sent({ verbosity: 'max' })).not.toHaveProperty('output_config')
    const off = await sent({ verbosity: 'max', reasoning: { effort: 'none' } }, 'acme/opus-5')
    expect(off).toMatchObject({ thinking: { type: 'disabled' }, output_config: { effort: 'high' } })
  })

  test('with reasoning only sampling parameters that Anthropic allows are sent', async () => {
    const body = await sent({ ...high, temperature: 0.2, top_p: 0.5, top_k: 3 })
    expect(body).toHaveProperty('thinking')
    for (const name of ['temperature', 'top_p', 'top_k']) expect(body).not.toHaveProperty(name)
    expect(await sent({ ...high, top_p: 0.97 })).toMatchObject({ top_p: 0.97 })
  })

  test('a forced tool is a demand, thinking a wish', async () => {
    const body = await sent({ ...high, tools: [tool('now')], tool_choice: 'required' })
    expect(body).toMatchObject({ tool_choice: { type: 'any' } })
    expect(body).not.toHaveProperty('thinking')
  })

  test('an answer that began without reasoning continues without it', async () => {
    const asked = { role: 'assistant', tool_calls: [call('a', 'now', '{}')] }
    const found = { role: 'tool', tool_call_id: 'a', content: 'noon' }
    const tools = [tool('now')]
    expect(await sent({ ...high, tools, messages: [user, asked, found] })).not.toHaveProperty('thinking')
    expect(await sent({ ...high, messages: [user, { role: 'assistant', content: 'The' }] })).not.toHaveProperty(
      'thinking',
    )
    expect(await sent({ ...high, tools, messages: [user, asked, found] }, 'acme/opus-5')).toHaveProperty('thinking')
    const next = [user, asked, found, { role: 'assistant', content: 'Noon.' }, user]
    expect(await sent({ ...high, tools, messages: next })).toHaveProperty('thinking')
  })
})

describe('media', () => {
  const parts = (...content: readonly object[]) => ({ messages: [{ role: 'user', content }] })
  const blocks = (body: Readonly<Record<string, unknown>>) => Object(body['messages'])[0].content
  const image = (url: string) => ({ type: 'image_url', image_url: { url, detail: 'high' } })
  const file = (file_data: string, filename?: string) => ({ type: 'file', file: { file_data, filename } })

  test('images and documents, inline and by address', async () => {
    const text = Buffer.from('Größe: 3').toString('base64')
    const body = await sent(
      parts(
        image('https://example.com/cat.png'),
        image('data:image/jpg;base64,/9j/4AAQ'),
        file('https://example.com/paper.pdf'),
        file('data:application/pdf;base64,JVBERi0=', 'paper.pdf'),
        file(`data:text/csv;charset=utf-8;base64,${text}`),
        file(`data:image/png;base64,${pixel}`),
        { type: 'file', file: { file_id: 'file_011' } },
      ),
    )
    expect(blocks(body)).toEqual([
      { type: 'image', source: { type: 'url', url: 'https://example.com/cat.png' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/jpeg', data: '/9j/4AAQ' } },
      { type: 'document', source: { type: 'url', url: 'https://example.com/paper.pdf' } },
      {
        type: 'document',
        title: 'paper.pdf',
        source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
      },
      { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'Größe: 3' } },
      { type: 'image', source: { type: 'base64', media_type: 'image/png', data: pixel } },
      { type: 'document', source: { type: 'file', file_id: 'file_011' } },
    ] satisfies readonly Anthropic.ContentBlockParam[])
    expect(gateway.claude.journal().at(-1)?.headers).toMatchObject({ 'anthropic-beta': 'files-api-2025-04-14' })
  })

  test('a debug echo shows no base64', async () => {
    const long = Buffer.alloc(3000).toString('base64')
    const body = parts(image(`data:image/png;base64,${long}`))
    const response = await gateway.chat({
      model: 'acme/plain',
      stream: true,
      debug: { echo_upstream_body: true },
      ...body,
    })
    const text = await response.text()
    expect(text).toContain('"media_type":"image/png","data":"[REDACTED]"')
    expect(text).not.toContain(long.slice(0, 50))
  })

  test.each([
    ['a bitmap', image('data:image/bmp;base64,Qk0=')],
    ['a program', file('data:application/zip;base64,UEs=')],
    ['sound', { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }],
  ])('%s is refused, by its place', async (_, part) => {
    const response = await gateway.chat({ model: 'acme/plain', ...parts({ type: 'text', text: 'See:' }, part) })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: { error_type: 'invalid_request', metadata: { issues: [{ path: 'messages[0].content[1]' }] } },
    })
    expect(gateway.claude.journal()).toEqual([])
  })
})

describe('caching', () => {
  const marked = (text: string, ttl?: string) => ({ type: 'text', text, cache_control: { type: 'ephemeral', ttl } })

  test('marks go on, four at most: the last reach furthest, and the instructions are shared', async () => {
    const body = await sent({
      messages: [
        { role: 'system', content: [marked('one', '1h')] },
        { role: 'user', content: [marked('two'), marked('three'), marked('four'), marked('five', '5m')] },
      ],
    })
    expect(body).toMatchObject({
      system: [{ type: 'text', text: 'one', cache_control: { type: 'ephemeral', ttl: '1h' } }],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'two' },
            { text: 'three', cache_control: { type: 'ephemeral' } },
            { text: 'four', cache_control: { type: 'ephemeral' } },
            { type: 'text', text: 'five', cache_control: { type: 'ephemeral', ttl: '5m' } },
          ],
        },
      ],
    })
    expect(Object(body['messages'])[0].content[0]).not.toHaveProperty('cache_control')
  })

  test('the cache mark of the whole request goes to its end, that of a tool result to its block', async () => {
    const body = await sent({
      cache_control: { type: 'ephemeral', ttl: '1h' },
      tools: [tool('now')],
      messages: [
        user,
        { role: 'assistant', tool_calls: [call('a', 'now', '{}'), call('b', 'now', '{}')] },
        { role: 'tool', tool_call_id: 'a', content: [marked('noon', '1h')] },
        { role: 'tool', tool_call_id: 'b', content: 'noon' },
      ],
    })
    expect(Object(body['messages'])[2].content).toEqual([
      {
        type: 'tool_result',
        tool_use_id: 'a',
        content: [{ type: 'text', text: 'noon' }],
        cache_control: { type: 'ephemeral', ttl: '1h' },
      },
      {
        type: 'tool_result',
        tool_use_id: 'b',
        content: [{ type: 'text', text: 'noon' }],
        cache_control: { type: 'ephemeral', ttl: '1h' },
      },
    ] satisfies readonly Anthropic.ContentBlockParam[])
  })
})
