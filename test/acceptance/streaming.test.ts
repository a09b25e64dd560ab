import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { asNumber, asText, at, calls, scriptedUpstream } from './exchange.ts'
import { checkChunk, deltas, finishes, holding, joined, openStream, withDelta } from './stream-exchange.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    models: {
      'acme/calls': behaving('parallel-tool-calls'),
      'acme/thinks': behaving('reasoning'),
      'acme/thinks-in-details': behaving('reasoning-field'),
      'acme/refuses': behaving('refusal'),
      'acme/draws': { output_modalities: ['text', 'image'], ...behaving('image+citations') },
      'acme/speaks': { output_modalities: ['text', 'audio'], ...behaving('audio') },
      'acme/no-usage': behaving('no-usage'),
      'acme/fragments': behaving('fragment-bytes+crlf+comments'),
    },
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

describe('contract row 28: a stream', () => {
  test.each([[undefined], [null], [{ include_usage: false }], [{ include_usage: true }]])(
    'stream_options %o',
    async (options) => {
      const { chunks, text, headers } = await openStream(gateway, 'acme/m1', { stream_options: options })
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
      expect(usage?.usage).toMatchObject({
        prompt_tokens: 1,
        completion_tokens: 12,
        total_tokens: 13,
        cost: 0.000025,
        is_byok: false,
      })
    },
  )

  test('of an upstream that reports no usage still has a usage chunk', async () => {
    const { chunks } = await openStream(gateway, 'acme/no-usage')
    expect(asNumber(at(chunks.at(-1), 'usage', 'completion_tokens'))).toBeGreaterThan(0)
  })

  test('however the upstream cuts its bytes', async () => {
    expect((await openStream(gateway, 'acme/fragments')).text).toBe(simulatedText(12))
  })

  test('stops at max_tokens with `length`, which is no error', async () => {
    const { chunks } = await openStream(gateway, 'acme/m1', { max_tokens: 3 })
    expect(finishes(chunks)).toEqual(['length'])
    expect(holding(chunks, 'error')).toBe(-1)
  })

  test('carries logprobs with both keys', async () => {
    const { chunks } = await openStream(gateway, 'acme/m1', { logprobs: true, top_logprobs: 1 })
    const logprobs = chunks
      .map((chunk) => at(chunk, 'choices', 0, 'logprobs'))
      .filter((value) => value !== undefined && value !== null)
    expect(logprobs.length).toBeGreaterThanOrEqual(12)
    for (const item of logprobs) expect(item).toEqual({ content: expect.any(Array), refusal: null })
  })

  test('keeps several choices separate when several are requested', async () => {
    const { chunks } = await openStream(gateway, 'acme/m1', { n: 2 })
    const text = (index: number) =>
      chunks
        .flatMap(({ choices }) =>
          choices.filter((choice) => choice.index === index).map(({ delta }) => at(delta, 'content') ?? ''),
        )
        .join('')
    expect([text(0), text(1)]).toEqual([simulatedText(12), simulatedText(12, 1)])
  })
})

test('contract row 30: two parallel calls in fragments', async () => {
  const tool = (name: string) => ({
    type: 'function',
    function: {
      name,
      parameters: { type: 'object', properties: { location: { type: 'string' } }, required: ['location'] },
    },
  })
  const { chunks } = await openStream(gateway, 'acme/calls', { tools: [tool('get_weather'), tool('get_time')] })
  const fragments = deltas(chunks).flatMap((delta) => {
    const calls = at(delta, 'tool_calls')
    return Array.isArray(calls) ? calls : []
  })
  expect(fragments.every((fragment) => typeof at(fragment, 'function', 'arguments') === 'string')).toBe(true)
  const ids = [0, 1].map((index) => {
    const [first, ...rest] = fragments.filter((fragment) => at(fragment, 'index') === index)
    expect(first).toMatchObject({
      index,
      id: expect.any(String),
      type: 'function',
      function: { name: ['get_weather', 'get_time'][index], arguments: expect.any(String) },
    })
    expect(rest.length).toBeGreaterThanOrEqual(3)
    const text = [first, ...rest].map((fragment) => asText(at(fragment, 'function', 'arguments'))).join('')
    expect(JSON.parse(text)).toEqual({ location: expect.any(String) })
    return asText(at(first, 'id'))
  })
  expect(new Set(ids).size).toBe(2)
  expect(finishes(chunks)).toEqual(['tool_calls'])
})

