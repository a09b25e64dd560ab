import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { CompletionsChunkSchema } from '../../src/protocols/completions/schema/chunk.ts'
import { CompletionsResponseSchema } from '../../src/protocols/completions/schema/response.ts'
import { compileValidator } from '../../src/protocols/schema/validate.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { simulatedText, simulatedWord } from '../../src/simulator/simulated-text.ts'
import { eventually } from '../faults/eventually.ts'
import { behaving, startGateway, type TestGateway, type TestModel } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { useVirtualTime } from '../virtual-time.ts'
import { asText, at, called, calls, generation, readJson, refusal, scriptedUpstream, sent } from './exchange.ts'

useVirtualTime()

/** A model that is served by providers with the completions protocol. */
const completing = (...behaviours: readonly string[]): TestModel => ({
  endpoints: behaving(...behaviours).endpoints.map((endpoint) => ({ ...endpoint, operations: ['completions'] })),
})

const failuresBefore = [
  'status-503',
  'reset',
  'cut-after-0',
  'eof-after-0',
  'error-in-200',
  'malformed-after-0',
  'empty',
]
const failuresWithin = [
  'cut-after-2',
  'eof-after-2',
  'error-after-2',
  'malformed-after-2',
  'stall-after-2',
  'no-finish',
]
const models = {
  'acme/writer': completing('steady'),
  'acme/both': { endpoints: [{ ...behaving('steady').endpoints[0], operations: ['chat', 'completions'] }] },
  'acme/choosy': {
    endpoints: [{ ...completing('steady').endpoints[0], supported_parameters: ['temperature', 'max_tokens'] }],
  },
  'acme/stopped': completing('finish-tool_calls'),
  'acme/long': completing('tokens-500+pace-20'),
  'acme/no-done': completing('no-done'),
  ...Object.fromEntries(
    [...failuresBefore, ...failuresWithin].map((behaviour) => [`acme/${behaviour}`, completing(behaviour, 'steady')]),
  ),
}

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({ models, timeouts: { idle_ms: 500 } })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

const validateReply = compileValidator(CompletionsResponseSchema)
const validateChunk = compileValidator(CompletionsChunkSchema)

const post = (body: object, headers?: Readonly<Record<string, string>>) =>
  gateway.post('/api/v1/completions', { model: 'acme/writer', prompt: 'Once upon', ...body }, headers)

async function complete(body: object, headers?: Readonly<Record<string, string>>) {
  const { status, body: reply, headers: answered } = await readJson(post(body, headers))
  expect({ status, reply }).toMatchObject({ status: 200, reply: { object: 'text_completion' } })
  expect(validateReply(reply)).toMatchObject({ ok: true })
  expect(answered.get('x-generation-id')).toBe(reply['id'])
  return reply
}

async function stream(body: object, headers?: Readonly<Record<string, string>>) {
  const read = await readStream(await post({ ...body, stream: true }, headers))
  expect(read.done).toBe(true)
  for (const chunk of read.chunks) expect(validateChunk(chunk)).toMatchObject({ ok: true })
  return read
}

/** The simulator's second likeliest token. */
const rival = ` ${simulatedWord(58)}`

const texts = (reply: unknown): readonly unknown[] =>
  [0, 1, 2, 3, 4, 5].map((index) => at(reply, 'choices', index, 'text')).filter((text) => text !== undefined)

