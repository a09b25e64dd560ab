import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CompletionsChunkSchema } from '../../src/protocols/completions/schema/chunk.ts'
import { CompletionsResponseSchema } from '../../src/protocols/completions/schema/response.ts'
import { compileValidator } from '../../src/protocols/schema/validate.ts'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { asNumber, at, called, calls, generation, readJson, refusal } from './exchange.ts'

/** How `POST /completions` works with a model that serves only chat (contract §7.1). */
const models = {
  'acme/thinks': behaving('reasoning'),
  'acme/refuses': behaving('refusal'),
  'acme/no-usage': behaving('no-usage'),
  'acme/once-limited': behaving('first-1-status-429', 'steady'),
  'acme/breaks-once': behaving('first-1-cut-after-2+pace-20', 'steady'),
  'acme/long': behaving('tokens-500+pace-20'),
  'acme/down': behaving('status-503', 'steady'),
  'acme/unfinished': behaving('no-finish', 'steady'),
  'acme/chats-and-completes': {
    endpoints: [
      ...behaving('steady').endpoints,
      { ...behaving('steady', 'steady').endpoints[1], operations: ['completions'] },
    ],
  },
}

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({ models })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

const validateReply = compileValidator(CompletionsResponseSchema)
const validateChunk = compileValidator(CompletionsChunkSchema)

const post = (body: object) => gateway.post('/v1/completions', { model: 'acme/m1', prompt: 'Once upon', ...body })

async function complete(body: object) {
  const { status, body: reply } = await readJson(post(body))
  expect({ status, reply }).toMatchObject({ status: 200 })
  expect(validateReply(reply)).toMatchObject({ ok: true })
  return reply
}

async function stream(body: object) {
  const read = await readStream(await post({ ...body, stream: true }))
  expect(read.done).toBe(true)
  for (const chunk of read.chunks) expect(validateChunk(chunk)).toMatchObject({ ok: true })
  const texts: string[] = []
  for (const { index, text } of read.chunks.flatMap(({ choices }) => choices)) {
    texts[index] = (texts[index] ?? '') + (text ?? '')
  }
  return { ...read, texts }
}

const bodies = () => calls(gateway).map(({ body }) => body)

describe('one prompt', () => {
  test('is one user message of a chat, with the parameters under their chat names', async () => {
    const reply = await complete({
      max_tokens: 4,
      temperature: 0.5,
      stop: 'x',
      logprobs: 2,
      response_format: { type: 'text' },
    })
    expect(calls(gateway).map(({ path }) => path)).toEqual(['/prov-a/v1/chat/completions'])
    expect(bodies()).toEqual([
      {
        model: 'steady',
        messages: [{ role: 'user', content: 'Once upon' }],
        max_tokens: 4,
        temperature: 0.5,
        stop: ['x'],
        logprobs: true,
        top_logprobs: 2,
        response_format: { type: 'text' },
      },
    ])
    expect(reply).toMatchObject({
      object: 'text_completion',
      choices: [{ text: simulatedText(4), index: 0, finish_reason: 'length' }],
      usage: { completion_tokens: 4 },
    })
    expect(at(reply, 'choices', 0, 'logprobs')).toMatchObject({
      tokens: ['The', ' river', ' carries', ' small'],
      text_offset: [0, 3, 9, 17],
      token_logprobs: [-0.03, -0.06, -0.08, -0.06],
    })
    expect(Object.keys(Object(at(reply, 'choices', 0, 'logprobs', 'top_logprobs', 1)))).toHaveLength(2)
  })

  test('streams', async () => {
    const { texts, chunks } = await stream({})
    expect(texts).toEqual([simulatedText(12)])
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: { completion_tokens: 12 } })
  })

  test('is put before the answer for echo', async () => {
    expect(await complete({ echo: true })).toMatchObject({ choices: [{ text: `Once upon${simulatedText(12)}` }] })
    expect((await stream({ echo: true })).texts).toEqual([`Once upon${simulatedText(12)}`])
  })

  test('reasoning is beside the text, unless excluded', async () => {
    const thought = { reasoning: expect.stringContaining('consider'), reasoning_details: [{ type: 'reasoning.text' }] }
    expect(await complete({ model: 'acme/thinks' })).toMatchObject({
      choices: [{ text: simulatedText(12), ...thought }],
    })
    const { chunks, texts } = await stream({ model: 'acme/thinks', echo: true })
    expect(chunks[1]).toMatchObject({ choices: [{ text: '', reasoning: 'First' }] })
    expect(texts).toEqual([`Once upon${simulatedText(12)}`])
    const silent = await complete({ model: 'acme/thinks', reasoning: { exclude: true } })
    expect(at(silent, 'choices', 0)).not.toHaveProperty('reasoning')
  })

  test('a refusal is text: the language has nothing else', async () => {
    const sorry = expect.stringContaining('sorry')
    expect(await complete({ model: 'acme/refuses' })).toMatchObject({
      choices: [{ text: sorry, finish_reason: 'stop' }],
    })
    expect((await stream({ model: 'acme/refuses' })).texts).toEqual([sorry])
  })
})

