import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { simulatedText } from '../../../src/simulator/simulated-text.ts'
import { readStream } from '../../sse.ts'
import { contentOfStream } from '../../choice-content.ts'
import { type ProtocolGateway, startProtocolGateway } from '../protocol-gateway.ts'

/** The simulator, like the vendor, accepts only reasoning that it sent. */
let gateway: ProtocolGateway
beforeAll(async () => {
  gateway = await startProtocolGateway('responses', { m: 'tokens-5+reasoning+tool-call' })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.upstream.clearJournal())

const user = { role: 'user', content: 'the weather?' }
const tools = [{ type: 'function', function: { name: 'get_weather', parameters: { type: 'object' } } }]
const ask = (messages: readonly object[], more: object = {}) =>
  gateway.chat({ model: 'test/m', messages, tools, ...more })
const items = (type: string) =>
  Object(gateway.sent().at(-1))['input'].filter((item: object) => Object(item).type === type)

test('a turn of reasoning and calls goes back complete, and the answer follows', async () => {
  const first = Object(await (await ask([user])).json()).choices[0].message
  const { id } = first.tool_calls[0]
  const response = await ask([user, first, { role: 'tool', tool_call_id: id, content: 'sunny' }])
  expect(await response.json()).toMatchObject({ choices: [{ message: { content: simulatedText(5) } }] })
  const { input } = Object(gateway.sent().at(-1))
  expect(input.map(({ type }: { type: string }) => type)).toEqual([
    'message',
    'reasoning',
    'function_call',
    'function_call_output',
  ])
  expect(input[1]).toMatchObject({ summary: [{ type: 'summary_text', text: first.reasoning }] })
})

test.each(['as they came', 'put together'])('the pieces of a streamed turn do as well, %s', async (how) => {
  const { chunks } = await readStream(await ask([user], { stream: true }))
  const received = contentOfStream(chunks)
  const pieces = chunks.flatMap(({ choices }) => choices).flatMap(({ delta }) => delta?.['reasoning_details'] ?? [])
  expect(pieces.length).toBeGreaterThan(received.reasoningDetails.length)
  const turn = {
    role: 'assistant',
    content: null,
    reasoning_details: how === 'as they came' ? pieces : received.reasoningDetails,
    tool_calls: received.toolCalls.map(({ id, ...called }) => ({ id, type: 'function', function: called })),
  }
  const result = { role: 'tool', tool_call_id: received.toolCalls[0]?.id, content: 'sunny' }
  expect((await ask([user, turn, result])).status).toBe(200)
})

test('reasoning of other vendors, and reasoning without its content, is left out', async () => {
  const format = 'openai-responses-v1'
  const reasoning_details = [
    { type: 'reasoning.text', text: 'I', signature: 's', format: 'anthropic-claude-v1' },
    { type: 'reasoning.encrypted', data: 'x', format: 'azure-openai-responses-v1', id: 'rs_1' },
    { type: 'reasoning.summary', summary: 'Hm', format, id: 'rs_2' },
    { type: 'reasoning.text', text: 'and so' },
  ]
  const turn = { role: 'assistant', content: 'so', reasoning: 'plain', reasoning_details }
  expect((await ask([user, turn, user])).status).toBe(200)
  expect(items('reasoning')).toEqual([])
  expect(items('message')).toHaveLength(3)
})

test('each item keeps its parts and its place', async () => {
  const format = 'openai-responses-v1'
  const reasoning_details = [
    { type: 'reasoning.summary', summary: 'one', format, id: 'rs_1', index: 0 },
    { type: 'reasoning.summary', summary: ' half', format, id: 'rs_1', index: 0 },
    { type: 'reasoning.summary', summary: 'two', format, id: 'rs_1', index: 1 },
    { type: 'reasoning.encrypted', data: 'a', format, id: 'rs_1', index: 2 },
    { type: 'reasoning.text', text: 'open', format, id: 'rs_2', index: 3 },
    { type: 'reasoning.encrypted', data: 'b', format, id: 'rs_2', index: 4 },
    { type: 'reasoning.encrypted', data: 'c', format },
    { type: 'reasoning.encrypted', data: 'd', format },
  ]
  // The simulator never sent this reasoning, so it refuses it. The journal has recorded the request before.
  const response = await ask([user, { role: 'assistant', content: 'so', reasoning_details }, user])
  expect(response.status).toBe(400)
  const part = (text: string) => ({ type: 'summary_text', text })
  expect(items('reasoning')).toEqual([
    { type: 'reasoning', id: 'rs_1', summary: [part('one half'), part('two')], encrypted_content: 'a' },
    {
      type: 'reasoning',
      id: 'rs_2',
      summary: [],
      content: [{ type: 'reasoning_text', text: 'open' }],
      encrypted_content: 'b',
    },
    { type: 'reasoning', summary: [], encrypted_content: 'c' },
    { type: 'reasoning', summary: [], encrypted_content: 'd' },
  ])
})
