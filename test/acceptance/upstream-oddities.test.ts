import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/util/json.ts'
import { startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { asText, at, generation, readJson, scriptedUpstream } from './exchange.ts'

/** Returns the upstream's reply: the message of its only choice, and other fields. */
let message: JsonObject = {}
let finish = 'stop'
let more: JsonObject = {}
let upstream: Awaited<ReturnType<typeof scriptedUpstream>>
let gateway: TestGateway

/** The same answer as a stream: the message in one delta, the usage in a chunk of its own. */
const frames = (): string => {
  const { usage, ...beside } = more
  const chunks = [
    { id: 'x', choices: [{ index: 0, delta: message, finish_reason: null }], ...beside },
    { id: 'x', choices: [{ index: 0, delta: {}, finish_reason: finish }] },
    { id: 'x', choices: [], usage },
  ]
  return [...chunks.map((chunk) => JSON.stringify(chunk)), '[DONE]'].map((data) => `data: ${data}\n\n`).join('')
}

beforeAll(async () => {
  upstream = await scriptedUpstream(() => ({
    body:
      upstream.lastRequest()['stream'] === true
        ? frames()
        : { id: 'x', choices: [{ index: 0, message, finish_reason: finish }], ...more },
  }))
  const provider = { name: 'Odd', base_url: upstream.url, api_key: 'k' }
  gateway = await startGateway({
    providers: Object.fromEntries(['prov-a', 'prov-b', 'prov-c'].map((slug) => [slug, provider])),
  })
})
afterAll(() => Promise.all([gateway.close(), upstream.close()]))

const replyOf = (given: {
  readonly message: JsonObject
  readonly finish?: string
  readonly more?: JsonObject
}): void => {
  message = given.message
  finish = given.finish ?? 'stop'
  more = given.more ?? {}
}
const whole = async () => (await readJson(gateway.chat({ model: 'acme/m2' }))).body
const streamed = async () => {
  const { chunks, done } = await readStream(await gateway.chat({ model: 'acme/m2', stream: true }))
  expect(done).toBe(true)
  return chunks
}
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

describe('calls (contract §2.4, §4.3)', () => {
  const call = (id: string | undefined, name: string, args: unknown = '{}', index?: number) => ({
    index,
    id,
    type: 'function',
    function: { name, arguments: args },
  })
  const ids = async (): Promise<readonly string[]> =>
    list(at(await whole(), 'choices', 0, 'message', 'tool_calls')).map((one) => asText(at(one, 'id')))
  const streamedIds = async (): Promise<readonly string[]> =>
    (await streamed())
      .flatMap((chunk) => list(at(chunk, 'choices', 0, 'delta', 'tool_calls')))
      .flatMap((one) => (at(one, 'id') === undefined ? [] : [asText(at(one, 'id'))]))

  test.each([
    ['repeated', 'same', 'same'],
    ['empty', '', ''],
    ['missing', undefined, undefined],
  ])('%s ids become unique ones', async (_, one, other) => {
    replyOf({
      message: { role: 'assistant', content: null, tool_calls: [call(one, 'f', '{}', 0), call(other, 'g', '{}', 1)] },
      finish: 'tool_calls',
    })
    for (const given of [await ids(), await streamedIds()]) {
      expect(given).toHaveLength(2)
      expect(new Set(given).size).toBe(2)
      expect(given).not.toContain('')
    }
  })

  test('calls end the answer with `tool_calls`, whatever the upstream sends', async () => {
    for (const native of ['stop', 'function_call', 'tool_use']) {
      replyOf({ message: { role: 'assistant', content: null, tool_calls: [call('c', 'f', '{}', 0)] }, finish: native })
      expect(at(await whole(), 'choices', 0)).toMatchObject({
        finish_reason: 'tool_calls',
        native_finish_reason: native,
      })
    }
    replyOf({ message: { role: 'assistant', content: null, tool_calls: [call('c', 'f', '{}', 0)] }, finish: 'length' })
    expect(at(await whole(), 'choices', 0, 'finish_reason')).toBe('length')
  })

  test('every streamed piece of a call has its function, the first the name', async () => {
    replyOf({ message: { role: 'assistant', tool_calls: [call('c', 'f', '{"a":1}', 0)] }, finish: 'tool_calls' })
    const pieces = (await streamed()).flatMap((chunk) => list(at(chunk, 'choices', 0, 'delta', 'tool_calls')))
    expect(pieces[0]).toMatchObject({ index: 0, id: 'c', type: 'function', function: { name: 'f' } })
    expect(pieces.map((piece) => asText(at(piece, 'function', 'arguments'))).join('')).toBe('{"a":1}')
  })
})

describe('reasoning (contract §3.3a, §4.3)', () => {
  const details = [
    { type: 'reasoning.summary', summary: 'In short.', id: 'rs_1', format: 'openai-responses-v1', index: 0 },
    { type: 'reasoning.encrypted', data: 'b3BhcXVl', id: 'rs_2', format: 'openai-responses-v1', index: 1 },
    { type: 'reasoning.text', text: 'Hm.', signature: 'sig', id: null, format: 'anthropic-claude-v1', index: 2 },
  ]

  test('details come through, in order', async () => {
    replyOf({ message: { role: 'assistant', content: 'Yes', reasoning_details: details } })
    expect(at(await whole(), 'choices', 0, 'message')).toMatchObject({
      content: 'Yes',
      reasoning: 'In short.Hm.',
      reasoning_details: details,
    })
    const deltas = (await streamed()).flatMap((chunk) => list(at(chunk, 'choices', 0, 'delta', 'reasoning_details')))
    expect(deltas).toMatchObject(details)
  })

  test('text pieces of one reasoning block join, and keep the signature that comes last', async () => {
    const piece = (text: string, signature?: string) => ({
      type: 'reasoning.text',
      text,
      signature,
      format: 'anthropic-claude-v1',
      index: 0,
    })
    replyOf({
      message: { role: 'assistant', content: 'Yes', reasoning_details: [piece('H'), piece('m.'), piece('', 'sig')] },
    })
    expect(at(await whole(), 'choices', 0, 'message', 'reasoning_details')).toMatchObject([
      { type: 'reasoning.text', text: 'Hm.', signature: 'sig' },
    ])
  })

  test('reasoning_content is reasoning', async () => {
    replyOf({ message: { role: 'assistant', content: 'Yes', reasoning_content: 'Hm.' } })
    expect(at(await whole(), 'choices', 0, 'message')).toMatchObject({
      reasoning: 'Hm.',
      reasoning_details: [{ type: 'reasoning.text', text: 'Hm.' }],
    })
  })
})

test('logprobs with one list alone have both keys (contract §3.2)', async () => {
  const token = { token: 'Yes', logprob: -0.1, bytes: [89, 101, 115], top_logprobs: [] }
  replyOf({
    message: { role: 'assistant', content: 'Yes' },
    more: {
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Yes' },
          logprobs: { content: [token] },
          finish_reason: 'stop',
        },
      ],
    },
  })
  expect(at(await whole(), 'choices', 0, 'logprobs')).toEqual({ content: [token], refusal: null })
})

