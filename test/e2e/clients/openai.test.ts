import OpenAI, {
  APIError,
  AuthenticationError,
  BadRequestError,
  InternalServerError,
  NotFoundError,
  RateLimitError,
  UnprocessableEntityError,
} from 'openai'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { TestGateway } from '../../gateway.ts'
import { everyReply, type Outcome, slowly, startEveryReply, startLate } from './every-reply.ts'
import {
  citation,
  cost,
  expectLeft,
  pixelUrl,
  reasoning,
  received,
  refusal,
  river,
  riverSchema,
  text,
  weather,
  weatherArguments,
  weatherReport,
} from './expectations.ts'
import { useVirtualTime } from '../../virtual-time.ts'

useVirtualTime()

/** The client as the README shows it. */
const connect = (url: string, apiKey: string) =>
  new OpenAI({
    baseURL: `${url}/api/v1`,
    apiKey,
  })

const messages: OpenAI.ChatCompletionMessageParam[] = [{ role: 'user', content: 'hi' }]
const tools: OpenAI.ChatCompletionTool[] = [{ type: 'function', function: weather }]
const once = { maxRetries: 0 }

let gateway: TestGateway
let client: OpenAI
beforeAll(async () => {
  gateway = await startEveryReply()
  client = connect(gateway.url, gateway.key)
})
afterAll(() => gateway.close())

const ask = (model: string, more: Partial<OpenAI.ChatCompletionCreateParamsNonStreaming> = {}) =>
  client.chat.completions.create({ model, messages, ...more }, once)

/** Returns the chunks of a complete stream. */
async function listen(model: string, more: Partial<OpenAI.ChatCompletionCreateParamsStreaming> = {}, from = client) {
  const chunks: OpenAI.ChatCompletionChunk[] = []
  for await (const chunk of await from.chat.completions.create({ model, messages, ...more, stream: true }, once)) {
    chunks.push(chunk)
  }
  return chunks
}

const deltas = (chunks: readonly OpenAI.ChatCompletionChunk[]) =>
  chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta))

const spoken = (chunks: readonly OpenAI.ChatCompletionChunk[]): string =>
  deltas(chunks)
    .map(({ content }) => content ?? '')
    .join('')

const toolCalls = (message: OpenAI.ChatCompletionMessage | undefined) =>
  (message?.tool_calls ?? []).filter((call) => call.type === 'function')

test('contract row 69: chat', async () => {
  const reply = await ask('acme/m1')
  expect(reply).toMatchObject({ object: 'chat.completion', model: 'acme/m1', choices: [{ finish_reason: 'stop' }] })
  expect(reply.id).toMatch(/^gen-/)
  expect(reply.choices[0]?.message).toMatchObject({ role: 'assistant', content: text, refusal: null })
})

test('contract row 69, row 28: stream', async () => {
  const chunks = await listen('acme/m1')
  expect(spoken(chunks)).toBe(text)
  expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
  expect(chunks.flatMap(({ choices }) => choices.map((choice) => choice.finish_reason ?? [])).flat()).toEqual(['stop'])
  expect(chunks.filter(({ usage }) => usage)).toEqual([chunks.at(-1)])
  expect(chunks.at(-1)?.choices).toEqual([])
})

test('contract row 12: a tool is called, its result is sent back, and the answer comes', async () => {
  const reply = await ask('sim/tool-call', { tools })
  const [choice] = reply.choices
  const calls = toolCalls(choice?.message)
  expect(choice?.finish_reason).toBe('tool_calls')
  expect(calls.map((call) => [call.function.name, JSON.parse(call.function.arguments)])).toEqual([
    [weather.name, weatherArguments],
  ])
  const [call] = calls
  if (choice === undefined || call === undefined) throw new Error('no call')
  const result = { role: 'tool', tool_call_id: call.id, content: weatherReport } as const
  const answer = await ask('sim/tool-call', { tools, messages: [...messages, choice.message, result] })
  expect(answer.choices[0]).toMatchObject({ finish_reason: 'stop', message: { content: text } })
  expect(received(gateway, 'tool-call')).toMatchObject({
    messages: [{ role: 'user' }, { role: 'assistant', tool_calls: [{ id: call.id, function: call.function }] }, result],
  })
})

test('contract row 30: parallel tool calls stream in fragments', async () => {
  const chunks = await listen('sim/parallel-tool-calls', { tools })
  const fragments = deltas(chunks).flatMap(({ tool_calls = [] }) => tool_calls)
  for (const index of [0, 1]) {
    const [first, ...rest] = fragments.filter((fragment) => fragment.index === index)
    expect(first).toMatchObject({
      id: expect.any(String),
      type: 'function',
      function: { name: weather.name, arguments: '' },
    })
    expect(rest.length).toBeGreaterThanOrEqual(3)
    expect(JSON.parse(rest.map((fragment) => fragment.function?.arguments).join(''))).toEqual(weatherArguments)
  }
  expect(new Set(fragments.flatMap(({ id }) => id ?? [])).size).toBe(2)
})

