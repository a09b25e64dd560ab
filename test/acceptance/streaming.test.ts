import { once } from 'node:events'
import { request } from 'node:http'
import { setTimeout as after } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { behaving, startGateway, testKey, type TestGateway } from '../gateway.ts'
import { type Chunk, readStream } from '../sse.ts'
import { asNumber, asText, at, called, calls, generation, readJson, refusal, scriptedUpstream } from './exchange.ts'

const models = {
  'acme/slow': behaving('slow-first-token-400'),
  'acme/slow-then-down': behaving('slow-first-token-400+status-503'),
  'acme/slow-then-limited': behaving('slow-first-token-400+status-429+retry-after-30'),
  'acme/slow-then-other': behaving('slow-first-token-400+status-503', 'steady'),
  'acme/calls': behaving('parallel-tool-calls'),
  'acme/thinks': behaving('reasoning'),
  'acme/thinks-in-details': behaving('reasoning-field'),
  'acme/refuses': behaving('refusal'),
  'acme/draws': { output_modalities: ['text', 'image'], ...behaving('image+citations') },
  'acme/looks': { input_modalities: ['text', 'image'], ...behaving('steady') },
  'acme/speaks': { output_modalities: ['text', 'audio'], ...behaving('audio') },
  'acme/no-usage': behaving('no-usage'),
  'acme/fragments': behaving('fragment-bytes+crlf+comments'),
  'acme/paced': behaving('tokens-200+pace-50'),
  ...Object.fromEntries(
    ['status-503', 'status-500', 'status-429', 'status-401', 'status-404', 'reset', 'cut-after-0', 'eof-after-0', 'error-in-200', 'malformed-after-0', 'empty'].map(
      (behaviour) => [`acme/${behaviour}`, behaving(behaviour, 'steady')],
    ),
  ),
  ...Object.fromEntries(
    ['cut-after-2', 'eof-after-2', 'error-after-2', 'malformed-after-2'].map((behaviour) => [`acme/${behaviour}`, behaving(behaviour, 'steady')]),
  ),
  'acme/stalls': behaving('stall-after-2', 'steady'),
  'acme/all-down': behaving('status-503', 'status-500', 'status-502'),
  'acme/only-429': behaving('status-429'),
  'acme/only-400': behaving('status-400'),
}

let gateway: TestGateway
/** Sends its first comment early. */
let eager: TestGateway
beforeAll(async () => {
  gateway = await startGateway({ timeouts: { idle_ms: 1000 }, models })
  eager = await startGateway({ keepalive_ms: 100, models })
})
afterAll(() => Promise.all([gateway.close(), eager.close()]))
beforeEach(() => gateway.simulator.clearJournal())

const stream = async (model: string, more: object = {}, at = gateway) => {
  const reply = await at.chat({ model, stream: true, ...more })
  expect({ status: reply.status, type: reply.headers.get('content-type') }).toEqual({ status: 200, type: 'text/event-stream' })
  const read = await readStream(reply)
  for (const chunk of read.chunks) checkChunk(chunk)
  expect(read.done).toBe(true)
  return { ...read, headers: reply.headers }
}

/** What holds for every chunk: row 31, contract §4.2. */
function checkChunk(chunk: Chunk): void {
  expect(chunk).toMatchObject({
    id: expect.stringMatching(/^gen-/),
    object: 'chat.completion.chunk',
    created: expect.any(Number),
    model: expect.any(String),
    choices: expect.any(Array),
  })
  for (const name of ['error', 'usage', 'system_fingerprint', 'provider', 'openrouter_metadata', 'debug']) {
    if (name in chunk) expect(at(chunk, name)).not.toBeNull()
  }
  for (const choice of chunk.choices) {
    expect(choice).toHaveProperty('finish_reason')
    expect(choice).toHaveProperty('delta')
    expect(Number.isInteger(choice.index)).toBe(true)
  }
}

const deltas = (chunks: readonly Chunk[]) => chunks.flatMap(({ choices }) => choices.map(({ delta }) => delta ?? {}))
const finishes = (chunks: readonly Chunk[]) => chunks.flatMap(({ choices }) => choices.map((choice) => choice.finish_reason)).filter((reason) => reason !== null)
const holding = (chunks: readonly Chunk[], name: string) => chunks.findIndex((chunk) => name in chunk)
const withDelta = (chunks: readonly Chunk[], name: string) => chunks.findIndex(({ choices }) => choices.some(({ delta }) => delta !== undefined && name in delta))