describe('usage (contract §3.4)', () => {
  const usage = (value: unknown) => replyOf({ message: { role: 'assistant', content: 'Yes' }, more: { usage: value } })

  test('nulls of the upstream do not come through', async () => {
    usage({
      prompt_tokens: 3,
      completion_tokens: 1,
      total_tokens: 4,
      prompt_tokens_details: null,
      completion_tokens_details: { reasoning_tokens: null, audio_tokens: null },
    })
    const given = at(await whole(), 'usage')
    expect(given).toMatchObject({
      prompt_tokens: 3,
      completion_tokens: 1,
      total_tokens: 4,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
    })
    expect(at(given, 'completion_tokens_details')).not.toHaveProperty('audio_tokens', null)
  })

  test('a total that does not add up is ours', async () => {
    usage({ prompt_tokens: 3, completion_tokens: 1, total_tokens: 99 })
    expect(at(await whole(), 'usage', 'total_tokens')).toBe(4)
  })

  test.each([[null], [undefined], [{}], ['many']])('%o is estimated, never missing', async (value) => {
    usage(value)
    const body = await whole()
    for (const name of ['prompt_tokens', 'completion_tokens', 'total_tokens', 'cost'])
      expect(at(body, 'usage', name)).toEqual(expect.any(Number))
    expect(at(body, 'usage', 'completion_tokens')).toBeGreaterThan(0)
    expect((await generation(gateway, body['id']))['tokens_completion']).toBe(at(body, 'usage', 'completion_tokens'))
  })
})

test('the tier that served is reported with the published names (contract §3.1)', async () => {
  for (const [native, tier] of [
    ['standard', 'default'],
    ['default', 'default'],
    ['flex', 'flex'],
    ['priority', 'priority'],
  ]) {
    for (const usage of [undefined, { prompt_tokens: 1, completion_tokens: 1 }]) {
      replyOf({ message: { role: 'assistant', content: 'Yes' }, more: { service_tier: native, usage } })
      expect((await whole())['service_tier']).toBe(tier)
      expect(at((await streamed()).at(-1), 'service_tier')).toBe(tier)
    }
  }
})

test('an image without type gets one (contract §3.3)', async () => {
  replyOf({
    message: { role: 'assistant', content: 'Look', images: [{ image_url: { url: 'https://example.com/a.png' } }] },
  })
  const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } }
  expect(at(await whole(), 'choices', 0, 'message', 'images')).toEqual([image])
  expect((await streamed()).flatMap((chunk) => list(at(chunk, 'choices', 0, 'delta', 'images')))).toEqual([image])
})

test('a file annotation always has a name (contract §2.3)', async () => {
  replyOf({
    message: {
      role: 'assistant',
      content: 'Read',
      annotations: [{ type: 'file', file: { hash: 'h', content: [{ type: 'text', text: 't' }] } }],
    },
  })
  expect(at(await whole(), 'choices', 0, 'message', 'annotations')).toMatchObject([
    { type: 'file', file: { hash: 'h', name: expect.any(String), content: [{ type: 'text', text: 't' }] } },
  ])
})

test('an empty answer with a filter’s finish is an answer', async () => {
  replyOf({ message: { role: 'assistant', content: null }, finish: 'content_filter' })
  const body = await whole()
  expect(at(body, 'choices', 0)).toMatchObject({
    finish_reason: 'content_filter',
    message: { role: 'assistant', content: null },
  })
})

test('an empty answer is one where a stop sequence of the request may have ended it', async () => {
  replyOf({ message: { role: 'assistant', content: '' } })
  const { status, body } = await readJson(gateway.chat({ model: 'acme/m2', stop: ['The'] }))
  expect({ status, finish: at(body, 'choices', 0, 'finish_reason') }).toEqual({ status: 200, finish: 'stop' })
  expect((await gateway.chat({ model: 'acme/m2' })).status).toBe(502)
})

describe('an upstream that fails after the keep-alive or inside a 200', () => {
  test('an error body with 200 is a failure', async () => {
    replyOf({ message: {}, more: { error: { message: 'Overloaded.', code: 503 } } })
    const { status, body } = await readJson(gateway.chat({ model: 'acme/m2' }))
    expect({ status, code: at(body, 'error', 'code') }).toEqual({ status: 503, code: 503 })
  })
})