test('contract row 12: its own accumulator puts the streamed calls together', async () => {
  const stream = client.chat.completions.stream({ model: 'sim/parallel-tool-calls', messages, tools })
  const { choices } = await stream.finalChatCompletion()
  expect(toolCalls(choices[0]?.message).map((call) => JSON.parse(call.function.arguments))).toEqual([
    weatherArguments,
    weatherArguments,
  ])
})

test('contract row 11: structured output', async () => {
  const response_format = {
    type: 'json_schema',
    json_schema: { name: 'river', strict: true, schema: riverSchema },
  } as const
  const reply = await ask('acme/m1', { response_format })
  expect(JSON.parse(reply.choices[0]?.message.content ?? '')).toEqual(river)
  expect(JSON.parse(spoken(await listen('acme/m1', { response_format })))).toEqual(river)
})

describe.each(['reasoning', 'reasoning-field'])('an upstream that thinks in its %s', (behaviour) => {
  test('reasoning arrives, and goes back unchanged on the next turn', async () => {
    const { choices } = await ask(`sim/${behaviour}`)
    const message = choices[0]?.message
    const reasoning_details = [{ type: 'reasoning.text', text: reasoning }]
    expect(message).toMatchObject({ content: text, reasoning, reasoning_details })
    if (message === undefined) throw new Error('no message')
    await ask(`sim/${behaviour}`, { messages: [...messages, message, ...messages] })
    expect(received(gateway, behaviour)).toMatchObject({ messages: [{}, { content: text, reasoning_details }, {}] })
  })

  test('reasoning streams before the text', async () => {
    const parts = deltas(await listen(`sim/${behaviour}`))
    const thoughts = parts.map((delta) => ('reasoning' in delta ? delta.reasoning : ''))
    expect(thoughts.join('')).toBe(reasoning)
    expect(parts.findLastIndex((delta) => 'reasoning_details' in delta)).toBeLessThan(
      parts.findIndex(({ content }) => content),
    )
  })
})

test('images', async () => {
  const images = [{ type: 'image_url', image_url: { url: pixelUrl } }]
  expect((await ask('sim/image')).choices[0]?.message).toMatchObject({ images })
  expect(deltas(await listen('sim/image'))).toContainEqual({ images })
})

test('audio', async () => {
  expect((await ask('sim/audio')).choices[0]?.message.audio).toMatchObject({ transcript: text })
  const audio = deltas(await listen('sim/audio')).flatMap((delta) => ('audio' in delta ? [delta.audio] : []))
  expect(audio).toHaveLength(12)
  expect(audio[0]).toMatchObject({ id: expect.any(String), data: btoa('The'), transcript: 'The' })
})

test('citations', async () => {
  const annotation = { type: 'url_citation', url_citation: expect.objectContaining(citation) }
  expect((await ask('sim/citations')).choices[0]?.message.annotations).toContainEqual(annotation)
  expect(deltas(await listen('sim/citations'))).toContainEqual({ annotations: [annotation] })
})

test('refusal', async () => {
  expect((await ask('sim/refusal')).choices[0]?.message).toMatchObject({ content: null, refusal })
  const parts = deltas(await listen('sim/refusal'))
  expect(parts.map((delta) => delta.refusal ?? '').join('')).toBe(refusal)
})

test('contract row 13: logprobs', async () => {
  const item = { token: 'The', logprob: expect.any(Number), bytes: [84, 104, 101] }
  const parameters = { logprobs: true, top_logprobs: 2 }
  const { choices } = await ask('acme/m1', parameters)
  expect(choices[0]?.logprobs).toMatchObject({ content: { length: 12 }, refusal: null })
  expect(choices[0]?.logprobs?.content?.[0]).toMatchObject({ ...item, top_logprobs: { length: 2 } })
  const streamed = (await listen('acme/m1', parameters)).flatMap((chunk) => chunk.choices[0]?.logprobs?.content ?? [])
  expect(streamed).toEqual(choices[0]?.logprobs?.content)
})

test('contract row 61: usage and cost', async () => {
  const usage = {
    prompt_tokens: 1000,
    completion_tokens: 500,
    total_tokens: 1500,
    cost,
    is_byok: false,
    cost_details: { upstream_inference_prompt_cost: 0.001, upstream_inference_completions_cost: 0.001 },
  }
  expect((await ask('sim/usage-1000-500')).usage).toMatchObject(usage)
  expect((await listen('sim/usage-1000-500')).at(-1)?.usage).toMatchObject(usage)
})

