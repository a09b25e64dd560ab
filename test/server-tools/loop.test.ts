import { afterEach, expect, test } from 'vitest'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { readSse } from '../sse.ts'

let gateway: TestGateway
afterEach(() => gateway.close())

const datetime = { type: 'openrouter:datetime' }
const weather = { type: 'function', function: { name: 'weather', parameters: { type: 'object', properties: {} } } }

test('the gateway runs the tool, asks the model again, and hands back text', async () => {
  gateway = await startGateway({ models: { 'acme/m1': behaving('first-1-tool-call') } })
  const reply = await (await gateway.chat({ tools: [datetime] })).json()
  expect(reply.choices[0].finish_reason).toBe('stop')
  expect(reply.choices[0].message.tool_calls).toBeUndefined()
  expect(reply.choices[0].message.content).not.toBe('')
  expect(reply.choices[0].message.reasoning_details).toMatchObject([
    {
      type: 'reasoning.server_tool_call',
      tool_name: 'openrouter:datetime',
      result: expect.stringContaining('datetime'),
    },
  ])
  expect(reply.usage.server_tool_use_details).toMatchObject({ tool_calls_requested: 1, tool_calls_executed: 1 })
})

test('a model that calls tools for ever ends in text after the most calls', async () => {
  gateway = await startGateway({ models: { 'acme/m1': behaving('tool-call') } })
  const reply = await (await gateway.chat({ tools: [datetime], max_tool_calls: 3 })).json()
  expect(reply.usage.server_tool_use_details.tool_calls_executed).toBe(3)
  expect(reply.choices[0].finish_reason).toBe('stop')
})

test('calls of the client’s own functions are handed back beside tools that were run', async () => {
  gateway = await startGateway({ models: { 'acme/m1': behaving('parallel-tool-calls') } })
  const response = await gateway.chat({ tools: [datetime, weather], stream: true })
  const chunks = await readSse(response)
  console.log(JSON.stringify(chunks, null, 1).slice(0, 4000))
})
