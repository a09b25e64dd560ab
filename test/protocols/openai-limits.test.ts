import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { asObject, at } from '../acceptance/exchange.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { startGateway, type TestGateway } from '../gateway.ts'

let gateway: TestGateway
let upstream: Simulator
beforeAll(async () => {
  upstream = await startSimulator()
  const own = (slug: string, protocol = 'chat-completions') => ({
    base_url: `${upstream.url}/${slug}`,
    protocol,
    api_key: 'k',
  })
  const served = (provider: string, model: string) => ({
    endpoints: [{ provider, model }],
    input_modalities: ['text', 'image', 'file', 'audio'],
  })
  gateway = await startGateway({
    providers: {
      'prov-a': own('openai/through-a-proxy'),
      'prov-b': own('prov-b', 'responses'),
      'prov-c': own('prov-c'),
      'cohere-house': own('cohere/v2', 'cohere-chat'),
      openai: { base_url: `${upstream.url}/openai`, api_key: 'k' },
      azure: { base_url: `${upstream.url}/openai/azure`, api_key: 'k', variables: { AZURE_RESOURCE_NAME: 'r' } },
    },
    models: {
      'test/openai': served('openai', 'steady'),
      'test/azure': served('azure', 'steady'),
      // The model is recognised only by its name.
      'test/proxy': served('prov-a', 'gpt-4o+steady'),
      'test/responses': served('prov-b', 'steady'),
      'test/own': served('prov-c', 'steady'),
      'test/cohere': served('cohere-house', 'command-a+steady'),
    },
  })
})
afterAll(async () => {
  await gateway.close()
  await upstream.close()
})
beforeEach(() => upstream.clearJournal())

async function sent(model: string, body: object): Promise<Readonly<Record<string, unknown>>> {
  const response = await gateway.chat({ model: `test/${model}`, ...body })
  expect([response.status, await response.text()]).toEqual([200, expect.any(String)])
  return asObject(upstream.journal().at(-1)?.body)
}

const user = { role: 'user', content: 'Hello' }
const call = (id: string, name = 'look') => ({ id, type: 'function', function: { name, arguments: '{}' } })
const result = (tool_call_id: string, content: unknown = 'seen') => ({ role: 'tool', tool_call_id, content })
const tool = (parameters?: unknown, name = 'look') => ({ type: 'function', function: { name, parameters } })
const tools = [tool({ type: 'object', properties: {} })]

describe('without a tool nothing is said of tools', () => {
  const about = { tool_choice: 'auto', parallel_tool_calls: true }
  const cases = [
    { tools: [] },
    { tools: null },
    {},
    { tools: [], tool_choice: 'none' },
    { tools: [], tool_choice: 'required' },
    { tools: [], tool_choice: { type: 'function', function: { name: 'look' } } },
  ]
  test.each(cases.flatMap((body) => ['own', 'openai', 'responses', 'cohere'].map((model) => ({ body, model }))))(
    '$model $body',
    async ({ body, model }) => {
      const asked = await sent(model, { ...about, ...body })
      expect(Object.keys(asked).filter((field) => /^(tools|tool_choice|parallel_tool_calls)$/.test(field))).toEqual([])
    },
  )

  test('with one they go on', async () => {
    expect(await sent('openai', { tools, ...about })).toMatchObject(about)
  })
})

