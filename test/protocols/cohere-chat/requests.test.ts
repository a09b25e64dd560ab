import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { type ProtocolGateway, startProtocolGateway } from '../protocol-gateway.ts'

let gateway: ProtocolGateway
beforeAll(async () => {
  const endpoint = { provider: 'prov-a', model: 'steady', pricing: { prompt: 1, completion: 2 } }
  gateway = await startProtocolGateway('cohere-chat', {
    m: 'steady',
    bare: { endpoints: [{ ...endpoint, supported_parameters: ['max_tokens'] }] },
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.upstream.clearJournal())

const user = { role: 'user', content: 'hello' }
const tool = (name: string, more: object = {}) => ({ type: 'function', function: { name, ...more } })
const empty = { type: 'object', properties: {} }

/** Returns the request that the simulator received and accepted. */
async function sent(body: object, model = 'm') {
  const response = await gateway.chat({ model: `test/${model}`, messages: [user], ...body })
  const reply = await response.json()
  expect(response.status, JSON.stringify(reply)).toBe(200)
  return gateway.sent().at(-1) ?? {}
}

test('parameters go by their names here, within their bounds; what the language lacks stays behind', async () => {
  const body = await sent({
    temperature: 0.5,
    top_p: 1,
    top_k: 3,
    min_p: 0.1,
    max_tokens: 50,
    seed: 7,
    stop: ['x'],
    frequency_penalty: 1.5,
    presence_penalty: -1,
    logit_bias: { 50: 1 },
    parallel_tool_calls: false,
    user: 'jane',
    service_tier: 'priority',
  })
  expect(body).toEqual({
    model: 'steady',
    messages: [{ role: 'user', content: 'hello' }],
    temperature: 0.5,
    p: 0.99,
    k: 3,
    max_tokens: 50,
    seed: 7,
    stop_sequences: ['x'],
    frequency_penalty: 1,
    presence_penalty: 0,
  })
  expect(gateway.upstream.journal().at(-1)).toMatchObject({ path: '/prov-a/v9/chat' })
})

test('an endpoint receives only what it supports', async () => {
  const body = await sent({ temperature: 1, reasoning: { effort: 'low' }, top_p: 0.5, max_tokens: 50 }, 'bare')
  expect(Object.keys(body).toSorted()).toEqual(['max_tokens', 'messages', 'model'])
})

test.each([
  [{ reasoning: { max_tokens: 300 } }, { type: 'enabled', token_budget: 300 }],
  [
    { reasoning: { effort: 'high' }, max_tokens: 1000 },
    { type: 'enabled', token_budget: 800 },
  ],
  [{ reasoning: { enabled: true } }, { type: 'enabled' }],
  [{ reasoning: { effort: 'none' } }, { type: 'disabled' }],
])('reasoning %j', async (asked, expected) => {
  expect((await sent(asked))['thinking']).toEqual(expected)
})

test('a tool that is demanded is the only one; names are made to fit', async () => {
  const tools = [tool('get-it', { strict: true, description: 'd' }), tool('7up', { parameters: empty })]
  const all = await sent({ tools, tool_choice: 'none' })
  expect(all).toMatchObject({ tool_choice: 'NONE' })
  expect(all['tools']).toEqual([
    { type: 'function', function: { name: 'get_it', description: 'd', parameters: empty } },
    { type: 'function', function: { name: '_up', parameters: empty } },
  ])
  expect(all).not.toHaveProperty('strict_tools')
  const one = await sent({ tools, tool_choice: { type: 'function', function: { name: 'get-it' } } })
  expect(one).toMatchObject({ tool_choice: 'REQUIRED', strict_tools: true, tools: [{ function: { name: 'get_it' } }] })
  expect(one['tools']).toHaveLength(1)
})

test('a schema for the answer', async () => {
  const schema = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] }
  const asked = await sent({ response_format: { type: 'json_schema', json_schema: { name: 'n', schema } } })
  expect(asked['response_format']).toEqual({ type: 'json_object', json_schema: schema })
  expect((await sent({ response_format: { type: 'json_object' } }))['response_format']).toEqual({ type: 'json_object' })
})

test('keywords of a schema that cannot be enforced become text; those that would change the structure are refused', async () => {
  const format = (schema: object) => ({ response_format: { type: 'json_schema', json_schema: { name: 'n', schema } } })
  const age = { type: 'integer', minimum: 0, description: 'in years' }
  const kind = { oneOf: [{ const: 'a' }, { type: 'string', format: 'email' }] }
  const asked = await sent(
    format({ type: 'object', properties: { age, kind }, required: ['age'], additionalProperties: false }),
  )
  expect(asked['response_format']).toEqual({
    type: 'json_object',
    json_schema: {
      type: 'object',
      properties: {
        age: { type: 'integer', description: 'in years\n\n{minimum: 0}' },
        kind: { anyOf: [{ const: 'a' }, { type: 'string', description: '{format: "email"}' }] },
      },
      required: ['age'],
    },
  })
  const schema = { type: 'object', properties: { age: { not: { type: 'string' } } } }
  const response = await gateway.chat({ model: 'test/m', ...format(schema) })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    error: { metadata: { issues: [{ path: 'response_format.json_schema.schema.properties.age.not' }] } },
  })
})

test('messages, images by address or data, and text files as documents', async () => {
  const url = 'data:image/png;base64,iVBORw0KGgo='
  const notes = `data:text/plain;base64,${Buffer.from('café').toString('base64')}`
  const body = await sent({
    messages: [
      { role: 'developer', content: 'be kind' },
      {
        role: 'user',
        name: 'Ada',
        content: [
          { type: 'text', text: 'look' },
          { type: 'image_url', image_url: { url, detail: 'low' } },
          { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
          { type: 'file', file: { filename: 'notes.txt', file_data: notes } },
        ],
      },
      { role: 'assistant', content: '', refusal: 'no' },
      user,
    ],
  })
  expect(body).toEqual({
    model: 'steady',
    messages: [
      { role: 'system', content: 'be kind' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Ada: look' },
          { type: 'image_url', image_url: { url, detail: 'low' } },
          { type: 'image_url', image_url: { url: 'https://example.com/a.png' } },
        ],
      },
      { role: 'assistant', content: [{ type: 'text', text: 'no' }] },
      { role: 'user', content: 'hello' },
    ],
    documents: [{ data: { title: 'notes.txt', text: 'café' } }],
  })
})

test.each([
  ['audio', { type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } }],
  ['file', { type: 'file', file: { file_data: 'data:application/pdf;base64,AAAA' } }],
])('what cannot be accepted is refused, with its place: %s', async (kind, part) => {
  const response = await gateway.chat({ model: 'test/m', messages: [{ role: 'user', content: [part] }] })
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({
    error: {
      metadata: {
        issues: [{ path: 'messages[0].content[0]', message: expect.stringMatching(`^Prov A takes no ${kind} here`) }],
      },
    },
  })
  expect(gateway.sent()).toEqual([])
})
