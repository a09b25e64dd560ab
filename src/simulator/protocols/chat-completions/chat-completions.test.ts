import { afterAll, beforeAll, expect, test } from 'vitest'
import { at, dataFrames, post, streamedText } from '../../test-client.ts'
import { simulatedText } from '../../simulated-text.ts'
import { startSimulator, type Simulator } from '../../simulator.ts'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())

const user = { role: 'user', content: 'how are you' }
const body = (model: string, extra: object = {}) => ({ model, messages: [user], ...extra })
const url = (): string => `${simulator.url}/v1/chat/completions`
const json = async (model: string, extra: object = {}): Promise<unknown> =>
  JSON.parse((await post(url(), body(model, extra))).text)
const stream = async (model: string, extra: object = {}): Promise<string> =>
  (await post(url(), body(model, { stream: true, ...extra }))).text
const message = (reply: unknown, ...path: readonly (string | number)[]): unknown =>
  at(reply, 'choices', 0, 'message', ...path)
const deltas = (text: string, field: string): readonly unknown[] =>
  dataFrames(text)
    .map((frame) => at(frame, 'choices', 0, 'delta', field))
    .filter((value) => value !== undefined)
const finish = (text: string): unknown =>
  dataFrames(text)
    .map((frame) => at(frame, 'choices', 0, 'finish_reason'))
    .find((reason) => typeof reason === 'string')

const weather = {
  type: 'function',
  function: {
    name: 'forecast',
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 2 }, unit: { enum: ['C', 'F'] } },
      required: ['city', 'days'],
    },
  },
}