describe.each(['openai', 'azure', 'proxy'])('%s, where OpenAI sets the limits', (model) => {
  const schemas: readonly (readonly [sent: unknown, becomes: unknown])[] = [
    [{}, { type: 'object', properties: {} }],
    [{ type: 'object' }, { type: 'object', properties: {} }],
    [
      { type: 'object', properties: null },
      { type: 'object', properties: {} },
    ],
    [
      { type: null, properties: { a: {} } },
      { type: 'object', properties: { a: {} } },
    ],
    [
      { properties: { a: {} }, required: null },
      { type: 'object', properties: { a: {} } },
    ],
    [
      { type: 'object', additionalProperties: false },
      { type: 'object', additionalProperties: false, properties: {} },
    ],
    [
      { type: 'object', description: 'D' },
      { type: 'object', description: 'D', properties: {} },
    ],
    [
      { type: 'object', properties: { a: { type: 'array' }, b: { type: ['string', 'array'] } } },
      { type: 'object', properties: { a: { type: 'array', items: {} }, b: { type: ['string', 'array'], items: {} } } },
    ],
    [
      {
        type: 'object',
        properties: { a: { anyOf: [{ type: 'array' }, { type: 'array', items: { type: 'array' } }] } },
      },
      {
        type: 'object',
        properties: {
          a: {
            anyOf: [
              { type: 'array', items: {} },
              { type: 'array', items: { type: 'array', items: {} } },
            ],
          },
        },
      },
    ],
    [
      { type: 'object', properties: { a: { $ref: '#/$defs/A' } }, $defs: { A: { type: 'array' } } },
      { type: 'object', properties: { a: { $ref: '#/$defs/A' } }, $defs: { A: { type: 'array', items: {} } } },
    ],
    [
      { type: 'object', properties: { array: { type: 'string', enum: ['array'] } } },
      { type: 'object', properties: { array: { type: 'string', enum: ['array'] } } },
    ],
    [null, undefined],
    [undefined, undefined],
  ]
  test.each(schemas)('a function’s schema %j', async (parameters, becomes) => {
    const asked = await sent(model, { tools: [tool(parameters)] })
    expect(at(asked, 'tools', 0, 'function', 'parameters')).toEqual(becomes)
  })

  const ids = ['x'.repeat(41), 'call_1'.repeat(20), 'toolu_' + 'é'.repeat(60), 'functions.get_weather:0'.repeat(3)]
  test.each(ids)('the id %s is short, the same for call and result, another for another call', async (id) => {
    const messages = [
      user,
      { role: 'assistant', content: null, tool_calls: [call(id), call(`${id}x`)] },
      result(id),
      result(`${id}x`),
    ]
    const asked = await sent(model, { tools, messages })
    const [first, second] = [0, 1].map((index) => at(asked, 'messages', 1, 'tool_calls', index, 'id'))
    expect(String(first).length).toBeLessThanOrEqual(40)
    expect(second).not.toBe(first)
    expect([2, 3].map((index) => at(asked, 'messages', index, 'tool_call_id'))).toEqual([first, second])
    const again = await sent(model, { tools, messages })
    expect(at(again, 'messages', 1, 'tool_calls', 0, 'id')).toBe(first)
  })

  test('an id of forty characters stays', async () => {
    const id = 'x'.repeat(40)
    const asked = await sent(model, {
      tools,
      messages: [user, { role: 'assistant', tool_calls: [call(id)] }, result(id)],
    })
    expect(at(asked, 'messages', 1, 'tool_calls', 0, 'id')).toBe(id)
  })

  const names = [
    ['mcp.server/look', 'mcp_server_look'],
    ['look at', 'look_at'],
    ['ansehen_ü', 'ansehen__'],
    ['x'.repeat(70), 'x'.repeat(64)],
    ['look', 'look'],
  ]
  test.each(names)('a function that was called %s is called %s', async (name, becomes) => {
    const messages = [user, { role: 'assistant', tool_calls: [call('a', name)] }, result('a')]
    expect(at(await sent(model, { tools, messages }), 'messages', 1, 'tool_calls', 0, 'function', 'name')).toBe(becomes)
  })

  test('a function that was called otherwise does not take the name of one that is offered', async () => {
    const messages = [user, { role: 'assistant', tool_calls: [call('a', 'mcp.look')] }, result('a')]
    const asked = await sent(model, { tools: [tool({}, 'mcp_look')], messages })
    expect(at(asked, 'tools', 0, 'function', 'name')).toBe('mcp_look')
    expect(at(asked, 'messages', 1, 'tool_calls', 0, 'function', 'name')).toMatch(/^mcp_look_[0-9a-f]{8}$/)
  })

  test.each([
    ['Ann', 'Ann'],
    ['Ann Lee', 'Ann_Lee'],
    ['a/b\\c|<d>', 'a_b_c__d_'],
    ['n'.repeat(80), 'n'.repeat(64)],
  ])('the name %s is written %s', async (name, becomes) => {
    expect(at(await sent(model, { messages: [{ ...user, name }] }), 'messages', 0, 'name')).toBe(becomes)
  })

  const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=='
  const image = { type: 'image_url', image_url: { url: `data:image/png;base64,${pixel}` } }
  const file = { type: 'file', file: { filename: 'a.pdf', file_data: 'data:application/pdf;base64,JVBERi0=' } }
  const words = (text: string) => ({ type: 'text', text })
  const calls = { role: 'assistant', content: null, tool_calls: [call('a'), call('b')] }

  test.each([
    ['an image', image],
    ['a file', file],
    ['sound', { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }],
  ])('%s that a tool returned stands behind all results', async (_, part) => {
    const messages = [user, calls, result('a', [words('Taken.'), part]), result('b'), { role: 'user', content: 'And?' }]
    expect((await sent(model, { tools, messages }))['messages']).toEqual([
      user,
      calls,
      result('a', [words('Taken.')]),
      result('b'),
      { role: 'user', content: [expect.objectContaining({ type: 'text', text: expect.stringContaining('a') }), part] },
      { role: 'user', content: 'And?' },
    ])
  })

  test('images of several results at the end, one of them without words', async () => {
    const messages = [user, calls, result('a', [image]), result('b', [words('Two.'), image, image])]
    expect((await sent(model, { tools, messages }))['messages']).toEqual([
      user,
      calls,
      result('a', expect.stringMatching(/next message/)),
      result('b', [words('Two.')]),
      { role: 'user', content: [expect.anything(), image, expect.anything(), image, image] },
    ])
  })

  test('images in two turns stand in two places', async () => {
    const turn = [{ ...calls, tool_calls: [call('a')] }, result('a', [image])]
    const { messages } = await sent(model, { tools, messages: [user, ...turn, ...turn] })
    expect(Object(messages).map(({ role }: { role: string }) => role)).toEqual(
      'user assistant tool user assistant tool user'.split(' '),
    )
  })

  test('a result of text alone stays as it is', async () => {
    const messages = [user, { ...calls, tool_calls: [call('a')] }, result('a', [words('x')])]
    expect((await sent(model, { tools, messages }))['messages']).toEqual(messages)
  })
})