describe('several choices', () => {
  const asked = { prompt: ['Once upon', 'a time'], n: 2, seed: 7, max_tokens: 3, echo: true }
  const expected = ['Once upon', 'Once upon', 'a time', 'a time'].map((prompt) => prompt + simulatedText(3))

  test('are a call each, numbered prompt by prompt; usage adds up', async () => {
    const reply = await complete(asked)
    expect([0, 1, 2, 3].map((index) => at(reply, 'choices', index, 'text'))).toEqual(expected)
    expect([0, 1, 2, 3].map((index) => at(reply, 'choices', index, 'index'))).toEqual([0, 1, 2, 3])
    const prompts = bodies().map((body) => [at(body, 'messages', 0, 'content'), at(body, 'seed'), at(body, 'n')])
    expect(prompts).toEqual([
      ['Once upon', 7, undefined],
      ['Once upon', 8, undefined],
      ['a time', 7, undefined],
      ['a time', 8, undefined],
    ])
    const promptTokens = async (prompt: string) => asNumber(at(await complete({ prompt }), 'usage', 'prompt_tokens'))
    const expectedTokens = 2 * (await promptTokens('Once upon')) + 2 * (await promptTokens('a time'))
    expect(reply).toMatchObject({
      usage: { prompt_tokens: expectedTokens, completion_tokens: 12, cost: (expectedTokens + 24) / 1e6 },
    })
  })

  test('stream together and end once; one record is kept', async () => {
    const { chunks, texts } = await stream(asked)
    expect(texts).toEqual(expected)
    const finished = chunks.flatMap(({ choices }) => choices).filter(({ finish_reason }) => finish_reason !== null)
    expect(finished.map(({ index }) => index).sort((a, b) => a - b)).toEqual([0, 1, 2, 3])
    expect(chunks.filter(({ usage }) => usage !== undefined)).toHaveLength(1)
    expect(chunks.at(-1)).toMatchObject({ usage: { completion_tokens: 12 } })
    const record = await generation(gateway, chunks[0]?.id)
    expect(record).toMatchObject({ tokens_completion: 12, provider_responses: [{ status: 200 }] })
  })

  test('fail together: a call refused before the first token moves all to the next endpoint', async () => {
    const { texts, chunks } = await stream({ ...asked, model: 'acme/once-limited' })
    expect(texts).toEqual(expected)
    expect(chunks.every(({ provider }) => provider === 'Prov B')).toBe(true)
    expect(called(gateway).filter((provider) => provider === 'prov-b')).toHaveLength(4)
  })

  test('fail as one: a call that breaks off later ends the stream with the error, and its siblings are aborted', async () => {
    const { chunks } = await stream({ model: 'acme/breaks-once', n: 3 })
    expect(chunks.at(-1)).toMatchObject({ error: { code: 502 }, choices: [{ finish_reason: null }] })
    expect(chunks.every(({ usage }) => usage === undefined)).toBe(true)
    await expect.poll(() => calls(gateway).every(({ closedAt }) => closedAt !== null)).toBe(true)
    expect(new Set(called(gateway))).toEqual(new Set(['prov-a']))
  })

  test('are all estimated where no usage came', async () => {
    const reply = await complete({ ...asked, model: 'acme/no-usage' })
    expect(at(reply, 'usage', 'completion_tokens')).toBeGreaterThan(0)
    expect(at(reply, 'usage', 'cost')).toBeGreaterThan(0)
  })

  test('are all cancelled when the client disconnects', async () => {
    const leaving = new AbortController()
    const reply = await fetch(`${gateway.url}/v1/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'acme/long', prompt: 'Once', n: 16, stream: true }),
      signal: leaving.signal,
    })
    await reply.body?.getReader().read()
    leaving.abort()
    await expect.poll(() => calls(gateway).map(({ closedBy }) => closedBy)).toEqual(Array(16).fill('client'))
    expect(await generation(gateway, reply.headers.get('x-generation-id'))).toMatchObject({ cancelled: true })
  })
})

describe('an endpoint that fails', () => {
  test('before the first token is followed by the next', async () => {
    expect((await stream({ model: 'acme/down' })).texts).toEqual([simulatedText(12)])
    expect(await complete({ model: 'acme/down', n: 2 })).toMatchObject({ provider: 'Prov B' })
  })

  test('is followed by the next also after its last token, where nothing is streamed', async () => {
    expect(await complete({ model: 'acme/unfinished', n: 2 })).toMatchObject({ provider: 'Prov B' })
  })
})

describe('what a chat cannot provide is refused with the reason', () => {
  test.each([
    ['token ids', 'prompt', { prompt: [1, 2] }],
    ['lists of token ids', 'prompt', { prompt: [[1], [2]] }],
    ['a suffix', 'suffix', { suffix: 'the end' }],
    ['log probabilities of an echo', 'logprobs', { echo: true, logprobs: 1 }],
    ['no token at all', 'max_tokens', { max_tokens: 0, echo: true }],
    ['more choices than calls are made', 'n', { prompt: ['a', 'b'], n: 65 }],
  ])('%s', async (_, field, body) => {
    const error = await refusal(post(body), 400)
    expect(error['message']).toContain('acme/m1 only chats')
    expect(error).toMatchObject({
      error_type: 'invalid_request',
      metadata: { issues: [{ path: field }] },
      availability: { code: 'wrong_endpoint', constraint: { field } },
    })
    expect(called(gateway)).toEqual([])
  })

  test('an endpoint of the same model with completions serves it', async () => {
    const model = 'acme/chats-and-completes'
    expect(await complete({ model, prompt: [1, 2], suffix: 'x' })).toMatchObject({ provider: 'Prov B' })
    expect(await complete({ model })).toMatchObject({ provider: 'Prov A' })
  })

  test('an empty suffix is none; best_of is only a wish', async () => {
    expect(await complete({ suffix: '', best_of: 3 })).toMatchObject({ choices: [{ text: simulatedText(12) }] })
    expect(called(gateway)).toHaveLength(1)
  })
})
