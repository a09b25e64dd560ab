import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../simulator.ts'
import { at, dataFrames, post } from '../../test-client.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())

const user = { type: 'message', role: 'user', content: 'how are you' }
const body = (more: object = {}) => ({ model: 'tokens-3', input: [user], store: false, ...more })
const send = (more: object = {}) => post(`${simulator.url}/v1/responses`, body(more))
const call = { type: 'function_call', call_id: 'c1', name: 'f', arguments: '{}' }
const output = { type: 'function_call_output', call_id: 'c1', output: 'done' }
const open = { type: 'object', properties: { a: {} } }
const withPart = (part: object, role = 'user') => ({ input: [{ type: 'message', role, content: [part] }] })

test.each([
  ['Unknown parameter: ', { seed: 1 }],
  ['Unknown parameter: ', { messages: [] }],
  ['stores nothing', { store: true }],
  ["Missing required parameter: 'model'", { model: null }],
  ["Missing required parameter: 'input'", { input: [] }],
  ["in 'include'", { include: ['everything'] }],
  ['minimum value', { max_output_tokens: 15 }],
  ["'tools[0].name'", { tools: [{ type: 'function', function: { name: 'f' } }] }],
  ['does not match pattern', { tools: [{ type: 'function', name: 'a b', strict: false }] }],
  ["'additionalProperties' is required", { tools: [{ type: 'function', name: 'f', parameters: open }] }],
  ["Unknown parameter: 'tools[0].allowed_domains'", { tools: [{ type: 'web_search', allowed_domains: ['a'] }] }],
  ["'tools[0].filters'", { tools: [{ type: 'web_search', filters: { blocked_domains: ['a'] } }] }],
  ['user_location', { tools: [{ type: 'web_search', user_location: { city: 'a' } }] }],
  ['not found in', { tool_choice: { type: 'function', name: 'f' } }],
  ['No tool output found', { input: [user, call] }],
  ['No tool call found', { input: [user, output] }],
  ["Invalid value: 'text'", withPart({ type: 'text', text: 'hi' })],
  ["Invalid value: 'input_text'", withPart({ type: 'input_text', text: 'hi' }, 'assistant')],
  ['valid URL', withPart({ type: 'input_image', image_url: 'pixel.png', detail: 'auto' })],
  ['.filename', withPart({ type: 'input_file', file_data: 'data:application/pdf;base64,AAAA' })],
  ['needs one of', withPart({ type: 'input_file' })],
  [
    'not found. Items are not persisted',
    { input: [user, { type: 'reasoning', id: 'rs_1', summary: [] }, call, output] },
  ],
  [
    'could not be verified',
    { input: [user, { type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'x' }, call, output] },
  ],
  ["'text.format.schema'", { text: { format: { type: 'json_schema', name: 'n' } } }],
])('refuses with %j', async (words, more) => {
  const { status, text } = await send(more)
  expect(status).toBe(400)
  expect(at(JSON.parse(text), 'error', 'message')).toContain(words)
})

test('reasoning is accepted unchanged, and before the items that followed it', async () => {
  const reply = JSON.parse((await send({ model: 'reasoning', include: ['reasoning.encrypted_content'] })).text)
  const [thought, message] = reply.output
  expect((await send({ input: [user, thought, message, user] })).status).toBe(200)
  expect((await send({ input: [user, { ...thought, summary: [] }, message, user] })).status).toBe(400)
  const { text } = await send({ input: [user, thought, user] })
  expect(at(JSON.parse(text), 'error', 'message')).toContain('without its required following item')
})

test('a stream has named and numbered events, and the last one holds the complete response', async () => {
  const { text } = await send({ model: 'tokens-2+reasoning', stream: true })
  const events = dataFrames(text.replaceAll(/^event: .*\n/gm, ''))
  expect(events.map((event) => at(event, 'sequence_number'))).toEqual([...events.keys()])
  expect([...text.matchAll(/^event: (.*)$/gm)].map(([, name]) => name)).toEqual(
    events.map((event) => at(event, 'type')),
  )
  expect(events.at(-1)).toMatchObject({
    type: 'response.completed',
    response: {
      status: 'completed',
      output: [{ type: 'reasoning' }, { type: 'message', content: [{ text: 'The river' }] }],
      usage: { output_tokens: 9, output_tokens_details: { reasoning_tokens: 7 } },
    },
  })
})