test('a JSON reply has the shape of OpenAI and the text that tests can compute', async () => {
  const askedAt = Math.floor(Date.now() / 1_000)
  const reply = await json('gpt-x')
  expect(reply).toMatchObject({
    id: expect.stringMatching(/^chatcmpl-/),
    object: 'chat.completion',
    model: 'gpt-x',
    system_fingerprint: 'fp_simulator',
    choices: [{ index: 0, message: { role: 'assistant', content: simulatedText(12) }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 3, completion_tokens: 12, total_tokens: 15 },
  })
  expect(at(reply, 'created')).toBeGreaterThanOrEqual(askedAt)
  expect(at(reply, 'created')).toBeLessThanOrEqual(Date.now() / 1_000)
})

test('a stream has the role, one chunk per word, the finish, usage when requested, and [DONE]', async () => {
  const frames = dataFrames(await stream('tokens-3', { stream_options: { include_usage: true } }))
  expect(frames).toHaveLength(1 + 3 + 1 + 1 + 1)
  expect(at(frames, 0, 'choices', 0, 'delta', 'role')).toBe('assistant')
  expect(frames.slice(1, 4).map((frame) => at(frame, 'choices', 0, 'delta', 'content'))).toEqual([
    'The',
    ' river',
    ' carries',
  ])
  expect(at(frames, 4, 'choices', 0, 'finish_reason')).toBe('stop')
  expect(frames[5]).toMatchObject({ choices: [], usage: { prompt_tokens: 3, completion_tokens: 3 } })
  expect(frames[6]).toBe('[DONE]')
  expect(new Set(frames.slice(0, 6).map((frame) => at(frame, 'id'))).size).toBe(1)
  expect(await stream('tokens-3')).not.toContain('usage')
})

test('the same request gets the same text, streamed or not, and no word occurs twice', async () => {
  const texts = [streamedText(await stream('tokens-200')), streamedText(await stream('tokens-200'))]
  texts.push(String(message(await json('tokens-200'), 'content')))
  expect(new Set(texts)).toEqual(new Set([simulatedText(200)]))
  expect(new Set(simulatedText(1000).split(' ')).size).toBe(1000)
})

test('stop and max tokens cut the text', async () => {
  const stopped = await json('tokens-20', { stop: ['boats', 'quiet'] })
  expect(message(stopped, 'content')).toBe('The river carries small ')
  expect(at(stopped, 'choices', 0, 'finish_reason')).toBe('stop')
  const limited = await json('tokens-20', { max_tokens: 9, max_completion_tokens: 4 })
  expect(message(limited, 'content')).toBe(simulatedText(4))
  expect(at(limited, 'choices', 0, 'finish_reason')).toBe('length')
  expect(at(limited, 'usage', 'completion_tokens')).toBe(4)
})

test('n gives different choices, streamed one chunk of each in turn', async () => {
  const reply = await json('steady', { n: 2 })
  const texts = [0, 1].map((index) => at(reply, 'choices', index, 'message', 'content'))
  expect(texts[0]).not.toBe(texts[1])
  expect(at(reply, 'usage', 'completion_tokens')).toBe(24)
  const text = await stream('steady', { n: 2 })
  expect([streamedText(text, 0), streamedText(text, 1)]).toEqual(texts)
  const order = dataFrames(text).map((frame) => at(frame, 'choices', 0, 'index'))
  expect(order.slice(2, 6)).toEqual([0, 1, 0, 1])
})

test.each(['The river carries', 'The river carries ', 'The river car', ''])(
  'a prefill %j is continued',
  async (prefill) => {
    const messages = [user, { role: 'assistant', content: prefill }]
    expect(prefill + String(message(await json('steady', { messages }), 'content'))).toBe(simulatedText(12))
  },
)

test('no-prefill refuses a trailing assistant message, diverge starts over with another text', async () => {
  const messages = [user, { role: 'assistant', content: [{ type: 'text', text: 'The river' }] }]
  expect(at(await json('no-prefill', { messages }), 'error', 'message')).toContain('prefill')
  expect(message(await json('no-prefill'), 'content')).toBe(simulatedText(12))
  const diverged = String(message(await json('diverge', { messages }), 'content'))
  expect(simulatedText(12)).not.toContain(diverged.split(' ').slice(0, 3).join(' '))
  expect(message(await json('diverge'), 'content')).toBe(simulatedText(12))
})

test('a response format gives JSON that satisfies the schema, in several chunks', async () => {
  const schema = {
    type: 'object',
    properties: {
      name: { type: 'string', minLength: 20 },
      tags: { type: 'array', items: { enum: ['a', 'b'] }, minItems: 2 },
      score: { type: 'number', minimum: 0.5, maximum: 10 },
      done: { type: 'boolean' },
      child: { $ref: '#/$defs/child' },
    },
    required: ['name', 'tags'],
    $defs: {
      child: { anyOf: [{ type: 'object', properties: { age: { type: ['integer', 'null'] } } }, { type: 'null' }] },
    },
  }
  const response_format = { type: 'json_schema', json_schema: { name: 'x', schema } }
  const text = await stream('steady', { response_format })
  const value = JSON.parse(streamedText(text))
  expect(value).toMatchObject({ tags: ['a', 'a'], score: 1, done: true, child: { age: 7 } })
  expect(value.name.length).toBeGreaterThanOrEqual(20)
  expect(deltas(text, 'content').length).toBeGreaterThan(4)
  const plain = message(await json('steady', { response_format: { type: 'json_object' } }), 'content')
  expect(JSON.parse(String(plain))).toMatchObject({ answer: expect.any(String) })
})

test('tool-call calls the first tool with valid arguments, in three fragments or more', async () => {
  const text = await stream('tool-call', { tools: [weather] })
  const parts = deltas(text, 'tool_calls').flat()
  expect(parts[0]).toMatchObject({ index: 0, id: expect.stringMatching(/^call_/), function: { name: 'forecast' } })
  const fragments = parts.slice(1).map((part) => at(part, 'function', 'arguments'))
  expect(fragments.length).toBeGreaterThanOrEqual(3)
  expect(JSON.parse(fragments.join(''))).toEqual({ city: 'The river', days: 2, unit: 'C' })
  expect(finish(text)).toBe('tool_calls')
  const whole = await json('tool-call')
  expect(message(whole, 'content')).toBe(null)
  expect(message(whole, 'tool_calls', 0, 'function', 'name')).toBe('get_weather')
  expect(at(whole, 'choices', 0, 'finish_reason')).toBe('tool_calls')
})

test('parallel calls are interleaved by index', async () => {
  const text = await stream('parallel-tool-calls', { tools: [weather] })
  const parts = deltas(text, 'tool_calls').flat()
  expect(parts.map((part) => at(part, 'index')).slice(0, 4)).toEqual([0, 1, 0, 1])
  for (const index of [0, 1]) {
    const own = parts.filter((part) => at(part, 'index') === index)
    expect(JSON.parse(own.map((part) => at(part, 'function', 'arguments')).join(''))).toHaveProperty('city')
  }
})

test('tool_choice forces, names or forbids a call; after a tool result the answer is text', async () => {
  const tools = [weather, { type: 'function', function: { name: 'second' } }]
  const called = async (model: string, extra: object) =>
    message(await json(model, { tools, ...extra }), 'tool_calls', 0, 'function', 'name')
  expect(await called('steady', {})).toBe(undefined)
  expect(await called('steady', { tool_choice: 'required' })).toBe('forecast')
  expect(await called('steady', { tool_choice: { type: 'function', function: { name: 'second' } } })).toBe('second')
  expect(await called('tool-call', { tool_choice: 'none' })).toBe(undefined)
  const messages = [user, { role: 'tool', tool_call_id: 'call_1', content: 'rain' }]
  expect(message(await json('tool-call', { tools, messages }), 'content')).toBe(simulatedText(12))
})

test('reasoning comes before the text, in the requested field', async () => {
  const text = await stream('reasoning')
  expect(deltas(text, 'reasoning_content').join('')).toMatch(/\w+ \w+/)
  expect(text.lastIndexOf('reasoning_content')).toBeLessThan(text.indexOf('"content":"The'))
  const reply = await json('reasoning-field')
  expect(message(reply, 'reasoning_details', 0, 'text')).toBe(message(reply, 'reasoning'))
  expect(message(reply, 'reasoning')).toBe(deltas(await stream('reasoning-field'), 'reasoning').join(''))
  expect(message(reply)).not.toHaveProperty('reasoning_content')
  expect(at(reply, 'usage', 'completion_tokens_details', 'reasoning_tokens')).toBeGreaterThan(3)
})

test('logprobs come when requested, with as many alternatives as requested', async () => {
  const asked = { logprobs: true, top_logprobs: 3 }
  const items = at(await json('tokens-4', asked), 'choices', 0, 'logprobs', 'content')
  expect(items).toHaveLength(4)
  expect(items).toMatchObject([
    { token: 'The', bytes: [84, 104, 101] },
    { token: ' river' },
    { token: ' carries' },
    { token: ' small' },
  ])
  const alternatives = at(items, 0, 'top_logprobs')
  expect(alternatives).toHaveLength(3)
  expect(at(alternatives, 0, 'logprob')).toBe(at(items, 0, 'logprob'))
  expect(at(alternatives, 1, 'logprob')).toBeLessThan(Number(at(items, 0, 'logprob')))
  const streamed = dataFrames(await stream('tokens-4', asked)).flatMap(
    (frame) => at(frame, 'choices', 0, 'logprobs', 'content') ?? [],
  )
  expect(streamed).toEqual(items)
  expect(at(await json('tokens-4'), 'choices', 0, 'logprobs')).toBe(null)
})

test('refusal, image, audio and citations, streamed or not', async () => {
  const refused = await json('refusal')
  expect(message(refused, 'content')).toBe(null)
  expect(message(refused, 'refusal')).toBe(
    deltas(await stream('refusal'), 'refusal')
      .filter(Boolean)
      .join(''),
  )

  const image = message(await json('image'), 'images', 0)
  expect(image).toMatchObject({
    type: 'image_url',
    image_url: { url: expect.stringMatching(/^data:image\/png;base64,/) },
  })
  expect(deltas(await stream('image'), 'images')).toEqual([[image]])

  const transcript = message(await json('audio'), 'audio', 'transcript')
  expect(transcript).toBe(simulatedText(12))
  const spoken = deltas(await stream('audio'), 'audio')
  expect(spoken.map((part) => at(part, 'transcript')).join('')).toBe(transcript)

  const citations = message(await json('citations'), 'annotations')
  expect(citations).toMatchObject([{ type: 'url_citation', url_citation: { url: expect.any(String) } }, {}])
  expect(deltas(await stream('citations'), 'annotations').flat()).toEqual(citations)
})
