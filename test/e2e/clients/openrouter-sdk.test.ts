import { OpenRouter } from '@openrouter/sdk'
import type { ChatRequest, ChatResult, ChatStreamChunk } from '@openrouter/sdk/models'
import {
  BadGatewayResponseError,
  BadRequestResponseError,
  NotFoundResponseError,
  OpenRouterDefaultError,
  OpenRouterError,
  PayloadTooLargeResponseError,
  ProviderOverloadedResponseError,
  ServiceUnavailableResponseError,
  TooManyRequestsResponseError,
  UnauthorizedResponseError,
  UnprocessableEntityResponseError,
} from '@openrouter/sdk/models/errors'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { TestGateway } from '../../gateway.ts'
import { everyReply, type Outcome, slowly, startEveryReply, startLate } from './every-reply.ts'
import {
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
  new OpenRouter({
    serverURL: `${url}/api/v1`,
    apiKey,
  })

const messages: ChatRequest['messages'] = [{ role: 'user', content: 'hi' }]
const tools: ChatRequest['tools'] = [{ type: 'function', function: weather }]
/** By default it repeats a request that failed with a 5xx for an hour. */
const once = { retries: { strategy: 'none' } } as const

let gateway: TestGateway
let client: OpenRouter
beforeAll(async () => {
  gateway = await startEveryReply()
  client = connect(gateway.url, gateway.key)
})
afterAll(() => gateway.close())

type More = Partial<Omit<ChatRequest, 'stream'>>

type Sent = Awaited<ReturnType<OpenRouter['chat']['send']>>

/** Its types do not distinguish the two kinds of reply. */
function whole(reply: Sent): ChatResult {
  if (!('choices' in reply)) throw new Error('expected a whole reply')
  return reply
}

function streamed(reply: Sent): AsyncIterable<ChatStreamChunk> {
  if ('choices' in reply) throw new Error('expected a stream')
  return reply
}

const ask = async (model: string, more: More = {}, from = client): Promise<ChatResult> =>
  whole(await from.chat.send({ chatRequest: { model, messages, ...more } }, once))

/** Returns the chunks of a complete stream. */
const listen = async (model: string, more: More = {}, from = client): Promise<readonly ChatStreamChunk[]> =>
  Array.fromAsync(streamed(await from.chat.send({ chatRequest: { model, messages, ...more, stream: true } }, once)))

const deltas = (chunks: readonly ChatStreamChunk[]) =>
  chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta))

const spoken = (chunks: readonly ChatStreamChunk[]): string =>
  deltas(chunks)
    .map(({ content }) => content ?? '')
    .join('')

test('contract row 69: chat', async () => {
  const reply = await ask('acme/m1')
  expect(reply).toMatchObject({ object: 'chat.completion', model: 'acme/m1', systemFingerprint: 'fp_simulator' })
  expect(reply.choices).toMatchObject([
    { index: 0, finishReason: 'stop', message: { role: 'assistant', content: text } },
  ])
})

test('contract row 69, row 28: stream', async () => {
  const chunks = await listen('acme/m1')
  expect(spoken(chunks)).toBe(text)
  expect(chunks.flatMap(({ choices }) => choices.map((choice) => choice.finishReason ?? [])).flat()).toEqual(['stop'])
  expect(chunks.filter(({ usage }) => usage)).toEqual([chunks.at(-1)])
})

test('contract row 12: a tool is called, its result is sent back, and the answer comes', async () => {
  const { choices } = await ask('sim/tool-call', { tools })
  const message = choices[0]?.message
  const call = message?.toolCalls?.[0]
  expect(choices[0]?.finishReason).toBe('tool_calls')
  if (message === undefined || call === undefined) throw new Error('no call')
  expect([call.function.name, JSON.parse(call.function.arguments)]).toEqual([weather.name, weatherArguments])
  const answer = await ask('sim/tool-call', {
    tools,
    messages: [...messages, message, { role: 'tool', toolCallId: call.id, content: weatherReport }],
  })
  expect(answer.choices[0]).toMatchObject({ finishReason: 'stop', message: { content: text } })
  expect(received(gateway, 'tool-call')).toMatchObject({
    messages: [{}, { tool_calls: [call] }, { role: 'tool', tool_call_id: call.id, content: weatherReport }],
  })
})

test('contract row 30: parallel tool calls stream in fragments', async () => {
  const fragments = deltas(await listen('sim/parallel-tool-calls', { tools })).flatMap(
    ({ toolCalls = [] }) => toolCalls,
  )
  for (const index of [0, 1]) {
    const [first, ...rest] = fragments.filter((fragment) => fragment.index === index)
    expect(first).toMatchObject({ id: expect.any(String), type: 'function', function: { name: weather.name } })
    expect(JSON.parse(rest.map((fragment) => fragment.function?.arguments).join(''))).toEqual(weatherArguments)
  }
})

