import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { accepted, asText, at, readJson, refused, sent } from './exchange.ts'

const reasons = [
  'end_turn',
  'stop_sequence',
  'pause_turn',
  'STOP',
  'MAX_TOKENS',
  'SAFETY',
  'RECITATION',
  'refusal',
  'STRANGE',
]

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    models: {
      'acme/calls': behaving('tool-call'),
      ...Object.fromEntries(reasons.map((reason) => [`acme/${reason.toLowerCase()}`, behaving(`finish-${reason}`)])),
    },
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

describe('contract row 11: response_format', () => {
  const schema = {
    type: 'object',
    properties: { city: { type: 'string' } },
    required: ['city'],
    additionalProperties: false,
  }

  test.each([
    { type: 'text' },
    { type: 'json_object' },
    { type: 'json_schema', json_schema: { name: 'place', description: 'A place.', schema, strict: true } },
    { type: 'json_schema', json_schema: { name: 'n'.repeat(64), schema, strict: null } },
    { type: 'json_schema', json_schema: { name: 'a-Z_0' } },
    { type: 'grammar', grammar: 'root ::= "yes" | "no"' },
    { type: 'python' },
  ])('%o', async (format) => {
    await accepted(gateway, { response_format: format })
    expect(sent(gateway)['response_format']).toMatchObject(format)
  })

  test('json_schema is answered in its structure', async () => {
    const { body } = await readJson(
      gateway.chat({ response_format: { type: 'json_schema', json_schema: { name: 'place', schema } } }),
    )
    expect(JSON.parse(asText(at(body, 'choices', 0, 'message', 'content')))).toEqual({ city: expect.any(String) })
  })

  test.each([
    { type: 'json_schema', json_schema: { schema } },
    { type: 'json_schema' },
    { type: 'json_schema', json_schema: { name: 'n'.repeat(65) } },
    { type: 'json_schema', json_schema: { name: 'with space' } },
    { type: 'grammar' },
    { type: 'grammar', grammar: 7 },
    { type: 'xml' },
    {},
    'json_object',
  ])('%o is refused', async (format) => {
    const error = await refused(gateway, { response_format: format })
    expect(error['message']).toContain('response_format')
  })
})

describe('contract row 12: tools', () => {
  const tool = {
    type: 'function',
    function: {
      name: 'get_weather',
      description: 'Weather of a place.',
      parameters: { type: 'object', properties: { location: { type: 'string' } }, required: ['location'] },
      strict: true,
    },
  }

  test.each(['auto', 'none', 'required', { type: 'function', function: { name: 'get_weather' } }])(
    'tool_choice %o',
    async (choice) => {
      const { status, body } = await readJson(gateway.chat({ tools: [tool], tool_choice: choice }))
      expect(status).toBe(200)
      expect(sent(gateway)).toMatchObject({ tools: [tool], tool_choice: choice })
      const calls = at(body, 'choices', 0, 'message', 'tool_calls')
      if (choice === 'auto' || choice === 'none') expect(calls).toBeUndefined()
      else {
        expect(calls).toMatchObject([{ id: expect.any(String), type: 'function', function: { name: 'get_weather' } }])
        expect(at(body, 'choices', 0, 'finish_reason')).toBe('tool_calls')
      }
    },
  )

  test('a reply with calls', async () => {
    const { body } = await readJson(gateway.chat({ model: 'acme/calls', tools: [tool] }))
    expect(at(body, 'choices', 0)).toMatchObject({
      finish_reason: 'tool_calls',
      message: {
        role: 'assistant',
        content: null,
        tool_calls: [{ type: 'function', function: { name: 'get_weather' } }],
      },
    })
    const called = at(body, 'choices', 0, 'message', 'tool_calls', 0)
    expect(asText(at(called, 'id'))).not.toBe('')
    expect(JSON.parse(asText(at(called, 'function', 'arguments')))).toEqual({ location: expect.any(String) })
  })

  test.each([
    ['tool_choice', { tools: [tool], tool_choice: 'maybe' }],
    ['tool_choice', { tools: [tool], tool_choice: { type: 'function' } }],
    ['tool_choice', { tools: [tool], tool_choice: { type: 'function', function: {} } }],
    ['tools', { tools: [{ type: 'function', function: {} }] }],
    ['tools', { tools: [{ type: 'function' }] }],
    ['tools', { tools: [{ type: 'function', function: { name: 'n'.repeat(65) } }] }],
    ['tools', { tools: [{ type: 'function', function: { name: 'with space' } }] }],
    ['tools', { tools: [{ type: 'openrouter:teleport' }] }],
    ['tools', { tools: [{ type: 'openrouter:bash' }] }],
    ['tools', { tools: {} }],
  ])('a wrong %s is refused: %o', async (name, body) => {
    const error = await refused(gateway, body)
    expect(error['message']).toContain(name)
  })

  test('a name of 64 characters is accepted', async () => {
    await accepted(gateway, { tools: [{ type: 'function', function: { name: 'n'.repeat(64) } }] })
  })
})

test('contract row 13: logprobs', async () => {
  const { body } = await readJson(gateway.chat({ logprobs: true, top_logprobs: 2 }))
  expect(sent(gateway)).toMatchObject({ logprobs: true, top_logprobs: 2 })
  const logprobs = at(body, 'choices', 0, 'logprobs')
  expect(logprobs).toEqual({ content: expect.any(Array), refusal: null })
  const token = { token: expect.any(String), logprob: expect.any(Number), bytes: expect.any(Array) }
  expect(at(logprobs, 'content')).toEqual(
    Array.from({ length: 12 }, () => ({ ...token, top_logprobs: [token, token] })),
  )
})

describe('contract row 14: finish reasons', () => {
  test.each([
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['pause_turn', 'stop'],
    ['STOP', 'stop'],
    ['MAX_TOKENS', 'length'],
    ['SAFETY', 'content_filter'],
    ['RECITATION', 'content_filter'],
    ['refusal', 'content_filter'],
    ['STRANGE', 'stop'],
  ])('%s is %s', async (native, finish) => {
    const { body } = await readJson(gateway.chat({ model: `acme/${native.toLowerCase()}` }))
    expect(at(body, 'choices', 0)).toMatchObject({ finish_reason: finish, native_finish_reason: native })
  })
})