test('where nothing is known of limits, all that is goes on as it came', async () => {
  const id = 'x'.repeat(90)
  const messages = [
    { ...user, name: 'Ann Lee' },
    { role: 'assistant', tool_calls: [call(id, 'mcp.look')] },
    result(id, [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }]),
  ]
  const offered = [tool({ type: 'object' })]
  expect(await sent('own', { tools: offered, messages })).toMatchObject({ tools: offered, messages })
})

describe('OpenAI’s Responses', () => {
  test('take ids of 64 characters, and names in their letters', async () => {
    const ids = ['x'.repeat(64), 'y'.repeat(65)]
    const messages = [
      user,
      { role: 'assistant', tool_calls: ids.map((id) => call(id, 'mcp.look')) },
      ...ids.map((id) => result(id)),
    ]
    const { input } = await sent('responses', { tools, messages })
    const [, first, second, one, two] = Array.isArray(input) ? input.map(asObject) : []
    expect(first).toMatchObject({ call_id: ids[0], name: 'mcp_look' })
    expect(String(second?.['call_id']).length).toBeLessThanOrEqual(64)
    expect([one?.['call_id'], two?.['call_id']]).toEqual([ids[0], second?.['call_id']])
  })

  test.each([
    [{ type: 'object' }, { type: 'object', properties: {} }],
    [{}, { type: 'object', properties: {} }],
    [undefined, { type: 'object', properties: {} }],
  ])('take the schema %j with its properties', async (parameters, becomes) => {
    expect(at(await sent('responses', { tools: [tool(parameters)] }), 'tools', 0, 'parameters')).toEqual(becomes)
  })
})

test('what a tool returned to Cohere besides text is said by the user, behind all results', async () => {
  const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }
  const messages = [
    user,
    { role: 'assistant', tool_calls: [call('a'), call('b')] },
    result('a', [{ type: 'text', text: 'Taken.' }, image]),
    result('b'),
  ]
  const asked = await sent('cohere', { tools, messages })
  expect(at(asked, 'messages', 2)).toMatchObject({ role: 'tool', content: 'Taken.' })
  expect(at(asked, 'messages', 3)).toMatchObject({ role: 'tool', content: 'seen' })
  expect(at(asked, 'messages', 4)).toMatchObject({ role: 'user', content: [{ type: 'image_url' }] })
})
