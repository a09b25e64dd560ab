import { createOpenRouter } from '@openrouter/ai-sdk-provider'
import { APICallError, generateText, isStepCount, jsonSchema, type ModelMessage, Output, streamText, tool } from 'ai'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { isObject } from '../../../src/util/json.ts'
import type { TestGateway } from '../../gateway.ts'
import { everyReply, type Outcome, slowly, startEveryReply, startLate } from './every-reply.ts'
import {
  citation,
  cost,
  expectLeft,
  pixel,
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
  createOpenRouter({
    baseURL: `${url}/api/v1`,
    apiKey,
  })

const prompt = 'hi'
const once = { maxRetries: 0 }
/** The errors of a stream are among its parts. By default the SDK would print them as well. */
const quiet = { ...once, onError: () => {} }
/** A tool that nothing runs, so the call is the result. */
const asked = {
  get_weather: tool({
    description: weather.description,
    inputSchema: jsonSchema<typeof weatherArguments>(weather.parameters),
  }),
}
const answered = { get_weather: { ...asked.get_weather, execute: () => weatherReport } }

let gateway: TestGateway
let openrouter: ReturnType<typeof connect>
beforeAll(async () => {
  gateway = await startEveryReply()
  openrouter = connect(gateway.url, gateway.key)
})
afterAll(() => gateway.close())

const ask = (model: string) =>
  generateText({ model: openrouter(model), prompt, tools: asked, ...once, include: { responseBody: true } })

/** Returns the parts of a complete stream. */
const listen = (model: string, from = openrouter) =>
  Array.fromAsync(streamText({ model: from(model), prompt, tools: asked, ...quiet }).fullStream)

type Part = Awaited<ReturnType<typeof listen>>[number]

const errorsOf = (parts: readonly Part[]): readonly unknown[] =>
  parts.flatMap((part) => (part.type === 'error' ? [part.error] : []))

test('contract row 68: generateText', async () => {
  const result = await ask('acme/m1')
  expect(result).toMatchObject({ text, finishReason: 'stop', response: { modelId: 'acme/m1' } })
  expect(result.response.id).toMatch(/^gen-/)
})

test('contract row 68: streamText', async () => {
  const result = streamText({ model: openrouter('acme/m1'), prompt })
  expect((await Array.fromAsync(result.textStream)).join('')).toBe(text)
  expect(await result.finishReason).toBe('stop')
})

test.each([
  ['generateText', generateText],
  ['streamText', streamText],
] as const)('contract row 68: %s calls a tool, sends its result back, and gets the answer', async (_, generate) => {
  const result = await generate({
    model: openrouter('sim/tool-call'),
    prompt,
    tools: answered,
    stopWhen: isStepCount(2),
  })
  expect(await result.text).toBe(text)
  const [first, second] = await result.steps
  expect(first?.finishReason).toBe('tool-calls')
  expect(first?.toolResults).toMatchObject([{ toolName: weather.name, input: weatherArguments, output: weatherReport }])
  expect(second?.finishReason).toBe('stop')
  expect(received(gateway, 'tool-call')).toMatchObject({
    messages: [{ role: 'user' }, { role: 'assistant', tool_calls: [{}] }, { role: 'tool', content: weatherReport }],
  })
})

test('contract row 30: parallel tool calls, complete and in fragments', async () => {
  const calls = [weatherArguments, weatherArguments].map((input) => ({ toolName: weather.name, input }))
  const { toolCalls } = await ask('sim/parallel-tool-calls')
  expect(toolCalls).toMatchObject(calls)
  expect(new Set(toolCalls.map(({ toolCallId }) => toolCallId)).size).toBe(2)
  const parts = await listen('sim/parallel-tool-calls')
  expect(parts.filter(({ type }) => type === 'tool-call')).toMatchObject(calls)
  expect(parts.filter(({ type }) => type === 'tool-input-delta').length).toBeGreaterThanOrEqual(6)
})

test('contract row 11: structured output', async () => {
  const request = { model: openrouter('acme/m1'), prompt, output: Output.object({ schema: jsonSchema(riverSchema) }) }
  expect((await generateText(request)).output).toEqual(river)
  const result = streamText(request)
  expect((await Array.fromAsync(result.partialOutputStream)).at(-1)).toEqual(river)
})

describe.each(['reasoning', 'reasoning-field'])('an upstream that thinks in its %s', (behaviour) => {
  const model = `sim/${behaviour}`
  const details = [{ type: 'reasoning.text', text: reasoning }]

  /** Returns the messages of the next turn after an answer. */
  async function goOn(answer: readonly ModelMessage[]): Promise<void> {
    const user = { role: 'user', content: prompt } as const
    await generateText({ model: openrouter(model), messages: [user, ...answer, user] })
    expect(received(gateway, behaviour)).toMatchObject({
      messages: [{}, { content: text, reasoning_details: details }, {}],
    })
  }

  test('reasoning arrives, and goes back unchanged on the next turn', async () => {
    const { reasoningText, text: said, response } = await ask(model)
    expect([reasoningText, said]).toEqual([reasoning, text])
    await goOn(response.messages)
  })

  test('reasoning streams before the text, and goes back unchanged on the next turn', async () => {
    const result = streamText({ model: openrouter(model), prompt })
    const types = (await Array.fromAsync(result.fullStream)).map(({ type }) => type)
    expect(types.lastIndexOf('reasoning-delta')).toBeLessThan(types.indexOf('text-delta'))
    expect([await result.reasoningText, await result.text]).toEqual([reasoning, text])
    await goOn((await result.response).messages)
  })
})

test('contract row 68: images', async () => {
  const file = { mediaType: 'image/png', base64: pixel }
  expect((await ask('sim/image')).files).toMatchObject([file])
  const result = streamText({ model: openrouter('sim/image'), prompt })
  expect(await result.files).toMatchObject([file])
})

test('citations', async () => {
  const source = { type: 'source', sourceType: 'url', ...citation }
  expect((await ask('sim/citations')).sources).toContainEqual(expect.objectContaining(source))
  expect(await listen('sim/citations')).toContainEqual(expect.objectContaining(source))
})

// This client does not know audio or refusals: they must only not disturb it. The text shows in the body.
test('audio and refusal', async () => {
  expect((await ask('sim/audio')).response.body).toMatchObject({
    choices: [{ message: { audio: { transcript: text } } }],
  })
  expect((await ask('sim/refusal')).response.body).toMatchObject({ choices: [{ message: { refusal } }] })
})

test('contract row 13: logprobs', async () => {
  const model = openrouter('acme/m1', { logprobs: 2 })
  const { response } = await generateText({ model, prompt, include: { responseBody: true } })
  expect(response.body).toMatchObject({ choices: [{ logprobs: { content: { length: 12 }, refusal: null } }] })
  expect(await streamText({ model, prompt }).text).toBe(text)
})

test('contract row 61: usage and cost', async () => {
  const usage = { inputTokens: 1000, outputTokens: 500, totalTokens: 1500 }
  const providerMetadata = { openrouter: { provider: 'Prov A', usage: { cost } } }
  expect(await ask('sim/usage-1000-500')).toMatchObject({ usage, providerMetadata })
  const result = streamText({ model: openrouter('sim/usage-1000-500'), prompt })
  expect(await result.usage).toMatchObject(usage)
  expect(await result.providerMetadata).toMatchObject(providerMetadata)
})

test.each([
  ['sim/finish-stop', 'stop'],
  ['sim/finish-MAX_TOKENS', 'length'],
  ['sim/finish-SAFETY', 'content-filter'],
  ['sim/tool-call', 'tool-calls'],
])('contract row 14: %s finishes with %s', async (model, finishReason) => {
  expect((await ask(model)).finishReason).toBe(finishReason)
  expect((await listen(model)).at(-1)).toMatchObject({ type: 'finish', finishReason })
})

test('contract row 35: leaving mid-stream closes the upstream', async () => {
  const leaving = new AbortController()
  const result = streamText({ model: openrouter(`sim/${slowly}`), prompt, abortSignal: leaving.signal, ...quiet })
  for await (const part of result.fullStream) if (part.type === 'text-delta') leaving.abort()
  await expectLeft(gateway, slowly)
})

test('contract row 32: another provider steps in silently', async () => {
  expect(await ask('sim/failover')).toMatchObject({ text, providerMetadata: { openrouter: { provider: 'Prov B' } } })
  expect(errorsOf(await listen('sim/failover'))).toEqual([])
})

test('contract row 29: comments are skipped, and a failure after them is an error of the stream', async () => {
  const late = await startLate()
  onTestFinished(() => late.close())
  const openrouter = connect(late.url, late.key)
  expect(await streamText({ model: openrouter('sim/late'), prompt }).text).toBe(text)
  expect(errorsOf(await listen('sim/late-failure', openrouter))).toMatchObject([{ code: 503 }])
})

describe('errors before the answer', () => {
  test('contract row 3: a key that is not known', async () => {
    const stranger = connect(gateway.url, 'sk-or-v1-unknown')
    await expect(generateText({ model: stranger('acme/m1'), prompt })).rejects.toMatchObject({
      statusCode: 401,
      isRetryable: false,
    })
  })

  test('contract row 7: a parameter out of range', async () => {
    await expect(generateText({ model: openrouter('acme/m1'), prompt, temperature: 2.1 })).rejects.toMatchObject({
      statusCode: 400,
    })
  })

  test('contract row 17: a model that is not known', async () => {
    await expect(ask('nope/none')).rejects.toMatchObject({
      statusCode: 400,
      message: expect.stringContaining('nope/none'),
    })
  })

  test('Retry-After of a rate-limited upstream', async () => {
    const error = await ask('sim/retry-after-60').catch((error: unknown) => error)
    if (!APICallError.isInstance(error)) throw error
    expect(error).toMatchObject({ statusCode: 429, isRetryable: true, responseHeaders: { 'retry-after': '60' } })
  })

  test('the message names the provider and has the provider’s text', async () => {
    await expect(ask('sim/context-length')).rejects.toThrow(/^\[Prov A\] This model's maximum context length/)
  })
})

/** Returns the facts of an error. An error of decoding has none, and fails the test. */
function outcomeOf(error: unknown): Outcome {
  if (APICallError.isInstance(error) && error.statusCode !== undefined) return { status: error.statusCode }
  if (!isObject(error) || typeof error['code'] !== 'number') throw error
  return { broken: error['code'] }
}

const outcomeOfJson = (model: string): Promise<Outcome> => ask(model).then(() => 'answer', outcomeOf)

async function outcomeOfStream(model: string): Promise<Outcome> {
  const errors = errorsOf(await listen(model))
  expect(errors.length).toBeLessThan(2)
  return errors.length === 0 ? 'answer' : outcomeOf(errors[0])
}

describe.concurrent('contract row 68: every reply is decoded', () => {
  test.for(everyReply)('$behaviour', async ({ model, json, stream }, { expect }) => {
    // A choice that broke off is not an error for this client: its finish reason shows it (contract §3.2).
    const expected = typeof json === 'object' && 'broken' in json ? 'answer' : json
    expect(await outcomeOfJson(model)).toEqual(expected)
    expect(await outcomeOfStream(model)).toEqual(stream)
  })
})