describe('row 28: a stream', () => {
  test.each([[undefined], [null], [{ include_usage: false }], [{ include_usage: true }]])('stream_options %o', async (options) => {
    const { chunks, text, headers } = await stream('acme/m1', { stream_options: options })
    expect(text).toBe(simulatedText(12))
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
    expect(new Set(chunks.map((chunk) => at(chunk, 'created'))).size).toBe(1)
    expect(new Set(chunks.map(({ model }) => model))).toEqual(new Set(['acme/m1']))
    expect(new Set(chunks.map(({ provider }) => provider))).toEqual(new Set(['Prov A']))
    expect(headers.get('x-generation-id')).toBe(chunks[0]?.id)
    expect(headers.get('cache-control')).toContain('no-cache')

    expect(at(chunks[0], 'choices', 0, 'delta')).toMatchObject({ role: 'assistant', content: '' })
    expect(deltas(chunks).filter((delta) => 'role' in delta)).toHaveLength(1)
    expect(finishes(chunks)).toEqual(['stop'])
    expect(chunks.filter((chunk) => 'usage' in chunk)).toHaveLength(1)
    expect(at(chunks.at(-2), 'choices', 0)).toMatchObject({ finish_reason: 'stop', native_finish_reason: 'stop' })
    const usage = chunks.at(-1)
    expect(usage?.choices).toEqual([])
    expect(usage?.usage).toMatchObject({ prompt_tokens: 1, completion_tokens: 12, total_tokens: 13, cost: 0.000025, is_byok: false })
  })

  test('of an upstream that reports no usage still has a usage chunk', async () => {
    const { chunks } = await stream('acme/no-usage')
    expect(asNumber(at(chunks.at(-1), 'usage', 'completion_tokens'))).toBeGreaterThan(0)
  })

  test('however the upstream cuts its bytes', async () => {
    expect((await stream('acme/fragments')).text).toBe(simulatedText(12))
  })

  test('stops at max_tokens with `length`, which is no error', async () => {
    const { chunks } = await stream('acme/m1', { max_tokens: 3 })
    expect(finishes(chunks)).toEqual(['length'])
    expect(holding(chunks, 'error')).toBe(-1)
  })

  test('carries logprobs with both keys', async () => {
    const { chunks } = await stream('acme/m1', { logprobs: true, top_logprobs: 1 })
    const logprobs = chunks.map((chunk) => at(chunk, 'choices', 0, 'logprobs')).filter((value) => value !== undefined && value !== null)
    expect(logprobs.length).toBeGreaterThanOrEqual(12)
    for (const item of logprobs) expect(item).toEqual({ content: expect.any(Array), refusal: null })
  })

  test('has several choices apart when several are asked for', async () => {
    const { chunks } = await stream('acme/m1', { n: 2 })
    const text = (index: number) => chunks.flatMap(({ choices }) => choices.filter((choice) => choice.index === index).map(({ delta }) => at(delta, 'content') ?? '')).join('')
    expect([text(0), text(1)]).toEqual([simulatedText(12), simulatedText(12, 1)])
  })
})

describe('row 29: keep-alive comments', () => {
  test('while the upstream is slow', async () => {
    const { comments, text, chunks } = await stream('acme/slow', {}, eager)
    expect(comments.length).toBeGreaterThan(0)
    expect(new Set(comments)).toEqual(new Set(['OPENROUTER PROCESSING']))
    expect(text).toBe(simulatedText(12))
    expect(chunks.at(-1)?.usage).toBeDefined()
  })

  test('come before the first token, at their time', async () => {
    const began = performance.now()
    const reply = await eager.chat({ model: 'acme/slow', stream: true })
    const headersAfter = performance.now() - began
    expect(headersAfter).toBeGreaterThan(80)
    expect(headersAfter).toBeLessThan(390)
    expect((await reply.text()).startsWith(': OPENROUTER PROCESSING\n\n')).toBe(true)
  })

  test('none when the upstream is quick', async () => {
    expect((await stream('acme/m1', {}, eager)).comments).toEqual([])
  })

  test('after them another endpoint may still answer', async () => {
    const { chunks, comments, text } = await stream('acme/slow-then-other', {}, eager)
    expect(comments.length).toBeGreaterThan(0)
    expect(text).toBe(simulatedText(12))
    expect(holding(chunks, 'error')).toBe(-1)
    expect(chunks[0]?.provider).toBe('Prov B')
  })

  test('after them a failure comes inside the stream', async () => {
    const { chunks, comments } = await stream('acme/slow-then-down', {}, eager)
    expect(comments.length).toBeGreaterThan(0)
    expect(chunks).toHaveLength(1)
    expect(chunks[0]).toMatchObject({ error: { code: 503, metadata: { error_type: 'provider_overloaded' } }, choices: [{ index: 0, delta: { content: '' }, finish_reason: 'error' }] })
  })
})