test('contract row 11: structured output', async () => {
  const responseFormat = {
    type: 'json_schema',
    jsonSchema: { name: 'river', strict: true, schema: riverSchema },
  } as const
  const { choices } = await ask('acme/m1', { responseFormat })
  const content = choices[0]?.message.content
  expect(typeof content === 'string' && JSON.parse(content)).toEqual(river)
  expect(JSON.parse(spoken(await listen('acme/m1', { responseFormat })))).toEqual(river)
})

describe.each(['reasoning', 'reasoning-field'])('an upstream that thinks in its %s', (behaviour) => {
  test('reasoning arrives, and goes back unchanged on the next turn', async () => {
    const { choices } = await ask(`sim/${behaviour}`)
    const message = choices[0]?.message
    const details = [{ type: 'reasoning.text', text: reasoning }]
    expect(message).toMatchObject({ content: text, reasoning, reasoningDetails: details })
    if (message === undefined) throw new Error('no message')
    await ask(`sim/${behaviour}`, { messages: [...messages, message, ...messages] })
    expect(received(gateway, behaviour)).toMatchObject({
      messages: [{}, { content: text, reasoning_details: details }, {}],
    })
  })

  test('reasoning streams before the text', async () => {
    const parts = deltas(await listen(`sim/${behaviour}`))
    expect(parts.map((delta) => delta.reasoning ?? '').join('')).toBe(reasoning)
    const details = parts.flatMap(({ reasoningDetails = [] }) => reasoningDetails)
    expect(details.map((detail) => (detail.type === 'reasoning.text' ? detail.text : '')).join('')).toBe(reasoning)
    expect(parts.findLastIndex((delta) => delta.reasoning)).toBeLessThan(parts.findIndex(({ content }) => content))
  })
})

// This client knows images only in JSON replies, and annotations nowhere: there they must only not disturb it.
test('images', async () => {
  expect((await ask('sim/image')).choices[0]?.message.images).toEqual([{ imageUrl: { url: pixelUrl } }])
})

test('audio', async () => {
  expect((await ask('sim/audio')).choices[0]?.message.audio).toMatchObject({ transcript: text })
  const audio = deltas(await listen('sim/audio')).flatMap((delta) => delta.audio ?? [])
  expect(audio.map(({ data }) => atob(data ?? '')).join('')).toBe(text)
  expect(audio.map(({ transcript }) => transcript).join('')).toBe(text)
})

test('refusal', async () => {
  expect((await ask('sim/refusal')).choices[0]?.message).toMatchObject({ content: null, refusal })
  const parts = deltas(await listen('sim/refusal'))
  expect(parts.map((delta) => delta.refusal ?? '').join('')).toBe(refusal)
})

test('contract row 13: logprobs', async () => {
  const parameters = { logprobs: true, topLogprobs: 2 }
  const { choices } = await ask('acme/m1', parameters)
  const content = choices[0]?.logprobs?.content
  expect(content).toHaveLength(12)
  expect(content?.[0]).toMatchObject({ token: 'The', bytes: [84, 104, 101], topLogprobs: { length: 2 } })
  const streamed = (await listen('acme/m1', parameters)).flatMap((chunk) => chunk.choices[0]?.logprobs?.content ?? [])
  expect(streamed).toEqual(content)
})

test('contract row 61: usage and cost', async () => {
  const usage = {
    promptTokens: 1000,
    completionTokens: 500,
    totalTokens: 1500,
    cost,
    isByok: false,
    costDetails: { upstreamInferencePromptCost: 0.001, upstreamInferenceCompletionsCost: 0.001 },
  }
  expect((await ask('sim/usage-1000-500')).usage).toMatchObject(usage)
  expect((await listen('sim/usage-1000-500')).at(-1)?.usage).toMatchObject(usage)
})

test('contract row 58: router metadata, requested by its header', async () => {
  const metadata = {
    requested: 'acme/m1',
    strategy: 'direct',
    attempt: 1,
    isByok: false,
    summary: expect.any(String),
    endpoints: { total: 3 },
    attempts: [{ provider: expect.any(String), model: 'acme/m1', status: 200 }],
  }
  const request = { xOpenRouterMetadata: 'enabled' } as const
  const reply = await client.chat.send({ ...request, chatRequest: { model: 'acme/m1', messages } })
  const { openrouterMetadata } = whole(reply)
  expect(openrouterMetadata).toMatchObject(metadata)
  expect(openrouterMetadata?.endpoints.available.filter(({ selected }) => selected)).toHaveLength(1)
  const stream = await client.chat.send({ ...request, chatRequest: { model: 'acme/m1', messages, stream: true } })
  const chunks = await Array.fromAsync(streamed(stream))
  expect(chunks.at(-1)?.openrouterMetadata).toMatchObject(metadata)
  expect((await ask('acme/m1')).openrouterMetadata).toBeUndefined()
})