describe('contract rows 65 and 67: a JSON reply', () => {
  test.each([
    ['a string', 'Once upon', 2],
    ['strings', ['Once upon', 'a time there'], 5],
    ['token ids', [5, 6, 7], 3],
    ['lists of token ids', [[5, 6], [7]], 3],
  ])('contract row 65: a prompt that is %s', async (_, prompt, tokens) => {
    const reply = await complete({ prompt })
    const several = Array.isArray(prompt) && typeof prompt[0] !== 'number'
    const expected = several ? [simulatedText(12), simulatedText(12, 1)] : [simulatedText(12)]
    expect(texts(reply)).toEqual(expected)
    expect(reply).toMatchObject({ model: 'acme/writer', provider: 'Prov A', usage: { prompt_tokens: tokens } })
    expect(at(reply, 'choices', 0)).toMatchObject({ index: 0, logprobs: null, finish_reason: 'stop' })
    expect(sent(gateway)['prompt']).toEqual(prompt)
  })

  test.each([
    ['no prompt', { prompt: undefined }, 'prompt'],
    ['logprobs as a switch', { logprobs: true }, 'logprobs'],
  ])('contract row 65: %s is refused', async (_, body, field) => {
    expect((await refusal(post(body), 400))['message']).toContain(field)
    expect(called(gateway)).toEqual([])
  })

  test('contract row 65: a fingerprint that is not known is left out, never null', async () => {
    const body = { system_fingerprint: null, choices: [{ text: 'a', index: 0, logprobs: null, finish_reason: 'stop' }] }
    const upstream = await scriptedUpstream(() => ({ body }))
    const provider = { base_url: upstream.url, protocol: 'completions' }
    const plain = await startGateway({ providers: { 'prov-a': provider, 'prov-b': provider, 'prov-c': provider } })
    try {
      const asked = { model: 'acme/m2', prompt: 'Once' }
      const { body: reply } = await readJson(plain.post('/v1/completions', asked))
      expect(reply).not.toHaveProperty('system_fingerprint')
      expect(reply).toMatchObject({ choices: [{ text: 'a' }] })
      // Only the fields that the provider's protocol has are sent.
      const chat = await refusal(plain.chat({ model: 'acme/m2' }), 400)
      expect(at(chat, 'availability', 'code')).toBe('wrong_endpoint')
    } finally {
      await plain.close()
      await upstream.close()
    }
  })

  test('contract row 67: everything at once', async () => {
    const body = {
      n: 2,
      echo: true,
      suffix: ' the end',
      best_of: 2,
      stop: [' past'],
      metadata: null,
      response_format: { type: 'text' },
    }
    const reply = await complete(body)
    expect(texts(reply)).toEqual([
      `Once upon${simulatedText(12).split(' past')[0]}`,
      `Once upon${simulatedText(12, 1).split(' past')[0]}`,
    ])
    expect(at(reply, 'choices', 1, 'index')).toBe(1)
    expect(sent(gateway)).toMatchObject({ n: 2, echo: true, suffix: ' the end', best_of: 2, stop: [' past'] })
    expect(sent(gateway)).not.toHaveProperty('metadata')
  })
})

describe('an upstream with completions', () => {
  test('receives the client’s own body with the gateway’s changes: unknown fields survive, the gateway’s own and nulls do not', async () => {
    await complete({
      min_tokens: 3,
      top_k: 5,
      seed: null,
      suffix: null,
      user: 'jane@example.com',
      session_id: 's-1',
      trace: { trace_id: 't' },
      metadata: { a: 'b' },
      provider: { allow_fallbacks: false },
      reasoning: { effort: 'low' },
      stream_options: { include_usage: false },
    })
    expect(sent(gateway)).toEqual({
      model: 'steady',
      prompt: 'Once upon',
      min_tokens: 3,
      top_k: 5,
      user: expect.stringMatching(/^user_[0-9a-f]{32}$/),
    })
  })

  test('receives a request for a stream with usage, whatever the client sets', async () => {
    await stream({ max_tokens: 4, stream_options: { include_usage: false } })
    expect(sent(gateway)).toMatchObject({ stream: true, stream_options: { include_usage: true }, max_tokens: 4 })
  })

  test('does not get what it does not support', async () => {
    const reply = await complete({ model: 'acme/choosy', temperature: 0.5, top_p: 0.5, logprobs: 2, max_tokens: 3 })
    expect(sent(gateway)).toEqual({ model: 'steady', prompt: 'Once upon', temperature: 0.5, max_tokens: 3 })
    expect(at(reply, 'choices', 0)).toMatchObject({ text: simulatedText(3), logprobs: null, finish_reason: 'length' })
  })

  test('is preferred at an endpoint that chats too, and chats are not sent there', async () => {
    await complete({ model: 'acme/both', prompt: [1, 2] })
    expect(calls(gateway).at(-1)?.path).toBe('/prov-a/v1/completions')
    await gateway.chat({ model: 'acme/both' })
    expect(calls(gateway).at(-1)?.path).toBe('/prov-a/v1/chat/completions')
  })

  test('contract §10.37: a finish reason that the protocol lacks becomes stop; the native one is reported', async () => {
    const reply = await complete({ model: 'acme/stopped' })
    expect(at(reply, 'choices', 0)).toMatchObject({ finish_reason: 'stop', native_finish_reason: 'tool_calls' })
  })

  test('never receives a chat', async () => {
    const error = await refusal(gateway.chat({ model: 'acme/writer' }), 400)
    expect(at(error, 'availability', 'code')).toBe('wrong_endpoint')
  })
})