test('row 29, §4.4: a limit told inside a stream says as much as outside', async () => {
  const { chunks } = await stream('acme/slow-then-limited', {}, eager)
  expect(chunks).toMatchObject([
    {
      model: 'acme/slow-then-limited',
      error: { code: 429, metadata: { error_type: 'rate_limit_exceeded' }, availability: { code: 'capacity_exhausted', retryable: true, retry_after: 30, requested_models: ['acme/slow-then-limited'] } },
    },
  ])
})

test('row 30: two parallel calls in fragments', async () => {
  const tool = (name: string) => ({ type: 'function', function: { name, parameters: { type: 'object', properties: { location: { type: 'string' } }, required: ['location'] } } })
  const { chunks } = await stream('acme/calls', { tools: [tool('get_weather'), tool('get_time')] })
  const fragments = deltas(chunks).flatMap((delta) => {
    const calls = at(delta, 'tool_calls')
    return Array.isArray(calls) ? calls : []
  })
  expect(fragments.every((fragment) => typeof at(fragment, 'function', 'arguments') === 'string')).toBe(true)
  const ids = [0, 1].map((index) => {
    const [first, ...rest] = fragments.filter((fragment) => at(fragment, 'index') === index)
    expect(first).toMatchObject({ index, id: expect.any(String), type: 'function', function: { name: ['get_weather', 'get_time'][index], arguments: expect.any(String) } })
    expect(rest.length).toBeGreaterThanOrEqual(3)
    const text = [first, ...rest].map((fragment) => asText(at(fragment, 'function', 'arguments'))).join('')
    expect(JSON.parse(text)).toEqual({ location: expect.any(String) })
    return asText(at(first, 'id'))
  })
  expect(new Set(ids).size).toBe(2)
  expect(finishes(chunks)).toEqual(['tool_calls'])
})

