import { afterAll, beforeAll, expect, test } from 'vitest'
import { startSimulator, type Simulator } from '../../simulator.ts'
import { at, dataFrames, post } from '../../test-client.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())

const user = { role: 'user', content: 'how are you' }
const send = (more: object = {}) => post(`${simulator.url}/v2/chat`, { model: 'tokens-3', messages: [user], ...more })
const call = {
  role: 'assistant',
  tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{}' } }],
}
const tool = (name: string, more: object = { parameters: {} }) => ({ type: 'function', function: { name, ...more } })

test.each([
  ['unknown field', { top_p: 1 }],
  ['model is required', { model: '' }],
  ['p must be between', { p: 1 }],
  ['k must be between', { k: 501 }],
  ['frequency_penalty must be between', { frequency_penalty: -0.5 }],
  ['stop sequences', { stop_sequences: ['a', 'b', 'c', 'd', 'e', 'f'] }],
  ['thinking.type', { thinking: { type: 'on' } }],
  ['response_format.type', { response_format: { type: 'json_schema' } }],
  ['tool_choice must be', { tool_choice: 'required' }],
  ['tool_choice needs tools', { tool_choice: 'REQUIRED' }],
  ['invalid tool name', { tools: [tool('get-it')] }],
  ['parameters are required', { tools: [tool('f', {})] }],
  ['must not be empty', { messages: [] }],
  ['unknown role', { messages: [{ role: 'developer', content: 'hi' }] }],
  ['takes no', { messages: [{ role: 'user', content: [{ type: 'file' }] }] }],
  ['invalid image', { messages: [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'a.png' } }] }] }],
  ['no tool call has the id', { messages: [user, { role: 'tool', tool_call_id: 'c1', content: 'x' }] }],
  ['has no result', { messages: [user, call] }],
  ['content of a user message is required', { messages: [{ role: 'user' }] }],
])('refuses with %j', async (words, more) => {
  const { status, text } = await send(more)
  expect(status).toBe(400)
  expect(at(JSON.parse(text), 'message')).toContain(words)
})

test('a stream ends with the finish and both counts of tokens', async () => {
  const { text } = await send({ stream: true })
  const events = dataFrames(text.replaceAll(/^event: .*\n/gm, ''))
  expect(events.map((event) => at(event, 'type'))).toEqual([
    'message-start',
    'content-start',
    'content-delta',
    'content-delta',
    'content-delta',
    'content-end',
    'message-end',
  ])
  expect(at(events.at(-1), 'delta')).toEqual({
    finish_reason: 'COMPLETE',
    usage: {
      billed_units: { input_tokens: 3, output_tokens: 3 },
      tokens: { input_tokens: 498, output_tokens: 6 },
      cached_tokens: 0,
    },
  })
})

test('a failure in the middle of a stream ends the message', async () => {
  const { text } = await send({ model: 'error-after-1', stream: true })
  expect(dataFrames(text.replaceAll(/^event: .*\n/gm, '')).at(-1)).toEqual({
    type: 'message-end',
    delta: { finish_reason: 'ERROR', error: 'The provider failed while it was answering.' },
  })
})