describe('a provider’s quirks are those of its chats', () => {
  const asked = { max_tokens: 3, user: 'jane', metadata: { a: 'b' }, reasoning: { effort: 'low' } }
  const hashed = expect.stringMatching(/^user_/)
  const plain = { model: 'steady', prompt: 'Once', max_tokens: 3, user: hashed }
  test.each([
    ['openai', plain],
    ['fireworks', plain],
    ['openrouter', { ...plain, metadata: { a: 'b' }, reasoning: { effort: 'low' } }],
  ])('%s receives the fields that completions have', async (slug, expected) => {
    const upstream = await startSimulator()
    const provider = { base_url: `${upstream.url}/v1`, api_key: 'upstream-secret' }
    const endpoints = [{ provider: slug, model: 'steady', operations: ['chat', 'completions'] }]
    const other = await startGateway({
      providers: { 'prov-a': provider, 'prov-b': provider, 'prov-c': provider, [slug]: provider },
      models: { 'acme/quirky': { endpoints } },
    })
    try {
      expect((await other.post('/v1/completions', { model: 'acme/quirky', prompt: 'Once', ...asked })).status).toBe(200)
      expect(upstream.journal()[0]).toMatchObject({ path: '/v1/completions' })
      expect(upstream.journal()[0]?.body).toEqual(expected)
    } finally {
      await other.close()
      await upstream.close()
    }
  })
})

describe('contract row 66: a stream', () => {
  test('texts join to the answer, the finish comes last, then usage and [DONE]', async () => {
    const { chunks, text } = await stream({})
    expect(text).toBe(simulatedText(12))
    expect(new Set(chunks.map(({ id, object, model }) => `${id} ${object} ${model}`)).size).toBe(1)
    const finishes = chunks.flatMap(({ choices }) => choices.map(({ finish_reason }) => finish_reason))
    expect(finishes).toEqual([...finishes.slice(0, -1).map(() => null), 'stop'])
    expect(chunks.at(-1)).toMatchObject({
      choices: [],
      usage: { prompt_tokens: 2, completion_tokens: 12, is_byok: false },
    })
    expect(chunks.filter(({ usage }) => usage !== undefined)).toHaveLength(1)
  })

  test('the debug echo shows what was sent upstream', async () => {
    const { chunks } = await stream({ debug: { echo_upstream_body: true }, user: 'jane' })
    expect(chunks[0]).toMatchObject({
      object: 'text_completion',
      debug: { echo_upstream_body: { model: 'steady', prompt: 'Once upon', user: '[REDACTED]' } },
    })
  })
})

describe('logprobs', () => {
  const asked = { prompt: 'Once upon', echo: true, logprobs: 2, max_tokens: 2 }
  const expected = {
    tokens: ['Once', ' upon', 'The', ' river'],
    // The first token of an echo has no token before it. The upstream's null is 0 here.
    token_logprobs: [0, -0.05, -0.03, -0.06],
    text_offset: [0, 4, 9, 12],
  }

  test('have a row for each token, the echoed ones too', async () => {
    const logprobs = at(await complete(asked), 'choices', 0, 'logprobs')
    expect(logprobs).toMatchObject(expected)
    expect(at(logprobs, 'top_logprobs', 0)).toEqual({})
    expect(at(logprobs, 'top_logprobs', 1)).toEqual({ ' upon': -0.05, [rival]: -1.05 })
  })

  test('add up to the same in a stream', async () => {
    const { chunks } = await stream(asked)
    const pieces = chunks.flatMap(({ choices }) => choices.map((choice) => at(choice, 'logprobs') ?? null))
    const column = (name: string) => pieces.flatMap((piece) => at(piece, name) ?? [])
    for (const [name, values] of Object.entries(expected)) expect(column(name)).toEqual(values)
    expect(column('top_logprobs')).toHaveLength(4)
  })

  test('with 0 alternatives have no column of them', async () => {
    expect(at(await complete({ logprobs: 0 }), 'choices', 0, 'logprobs', 'top_logprobs')).toBeNull()
  })
})

