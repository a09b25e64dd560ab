import Anthropic, { AuthenticationError, InternalServerError, RateLimitError } from '@anthropic-ai/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.ts'
import { simulatedText } from '../../../src/simulator/simulated-text.ts'

/** Anthropic's own SDK can use the simulator's Messages. */
let simulator: Simulator
let anthropic: Anthropic
beforeAll(async () => {
  simulator = await startSimulator()
  anthropic = new Anthropic({ apiKey: 'any', baseURL: simulator.url, maxRetries: 0 })
})
afterAll(() => simulator.close())

const ask = (model: string, more: Partial<Anthropic.MessageCreateParamsNonStreaming> = {}) => ({
  model,
  max_tokens: 2000,
  messages: [{ role: 'user' as const, content: 'What is the weather?' }],
  ...more,
})
const weather: Anthropic.Tool = {
  name: 'weather',
  input_schema: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
}

/** A streamed message equals the JSON message, except for the ids of calls. */
async function message(model: string, more: Partial<Anthropic.MessageCreateParamsNonStreaming> = {}) {
  const whole = await anthropic.messages.create(ask(model, more))
  const streamed = await anthropic.messages.stream(ask(model, more)).finalMessage()
  const plain = ({ content }: Anthropic.Message) => content.map((block) => ({ ...block, id: '', citations: null }))
  expect(plain(streamed)).toEqual(plain(whole))
  expect(streamed).toMatchObject({ stop_reason: whole.stop_reason, usage: whole.usage })
  return whole
}

test('text', async () => {
  const { content, stop_reason, usage } = await message('tokens-6')
  expect(content).toMatchObject([{ type: 'text', text: simulatedText(6) }])
  expect(stop_reason).toBe('end_turn')
  expect(usage).toMatchObject({ input_tokens: 4, output_tokens: 6 })
})

test('reasoning and calls', async () => {
  const { content, stop_reason } = await message('reasoning+parallel-tool-calls', { tools: [weather] })
  expect(content.map(({ type }) => type)).toEqual(['thinking', 'tool_use', 'tool_use'])
  expect(content[1]).toMatchObject({ name: 'weather', input: { city: 'The river' } })
  expect(stop_reason).toBe('tool_use')
})

test('sources and refusals', async () => {
  const { content } = await message('citations')
  expect(content).toMatchObject([{ citations: [{ url: 'https://example.com/rivers' }, { url: expect.any(String) }] }])
  expect(await message('refusal')).toMatchObject({
    content: [],
    stop_reason: 'refusal',
    stop_details: { explanation: "I'm sorry, but I can't help with that." },
  })
})

test.each([
  ['status-429', RateLimitError, 'rate_limit_error'],
  ['status-401', AuthenticationError, 'authentication_error'],
  ['status-529', InternalServerError, 'overloaded_error'],
])('%s', async (model, kind, type) => {
  const failure: unknown = await anthropic.messages.create(ask(model)).catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(kind)
  expect(failure).toMatchObject({ error: { error: { type } } })
})

test.each(['cut-after-2', 'eof-after-2', 'error-after-2', 'no-done'])('%s is no message', async (model) => {
  await expect(anthropic.messages.stream(ask(model)).finalMessage()).rejects.toThrow(Error)
})