test('contract row 35: leaving mid-stream closes the upstream', async () => {
  const stream = await client.chat.send({ chatRequest: { model: `sim/${slowly}`, messages, stream: true } })
  for await (const chunk of streamed(stream)) if (chunk.choices[0]?.delta.content) break
  await expectLeft(gateway, slowly)
})

test('contract row 32: another provider steps in silently', async () => {
  expect((await ask('sim/failover')).choices[0]?.message.content).toBe(text)
  expect(spoken(await listen('sim/failover'))).toBe(text)
})

test('contract row 29: comments are skipped, and a failure after them is an error of the stream', async () => {
  const late = await startLate()
  onTestFinished(() => late.close())
  const client = connect(late.url, late.key)
  expect(spoken(await listen('sim/late', {}, client))).toBe(text)
  const chunks = await listen('sim/late-failure', {}, client)
  expect(chunks).toMatchObject([{ error: { code: 503, metadata: { errorType: 'provider_overloaded' } } }])
})

describe('errors before the answer', () => {
  test('contract row 3: a key that is not known', async () => {
    const stranger = connect(gateway.url, 'sk-or-v1-unknown')
    const error = await ask('acme/m1', {}, stranger).catch((error: unknown) => error)
    expect(error).toBeInstanceOf(UnauthorizedResponseError)
    expect(error).toMatchObject({ error: { code: 401 } })
  })

  test('contract row 7: a parameter out of range', async () => {
    await expect(ask('acme/m1', { temperature: 2.1 })).rejects.toBeInstanceOf(BadRequestResponseError)
  })

  test('contract row 17: a model that is not known', async () => {
    await expect(ask('nope/none')).rejects.toBeInstanceOf(BadRequestResponseError)
  })

  test('contract row 59: no endpoint accepts an image; the metadata shows that none was tried', async () => {
    const image = { type: 'image_url', imageUrl: { url: 'https://example.com/boat.png' } } as const
    const message: ChatRequest['messages'][number] = { role: 'user', content: [image] }
    const error = await client.chat
      .send({ xOpenRouterMetadata: 'enabled', chatRequest: { model: 'acme/m1', messages: [message] } })
      .catch((error: unknown) => error)
    expect(error).toBeInstanceOf(NotFoundResponseError)
    expect(error).toMatchObject({ openrouterMetadata: { attempt: 0, endpoints: { total: 3 } } })
  })

  test('Retry-After of a rate-limited upstream', async () => {
    const error = await ask('sim/retry-after-60').catch((error: unknown) => error)
    if (!(error instanceof TooManyRequestsResponseError)) throw error
    expect(error.headers.get('retry-after')).toBe('60')
  })
})

test('contract row 60: what is on record and on offer is decoded as well', async () => {
  const reply = await ask('acme/m1')
  const { data: generation } = await client.generations.getGeneration({ id: reply.id })
  expect(generation).toMatchObject({ id: reply.id, model: 'acme/m1', totalCost: reply.usage?.cost })
  const page = await client.models.list()
  expect(page.result.data.map(({ id }) => id)).toContain('acme/m1')
  expect((await client.models.count()).data.count).toBe(page.result.data.length)
  expect((await client.models.get({ author: 'acme', slug: 'm1' })).data.id).toBe('acme/m1')
  expect((await client.providers.list()).data).toContainEqual(
    expect.objectContaining({ slug: 'prov-a', name: 'Prov A' }),
  )
})

/** The class that is published for each status; 504 is not among them (contract §5.2). */
const classes: Readonly<Record<number, new (...details: never) => OpenRouterError>> = {
  400: BadRequestResponseError,
  404: NotFoundResponseError,
  413: PayloadTooLargeResponseError,
  422: UnprocessableEntityResponseError,
  429: TooManyRequestsResponseError,
  502: BadGatewayResponseError,
  503: ServiceUnavailableResponseError,
  504: OpenRouterDefaultError,
  529: ProviderOverloadedResponseError,
}

/** Returns the status of a refusal, whose class must be the one for it. An error of decoding fails the test. */
function refusalOf(error: unknown): Outcome {
  if (!(error instanceof OpenRouterError)) throw error
  expect(error).toBeInstanceOf(classes[error.statusCode])
  return { status: error.statusCode }
}

const outcomeOfJson = (model: string): Promise<Outcome> => ask(model).then(() => 'answer', refusalOf)

const outcomeOfStream = (model: string): Promise<Outcome> =>
  listen(model).then((chunks) => {
    const error = chunks.at(-1)?.error
    return error === undefined ? 'answer' : { broken: error.code }
  }, refusalOf)

describe.concurrent('contract row 69: every reply is decoded', () => {
  test.for(everyReply)('$behaviour', async ({ model, json, stream }, { expect }) => {
    // This client does not know the error of a choice, and shows only the finish reason (contract §3.2).
    const expected = typeof json === 'object' && 'broken' in json ? 'answer' : json
    expect(await outcomeOfJson(model)).toEqual(expected)
    expect(await outcomeOfStream(model)).toEqual(stream)
  })
})