test.each([
  ['sim/finish-end_turn', 'stop', 'end_turn'],
  ['sim/finish-MAX_TOKENS', 'length', 'MAX_TOKENS'],
  ['sim/finish-SAFETY', 'content_filter', 'SAFETY'],
  ['sim/finish-unheard_of', 'stop', 'unheard_of'],
  ['sim/tool-call', 'tool_calls', 'tool_calls'],
])('contract row 14: %s finishes with %s', async (model, finish_reason, native_finish_reason) => {
  expect((await ask(model)).choices[0]).toMatchObject({ finish_reason, native_finish_reason })
  const finished = (await listen(model)).flatMap(({ choices }) =>
    choices.filter((choice) => choice.finish_reason !== null),
  )
  expect(finished).toEqual([expect.objectContaining({ finish_reason, native_finish_reason })])
})

test('contract row 35: leaving mid-stream closes the upstream and is on record', async () => {
  let id = ''
  for await (const chunk of await client.chat.completions.create({ model: `sim/${slowly}`, messages, stream: true })) {
    id = chunk.id
    if (chunk.choices[0]?.delta.content) break
  }
  await expectLeft(gateway, slowly)
  await expect
    .poll(async () => (await gateway.get(`/api/v1/generation?id=${id}`)).json())
    .toMatchObject({ data: { cancelled: true } })
})

test('contract row 32: another provider steps in silently', async () => {
  expect(await ask('sim/failover')).toMatchObject({ provider: 'Prov B', choices: [{ message: { content: text } }] })
  expect(spoken(await listen('sim/failover'))).toBe(text)
  expect(gateway.simulator.journal().filter(({ behaviour }) => behaviour === 'reset').length).toBeGreaterThan(0)
})

test('contract row 29: comments are skipped, and a failure after them is an error of the stream', async () => {
  const late = await startLate()
  onTestFinished(() => late.close())
  const client = connect(late.url, late.key)
  expect(spoken(await listen('sim/late', {}, client))).toBe(text)
  await expect(listen('sim/late-failure', {}, client)).rejects.toMatchObject({ status: undefined, code: 503 })
})

describe('errors before the answer', () => {
  test('contract row 3: a key that is not known', async () => {
    const stranger = connect(gateway.url, 'sk-or-v1-unknown')
    await expect(stranger.chat.completions.create({ model: 'acme/m1', messages })).rejects.toBeInstanceOf(
      AuthenticationError,
    )
  })

  test('contract row 7: a parameter out of range', async () => {
    await expect(ask('acme/m1', { temperature: 2.1 })).rejects.toBeInstanceOf(BadRequestError)
  })

  test('contract row 17: a model that is not known', async () => {
    const error = await ask('nope/none').catch((error: unknown) => error)
    expect(error).toBeInstanceOf(BadRequestError)
    expect(error).toMatchObject({ error: { availability: { code: 'model_not_found' } } })
  })

  test('Retry-After of a rate-limited upstream', async () => {
    const error = await ask('sim/retry-after-60').catch((error: unknown) => error)
    if (!(error instanceof RateLimitError)) throw error
    expect(error.headers.get('retry-after')).toBe('60')
    expect(error.error).toMatchObject({ availability: { code: 'capacity_exhausted', retry_after: 60 } })
  })
})

const classes: Readonly<Record<number, new (...details: never) => APIError>> = {
  400: BadRequestError,
  404: NotFoundError,
  422: UnprocessableEntityError,
  429: RateLimitError,
}

/** Returns the result of a call. Only errors of the API count; an error of decoding fails the test. */
async function outcome(call: Promise<unknown>): Promise<Outcome> {
  try {
    await call
    return 'answer'
  } catch (error) {
    if (!(error instanceof APIError)) throw error
    if (error.status === undefined) return { broken: Number(error.code) }
    expect(error).toBeInstanceOf(error.status >= 500 ? InternalServerError : (classes[error.status] ?? APIError))
    return { status: error.status }
  }
}

describe.concurrent('contract row 69: every reply is decoded', () => {
  test.for(everyReply)('$behaviour', async ({ model, json, stream }, { expect }) => {
    // A choice that broke off is not an error for this client: the choice shows it (contract §3.2).
    const expected = typeof json === 'object' && 'broken' in json ? 'answer' : json
    expect(await outcome(ask(model))).toEqual(expected)
    expect(await outcome(listen(model))).toEqual(stream)
  })
})
