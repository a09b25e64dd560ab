import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ProtocolGateway, startProtocolGateway } from '../protocol-gateway.ts'

let gateway: ProtocolGateway
beforeAll(async () => {
  gateway = await startProtocolGateway('converse', {
    'claude-sonnet-4.5': 'steady',
    'claude-sonnet-4': { model: 'steady', reasoning: {} },
    'nova-pro': 'steady',
    'claude-3-haiku': 'tool-call',
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.upstream.clearJournal())

const schema = {
  type: 'object',
  properties: { city: { type: 'string', minLength: 3 }, days: { type: 'integer' } },
  required: ['city', 'days'],
}
const format = (inner: object = schema) => ({
  response_format: {
    type: 'json_schema',
    json_schema: { name: 'forecast', description: 'A forecast.', schema: inner },
  },
})
const sent = () => gateway.sent()[0] ?? {}

test('is enforced by models that do so', async () => {
  const { received } = await gateway.ask('claude-sonnet-4.5', format())
  expect(JSON.parse(received.content)).toEqual({ city: expect.any(String), days: 7 })
  expect(received).toMatchObject({ finish: 'stop', native: 'end_turn' })
  expect(sent()).not.toHaveProperty('toolConfig')
  const { textFormat } = Object(sent()['outputConfig'])
  expect(textFormat).toMatchObject({
    type: 'json_schema',
    structure: { jsonSchema: { name: 'forecast', description: 'A forecast.' } },
  })
  expect(JSON.parse(textFormat.structure.jsonSchema.schema)).toEqual({
    ...schema,
    properties: { city: { type: 'string', description: '{minLength: 3}' }, days: { type: 'integer' } },
    additionalProperties: false,
  })
})

test.each([
  ['claude-sonnet-4', schema],
  ['nova-pro', schema],
  ['claude-sonnet-4.5', { ...schema, patternProperties: { '^x': {} } }],
])('goes through a tool of %s whose call is the answer', async (model, inner) => {
  const { received } = await gateway.ask(model, { ...format(inner), reasoning: { effort: 'high' } })
  expect(JSON.parse(received.content)).toMatchObject({ city: expect.any(String), days: 7 })
  expect(received).toMatchObject({ finish: 'stop', native: 'tool_use', toolCalls: [] })
  expect(sent()).toMatchObject({
    toolConfig: {
      tools: [{ toolSpec: { name: 'json', description: 'A forecast.', inputSchema: { json: inner } } }],
      toolChoice: { tool: { name: 'json' } },
    },
  })
  // Claude does not think where a tool call is forced.
  expect(sent()).not.toHaveProperty('additionalModelRequestFields')
})

test('without a schema is an object', async () => {
  const { received } = await gateway.ask('claude-sonnet-4.5', { response_format: { type: 'json_object' } })
  expect(JSON.parse(received.content)).toEqual({})
})

test('still allows a call of the client’s own tool first, even one named json', async () => {
  const json = { type: 'function', function: { name: 'json', parameters: { type: 'object', properties: {} } } }
  const { received } = await gateway.ask('claude-3-haiku', { ...format(), tools: [json] })
  expect(sent()).toMatchObject({
    toolConfig: {
      tools: [{ toolSpec: { name: 'json' } }, { toolSpec: { name: 'json_answer' } }],
      toolChoice: { any: {} },
    },
  })
  expect(received).toMatchObject({ finish: 'tool_calls', toolCalls: [{ name: 'json' }], content: '' })
})