test('row 31: no chunk of any kind of stream has a null where decoders break', async () => {
  const upstream = await scriptedUpstream(() => ({
    body: [
      { id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', system_fingerprint: null, usage: null, error: null, choices: [{ index: 0, delta: { role: 'assistant', content: 'Hi' }, finish_reason: null }] },
      { id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', system_fingerprint: null, usage: null, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
      { id: 'x', object: 'chat.completion.chunk', created: 1, model: 'm', choices: [], usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, prompt_tokens_details: null } },
    ]
      .map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
      .join('') + 'data: [DONE]\n\n',
  }))
  const other = await startGateway({
    providers: { odd: { base_url: upstream.url, api_key: 'k' }, 'prov-a': { base_url: upstream.url }, 'prov-b': { base_url: upstream.url }, 'prov-c': { base_url: upstream.url } },
    models: { 'acme/odd': { endpoints: [{ provider: 'odd', model: 'odd' }] } },
  })
  try {
    const { chunks, text, done } = await readStream(await other.chat({ model: 'acme/odd', stream: true }))
    for (const chunk of chunks) checkChunk(chunk)
    expect({ text, done }).toEqual({ text: 'Hi', done: true })
    expect(chunks.every((chunk) => !('system_fingerprint' in chunk))).toBe(true)
    expect(at(chunks.at(-1), 'usage')).toMatchObject({ prompt_tokens_details: { cached_tokens: 0 }, completion_tokens_details: { reasoning_tokens: 0 } })
  } finally {
    await other.close()
    await upstream.close()
  }
})

describe('row 32: an upstream that dies before the first token is not seen', () => {
  test.each(['status-503', 'status-500', 'status-429', 'status-401', 'status-404', 'reset', 'cut-after-0', 'eof-after-0', 'error-in-200', 'malformed-after-0', 'empty'])(
    '%s',
    async (behaviour) => {
      const { chunks, text } = await stream(`acme/${behaviour}`)
      expect(text).toBe(simulatedText(12))
      expect(new Set(chunks.map(({ provider }) => provider))).toEqual(new Set(['Prov B']))
      expect(holding(chunks, 'error')).toBe(-1)
      expect(called(gateway).at(0)).toBe('prov-a')
      expect(called(gateway).at(-1)).toBe('prov-b')
    },
  )
})

describe('row 33: an upstream that dies after two tokens', () => {
  test.each(['cut-after-2', 'eof-after-2', 'error-after-2', 'malformed-after-2', 'stalls'])('%s', async (behaviour) => {
    const { chunks, text } = await stream(`acme/${behaviour}`)
    expect(text).toBe(simulatedText(2))
    const [last] = chunks.slice(-1)
    expect(last).toMatchObject({
      provider: 'Prov A',
      model: `acme/${behaviour}`,
      error: { code: expect.any(Number), message: expect.any(String), metadata: { error_type: expect.any(String) } },
    })
    expect(last?.choices).toMatchObject([{ index: 0, delta: { content: '' }, finish_reason: 'error' }])
    expect(asNumber(last?.error?.code)).toBeGreaterThanOrEqual(500)
    expect(chunks.filter((chunk) => 'error' in chunk)).toHaveLength(1)
    expect(holding(chunks, 'usage')).toBe(-1)
    expect(finishes(chunks)).toEqual(['error'])
    expect(called(gateway)).toEqual(['prov-a'])
    expect(await generation(gateway, last?.id)).toMatchObject({ finish_reason: 'error', total_cost: 0, cancelled: false })
  })
})

describe('row 34: when all fail before the first token the answer is no stream', () => {
  test.each([
    ['acme/all-down', 503, 'provider_overloaded'],
    ['acme/only-429', 429, 'rate_limit_exceeded'],
    ['acme/only-400', 400, 'invalid_request'],
    ['nope/none', 400, 'invalid_request'],
  ])('%s', async (model, status, type) => {
    const reply = gateway.chat({ model, stream: true })
    expect((await refusal(reply, status))['error_type']).toBe(type)
    expect((await reply).headers.get('x-generation-id')).toMatch(/^gen-/)
  })
})

test('row 35: a client that leaves', { timeout: 20_000 }, async () => {
  const outgoing = request(`${gateway.url}/api/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
  })
  outgoing.end(JSON.stringify({ model: 'acme/paced', stream: true, messages: [{ role: 'user', content: 'hi' }] }))
  const [incoming] = await once(outgoing, 'response')
  const id = incoming.headers['x-generation-id']
  let text = ''
  incoming.on('data', (part: Buffer) => (text += part.toString()))
  incoming.on('error', () => {})
  while (text.split('"content"').length < 6) await after(10)
  const leftAt = Date.now()
  outgoing.destroy()

  await expect.poll(() => calls(gateway).at(-1)?.closedBy, { timeout: 3000 }).toBe('client')
  const closedAt = Date.parse(asText(calls(gateway).at(-1)?.closedAt))
  expect(closedAt - leftAt).toBeLessThan(1000)

  const record = await generation(gateway, id)
  expect(record).toMatchObject({ cancelled: true, streamed: true, provider_name: 'Prov A', model: 'acme/paced' })
  const completion = asNumber(record['tokens_completion'])
  expect(completion).toBeGreaterThan(0)
  expect(completion).toBeLessThan(30)
  expect(record['total_cost']).toBeCloseTo((asNumber(record['tokens_prompt']) + 2 * completion) / 1e6, 12)
})

describe('row 36: debug chunks', () => {
  const debug = { echo_upstream_body: true }

  test('the first chunk shows what was sent', async () => {
    const { chunks, text } = await stream('acme/m1', { debug, temperature: 0.5, user: 'alice' })
    expect(chunks[0]).toMatchObject({
      provider: 'Prov A',
      choices: [],
      debug: { echo_upstream_body: { model: 'steady', temperature: 0.5, stream: true, messages: [{ role: 'user', content: 'hi' }] } },
    })
    expect(chunks.filter((chunk) => 'debug' in chunk)).toHaveLength(1)
    expect(text).toBe(simulatedText(12))
    expect(JSON.stringify(chunks)).not.toMatch(/upstream-secret|alice|sk-or-v1/)
    const identity = asText(at(calls(gateway)[0]?.body, 'user'))
    expect(JSON.stringify(chunks)).not.toContain(identity)
    expect(calls(gateway).at(-1)?.body).not.toHaveProperty('debug')
  })

  test('one for each provider that was tried', async () => {
    const { chunks } = await stream('acme/status-503', { debug })
    const debugged = chunks.filter((chunk) => 'debug' in chunk)
    expect(debugged.map(({ provider }) => provider)).toEqual(['Prov A', 'Prov B'])
    expect(debugged.map((chunk) => chunk.debug?.echo_upstream_body['model'])).toEqual(['status-503', 'steady'])
    expect(chunks.slice(0, 2)).toEqual(debugged)
  })

  test('one for a provider that was tried twice', async () => {
    const { chunks } = await stream('acme/status-500', { debug })
    expect(called(gateway)).toEqual(['prov-a', 'prov-a', 'prov-b'])
    expect(chunks.filter((chunk) => 'debug' in chunk).map(({ provider }) => provider)).toEqual(['Prov A', 'Prov B'])
  })

  test('base64 is not echoed', async () => {
    const image = `data:image/png;base64,${Buffer.alloc(3000, 'pixels').toString('base64')}`
    const content = [{ type: 'text', text: 'hi' }, { type: 'image_url', image_url: { url: image } }]
    const { chunks } = await stream('acme/looks', { debug, messages: [{ role: 'user', content }] })
    expect(calls(gateway).at(-1)?.body).toMatchObject({ messages: [{ content }] })
    expect(at(chunks[0], 'debug', 'echo_upstream_body', 'messages', 0, 'content', 0)).toEqual(content[0])
    expect(JSON.stringify(chunks[0])).not.toContain(image.slice(30, 200))
  })

  test('without a stream it is ignored', async () => {
    const { status, body } = await readJson(gateway.chat({ debug }))
    expect(status).toBe(200)
    expect(body).not.toHaveProperty('debug')
  })

  test('false is no wish', async () => {
    const { chunks } = await stream('acme/m1', { debug: { echo_upstream_body: false } })
    expect(holding(chunks, 'debug')).toBe(-1)
  })
})

describe('§4.3: the order of chunks', () => {
  test.each(['acme/thinks', 'acme/thinks-in-details'])('reasoning before text: %s', async (model) => {
    const { chunks } = await stream(model)
    const thoughts = deltas(chunks).filter((delta) => 'reasoning' in delta)
    expect(thoughts.map((delta) => delta['reasoning']).join('')).toBe('First consider the question, then answer it.')
    for (const delta of thoughts) {
      expect(delta['reasoning_details']).toMatchObject([{ type: 'reasoning.text', text: delta['reasoning'], format: 'unknown' }])
    }
    const lastThought = chunks.findLastIndex(({ choices }) => choices.some(({ delta }) => delta !== undefined && 'reasoning' in delta))
    const firstWord = chunks.findIndex(({ choices }) => choices.some(({ delta }) => typeof delta?.['content'] === 'string' && delta['content'] !== ''))
    expect(withDelta(chunks, 'role')).toBe(0)
    expect(lastThought).toBeLessThan(firstWord)
  })

  test('images and annotations after the text, before the finish', async () => {
    const { chunks } = await stream('acme/draws')
    const finish = chunks.findIndex(({ choices }) => choices.some(({ finish_reason }) => finish_reason !== null))
    for (const name of ['images', 'annotations']) {
      expect(withDelta(chunks, name)).toBeGreaterThan(1)
      expect(withDelta(chunks, name)).toBeLessThan(finish)
    }
    const images = deltas(chunks).flatMap((delta) => ('images' in delta ? [delta['images']] : []))
    expect(images).toEqual([[{ type: 'image_url', image_url: { url: expect.stringMatching(/^data:image\/png;base64,/) } }]])
    const annotations = deltas(chunks).flatMap((delta) => ('annotations' in delta ? [delta['annotations']] : []))
    expect(annotations.flat()).toMatchObject([{ type: 'url_citation', url_citation: { url: 'https://example.com/rivers' } }, { type: 'url_citation' }])
    expect(JSON.stringify(annotations)).not.toContain('null')
  })

  test('audio', async () => {
    const { chunks } = await stream('acme/speaks', { modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'wav' } })
    const transcript = deltas(chunks).map((delta) => at(delta, 'audio', 'transcript') ?? '').join('')
    expect(transcript).toBe(simulatedText(12))
    expect(calls(gateway).at(-1)?.body).toMatchObject({ modalities: ['text', 'audio'], audio: { voice: 'alloy', format: 'wav' } })
  })

  test('a refusal', async () => {
    const { chunks } = await stream('acme/refuses')
    expect(deltas(chunks).map((delta) => delta['refusal'] ?? '').join('')).toBe("I'm sorry, but I can't help with that.")
  })

  test('metadata is on the last chunk before [DONE]', async () => {
    const reply = await gateway.chat({ stream: true }, { 'x-openrouter-metadata': 'enabled' })
    const { chunks } = await readStream(reply)
    expect(holding(chunks, 'openrouter_metadata')).toBe(chunks.length - 1)
    expect(chunks.at(-1)?.openrouter_metadata).toMatchObject({ requested: 'acme/m1', attempt: 1 })
  })
})