describe('accounting', () => {
  test('usage, cost, record and metadata are those of a chat', async () => {
    const reply = await complete({ max_tokens: 5 }, { 'x-openrouter-metadata': 'enabled' })
    expect(reply).toMatchObject({
      usage: { prompt_tokens: 2, completion_tokens: 5, total_tokens: 7, cost: 0.000012 },
      openrouter_metadata: { requested: 'acme/writer', attempt: 1 },
    })
    expect(await generation(gateway, reply['id'])).toMatchObject({
      tokens_prompt: 2,
      tokens_completion: 5,
      total_cost: 0.000012,
      provider_name: 'Prov A',
      finish_reason: 'length',
    })
  })

  test('the metadata of a stream is in its last event', async () => {
    const { chunks } = await stream({}, { 'x-openrouter-metadata': 'enabled' })
    expect(chunks.findIndex((chunk) => chunk.openrouter_metadata !== undefined)).toBe(chunks.length - 1)
  })
})

describe('faults', () => {
  test.each(failuresBefore)(
    '%s before the first token: the next endpoint answers, streamed or not',
    async (behaviour) => {
      const model = `acme/${behaviour}`
      expect(await complete({ model })).toMatchObject({ provider: 'Prov B', choices: [{ text: simulatedText(12) }] })
      const { text, chunks } = await stream({ model })
      expect(text).toBe(simulatedText(12))
      expect(chunks.every(({ provider }) => provider === 'Prov B')).toBe(true)
    },
  )

  test.each(failuresWithin)(
    '%s in the middle of a stream: it ends with the error, and nothing looks complete',
    async (behaviour) => {
      const { chunks } = await stream({ model: `acme/${behaviour}` })
      expect(chunks.at(-1)).toMatchObject({
        error: { code: expect.any(Number) },
        choices: [{ text: '', finish_reason: null }],
      })
      expect(chunks.slice(0, -1).every((chunk) => chunk.error === undefined)).toBe(true)
      expect(
        chunks.every(
          ({ usage, choices }) => usage === undefined && choices.every(({ finish_reason }) => finish_reason === null),
        ),
      ).toBe(true)
      expect(called(gateway)).toEqual(['prov-a'])
    },
  )

  test('an answer without a finish reason that is not streamed is an error, not a reply', async () => {
    const reply = await readJson(post({ model: 'acme/no-finish' }))
    expect(reply).toMatchObject({ status: 502, body: { error: { code: 502 } } })
    expect(reply.headers.get('x-generation-id')).toMatch(/^gen-/)
  })

  test('a complete stream that lacks [DONE] is complete', async () => {
    const { text, chunks } = await stream({ model: 'acme/no-done' })
    expect(text).toBe(simulatedText(12))
    expect(chunks.at(-1)?.usage).toBeDefined()
  })

  test('a client that disconnects ends the upstream call, and pays for what it received', async () => {
    const leaving = new AbortController()
    const reply = await fetch(`${gateway.url}/v1/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'acme/long', prompt: 'Once', stream: true }),
      signal: leaving.signal,
    })
    await reply.body?.getReader().read()
    const leftAt = Date.now()
    const sentBefore = calls(gateway)[0]?.chunksSent ?? 0
    leaving.abort()
    const call = await eventually(() => calls(gateway).find(({ closedAt }) => closedAt !== null))
    expect(call.closedBy).toBe('client')
    expect(Date.parse(asText(call.closedAt)) - leftAt).toBeLessThanOrEqual(250)
    expect(call.chunksSent - sentBefore).toBeLessThanOrEqual(1)
    const record = await generation(gateway, reply.headers.get('x-generation-id'))
    expect(record).toMatchObject({ cancelled: true, total_cost: expect.any(Number) })
    expect(record['total_cost']).toBeGreaterThan(0)
  })
})