test('contract row 31: no chunk of any kind of stream has a null where decoders break', async () => {
  const upstream = await scriptedUpstream(() => ({
    body:
      [
        {
          id: 'x',
          object: 'chat.completion.chunk',
          created: 1,
          model: 'm',
          system_fingerprint: null,
          usage: null,
          error: null,
          choices: [{ index: 0, delta: { role: 'assistant', content: 'Hi' }, finish_reason: null }],
        },
        {
          id: 'x',
          object: 'chat.completion.chunk',
          created: 1,
          model: 'm',
          system_fingerprint: null,
          usage: null,
          choices: [{ index: 0, delta: {}, finish_reason: 'stop' }],
        },
        {
          id: 'x',
          object: 'chat.completion.chunk',
          created: 1,
          model: 'm',
          choices: [],
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2, prompt_tokens_details: null },
        },
      ]
        .map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`)
        .join('') + 'data: [DONE]\n\n',
  }))
  const other = await startGateway({
    providers: {
      odd: { base_url: upstream.url, api_key: 'k' },
      'prov-a': { base_url: upstream.url },
      'prov-b': { base_url: upstream.url },
      'prov-c': { base_url: upstream.url },
    },
    models: { 'acme/odd': { endpoints: [{ provider: 'odd', model: 'odd' }] } },
  })
  try {
    const { chunks, text, done } = await readStream(await other.chat({ model: 'acme/odd', stream: true }))
    for (const chunk of chunks) checkChunk(chunk)
    expect({ text, done }).toEqual({ text: 'Hi', done: true })
    expect(chunks.every((chunk) => !('system_fingerprint' in chunk))).toBe(true)
    expect(at(chunks.at(-1), 'usage')).toMatchObject({
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    })
  } finally {
    await other.close()
    await upstream.close()
  }
})

describe('contract §4.3: the order of chunks', () => {
  test.each(['acme/thinks', 'acme/thinks-in-details'])('reasoning before text: %s', async (model) => {
    const { chunks } = await openStream(gateway, model)
    const thoughts = deltas(chunks).filter((delta) => 'reasoning' in delta)
    expect(joined(chunks, 'reasoning')).toBe('First consider the question, then answer it.')
    for (const delta of thoughts) {
      expect(delta['reasoning_details']).toMatchObject([
        { type: 'reasoning.text', text: delta['reasoning'], format: 'unknown' },
      ])
    }
    const lastThought = chunks.findLastIndex(({ choices }) =>
      choices.some(({ delta }) => delta !== undefined && 'reasoning' in delta),
    )
    const firstWord = chunks.findIndex(({ choices }) =>
      choices.some(({ delta }) => typeof delta?.['content'] === 'string' && delta['content'] !== ''),
    )
    expect(withDelta(chunks, 'role')).toBe(0)
    expect(lastThought).toBeLessThan(firstWord)
  })

  test('images and annotations after the text, before the finish', async () => {
    const { chunks } = await openStream(gateway, 'acme/draws')
    const finish = chunks.findIndex(({ choices }) => choices.some(({ finish_reason }) => finish_reason !== null))
    for (const name of ['images', 'annotations']) {
      expect(withDelta(chunks, name)).toBeGreaterThan(1)
      expect(withDelta(chunks, name)).toBeLessThan(finish)
    }
    const images = deltas(chunks).flatMap((delta) => ('images' in delta ? [delta['images']] : []))
    expect(images).toEqual([
      [{ type: 'image_url', image_url: { url: expect.stringMatching(/^data:image\/png;base64,/) } }],
    ])
    const annotations = deltas(chunks).flatMap((delta) => ('annotations' in delta ? [delta['annotations']] : []))
    expect(annotations.flat()).toMatchObject([
      { type: 'url_citation', url_citation: { url: 'https://example.com/rivers' } },
      { type: 'url_citation' },
    ])
    expect(JSON.stringify(annotations)).not.toContain('null')
  })

  test('audio', async () => {
    const { chunks } = await openStream(gateway, 'acme/speaks', {
      modalities: ['text', 'audio'],
      audio: { voice: 'alloy', format: 'wav' },
    })
    expect(joined(chunks, 'audio', 'transcript')).toBe(simulatedText(12))
    expect(calls(gateway).at(-1)?.body).toMatchObject({
      modalities: ['text', 'audio'],
      audio: { voice: 'alloy', format: 'wav' },
    })
  })

  test('a refusal', async () => {
    const { chunks } = await openStream(gateway, 'acme/refuses')
    expect(joined(chunks, 'refusal')).toBe("I'm sorry, but I can't help with that.")
  })

  test('metadata is on the last chunk before [DONE]', async () => {
    const reply = await gateway.chat({ stream: true }, { 'x-openrouter-metadata': 'enabled' })
    const { chunks } = await readStream(reply)
    expect(holding(chunks, 'openrouter_metadata')).toBe(chunks.length - 1)
    expect(chunks.at(-1)?.openrouter_metadata).toMatchObject({ requested: 'acme/m1', attempt: 1 })
  })
})
