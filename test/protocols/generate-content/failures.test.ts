import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { generateContentUpstream } from '../../../src/protocols/generate-content/upstream.ts'
import { scriptedUpstream } from '../../acceptance/exchange.ts'
import { startGateway, type TestGateway } from '../../gateway.ts'
import { replyFolders } from '../../recordings/replay.ts'
import { readStream } from '../../sse.ts'
import { type ProtocolGateway, startProtocolGateway } from '../protocol-gateway.ts'

let gateway: ProtocolGateway
beforeAll(async () => {
  gateway = await startProtocolGateway('generate-content', {
    long: 'context-length',
    limited: 'retry-after-7',
    denied: 'status-403',
    missing: 'status-404',
    overloaded: 'status-503',
    cut: 'eof-after-2',
    broken: 'tokens-4+malformed-after-1',
    unfinished: 'tokens-4+no-finish',
    failing: 'tokens-4+error-after-2',
    empty: 'empty',
    uncounted: 'tokens-3+no-usage',
    late: 'error-in-200',
  })
})
afterAll(() => gateway.close())

test.each([
  ['long', 400, 'context_length_exceeded'],
  ['limited', 429, 'rate_limit_exceeded'],
  ['denied', 502, 'provider_unavailable'],
  ['missing', 404, 'not_found'],
  ['overloaded', 503, 'provider_overloaded'],
  ['empty', 502, 'provider_unavailable'],
  ['late', 502, 'provider_unavailable'],
])('%s answers %i %s', async (name, status, type) => {
  const response = await gateway.chat({ model: `test/${name}` })
  expect(response.status).toBe(status)
  expect(Object(await response.json()).error.error_type).toBe(type)
})

test.each(['cut', 'broken', 'failing', 'unfinished'])('a stream that is %s ends in an error', async (name) => {
  const { chunks, text } = await readStream(await gateway.chat({ model: `test/${name}`, stream: true }))
  expect(text).toMatch(/^The/)
  expect(chunks.at(-1)).toMatchObject({ choices: [{ finish_reason: 'error' }], error: { code: 502 } })
})

test('an answer of which nothing is counted is believed', async () => {
  expect((await gateway.ask('uncounted')).received.finish).toBe('stop')
})

/** Returns the error that the protocol makes of a refusal. */
function refusal(status: number, body: unknown, headers = {}) {
  const request = {
    operation: 'chat',
    input: { type: 'messages', messages: [], modalities: new Set() },
    parameters: {},
  }
  const endpoint = { providerName: 'Google', upstreamModel: 'm', supportedParameters: null, tier: 'default' }
  const call = generateContentUpstream.openCall(Object(request), Object(endpoint), {})
  return call.reply.decodeError({ status, headers, body, receivedAt: 0 })
}

const error = (code: number, status: string, message: string, details: readonly object[] = []) => ({
  error: { code, message, status, details },
})

test('the time to wait is in the details', () => {
  const info = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.074824224s' }
  const body = error(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded.', [{ '@type': 'x.QuotaFailure' }, info])
  for (const upstreamReply of [body, [body]]) {
    const { error: failure, retry } = refusal(429, upstreamReply, { 'retry-after': '5' })
    expect(retry).toEqual({ scope: 'next-credential', afterMs: 34_075 })
    expect(failure).toMatchObject({ kind: 'rate_limit_exceeded', message: 'Quota exceeded.' })
    expect(failure.details).toMatchObject({ providerCode: 'RESOURCE_EXHAUSTED', raw: upstreamReply })
  }
  expect(refusal(429, error(429, 'RESOURCE_EXHAUSTED', 'x'), { 'retry-after': '5' }).retry.afterMs).toBe(5000)
})

test('a bad key is called an invalid argument: it is our concern, and is not repeated', () => {
  const reason = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'API_KEY_INVALID' }
  const upstreamReply = error(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.', [reason])
  const { error: failure, retry } = refusal(400, upstreamReply)
  expect(failure.kind).toBe('provider_unavailable')
  expect(failure.details.raw).toBeUndefined()
  expect(retry.scope).toBe('next-credential')
})

test.each([
  [400, 'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).', 'larger-context'],
  [400, 'User location is not supported for the API use.', 'next-endpoint'],
  [400, 'Invalid value at generation_config.temperature.', 'next-model'],
  [500, 'An internal error has occurred.', 'same'],
  [504, 'Deadline exceeded.', 'next-endpoint'],
])('%i %s: %s', (status, message, scope) => {
  expect(refusal(status, error(status, 'X', message)).retry.scope).toBe(scope)
})

test.each(replyFolders)('a quota that is used up: $name', ({ name, path }) => {
  const upstreamReply: unknown = JSON.parse(readFileSync(join(path, 'google/google-429-retry-info.json'), 'utf8'))
  const afterMs = name === 'our own replies' ? 21_500 : 34_400
  expect(refusal(429, upstreamReply).retry).toEqual({ scope: 'next-credential', afterMs })
})

describe('answers that no behaviour of the simulator produces', () => {
  let upstream: Awaited<ReturnType<typeof scriptedUpstream>>
  let scripted: TestGateway
  let reply: object | string = {}
  beforeAll(async () => {
    upstream = await scriptedUpstream(() => ({ body: reply }))
    const provider = { protocol: 'generate-content', base_url: upstream.url, api_key: 'upstream-secret' }
    scripted = await startGateway({
      providers: { 'prov-a': { ...provider, name: 'Google House' }, 'prov-b': provider, 'prov-c': provider },
      models: { 'acme/m1': { endpoints: [{ provider: 'prov-a', model: 'm', pricing: { prompt: 1, completion: 2 } }] } },
    })
  })
  afterAll(async () => {
    await scripted.close()
    await upstream.close()
  })
  const chat = async (upstreamReply: object | string, more: object = {}) => {
    reply = upstreamReply
    return scripted.chat(more as Record<string, unknown>)
  }
  const candidate = (parts: readonly object[], more: object = {}) => ({
    candidates: [{ content: { role: 'model', parts }, ...more }],
    usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 2, totalTokenCount: 6 },
  })
  const frames = (...chunks: readonly object[]) => chunks.map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`).join('')

  test('a blocked prompt', async () => {
    const blocked = { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' }, usageMetadata: { promptTokenCount: 4 } }
    for (const upstreamReply of [blocked, frames(blocked)]) {
      const response = await chat(upstreamReply, { stream: typeof upstreamReply === 'string' })
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({
        error: { error_type: 'content_policy_violation', metadata: { provider_code: 'PROHIBITED_CONTENT' } },
      })
    }
  })

  test('an answer that is filtered before its first token is a finish', async () => {
    const { choices } = Object(await (await chat({ candidates: [{ finishReason: 'SAFETY' }] })).json())
    expect(choices).toMatchObject([{ finish_reason: 'content_filter', native_finish_reason: 'SAFETY' }])
  })

  test('a call that Gemini wrote amiss is no answer', async () => {
    const upstreamReply = {
      candidates: [{ finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: 'Malformed function call: print(' }],
    }
    const response = await chat(upstreamReply)
    expect(response.status).toBe(502)
    const { error } = Object(await response.json())
    expect(error.message).toContain('Malformed function call: print(')
    expect(error.metadata.raw).toBe('Malformed function call: print(')
  })

  test('an error in the middle of a stream has the status that it would have had', async () => {
    const chunks = [candidate([{ text: 'a' }]), error(503, 'UNAVAILABLE', 'The model is overloaded.')]
    const { chunks: read } = await readStream(await chat(frames(...chunks), { stream: true }))
    expect(read.at(-1)).toMatchObject({ error: { code: 503 }, choices: [{ finish_reason: 'error' }] })
  })

  test('Google’s ids are kept, but each for one call only', async () => {
    const calls = ['a', 'a', undefined].map((id) => ({ functionCall: { name: 'f', id, args: { x: 1 } } }))
    const { choices } = Object(await (await chat(candidate(calls, { finishReason: 'STOP' }))).json())
    const ids: readonly string[] = choices[0].message.tool_calls.map(({ id }: { id: string }) => id)
    expect(ids[0]).toBe('a')
    expect(new Set(ids).size).toBe(3)
  })

  test('places in bytes become places in UTF-16', async () => {
    const text = 'Grüße 😀 aus Köln'
    const start = Buffer.byteLength('Grüße 😀 ')
    const groundingMetadata = {
      webSearchQueries: ['q'],
      groundingChunks: [
        { web: { uri: 'https://a.example', title: 'A' } },
        { retrievedContext: { uri: 'https://b.example' } },
      ],
      groundingSupports: [
        {
          segment: { startIndex: start, endIndex: Buffer.byteLength(text), text: 'aus Köln' },
          groundingChunkIndices: [0],
        },
      ],
    }
    const upstreamReply = candidate([{ text }], { finishReason: 'STOP', groundingMetadata })
    const { choices } = Object(await (await chat(upstreamReply)).json())
    expect(choices[0].message.annotations).toEqual([
      {
        type: 'url_citation',
        url_citation: { url: 'https://a.example', title: 'A', content: 'aus Köln', start_index: 9, end_index: 17 },
      },
      { type: 'url_citation', url_citation: { url: 'https://b.example' } },
    ])
  })

  test('counts by kind; what tools of Google’s read is part of the prompt; the tier that served', async () => {
    const usageMetadata = {
      promptTokenCount: 100,
      toolUsePromptTokenCount: 20,
      cachedContentTokenCount: 40,
      candidatesTokenCount: 7,
      thoughtsTokenCount: 3,
      totalTokenCount: 130,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 80 },
        { modality: 'AUDIO', tokenCount: 20 },
      ],
      trafficType: 'ON_DEMAND_PRIORITY',
    }
    const upstreamReply = { ...candidate([{ text: 'a' }], { finishReason: 'STOP' }), usageMetadata }
    const answer = Object(await (await chat(upstreamReply)).json())
    expect(answer).toMatchObject({
      service_tier: 'priority',
      usage: {
        prompt_tokens: 120,
        completion_tokens: 10,
        prompt_tokens_details: { cached_tokens: 40, audio_tokens: 20 },
        completion_tokens_details: { reasoning_tokens: 3 },
      },
    })
  })

  test('reasoning that used all tokens ends the answer by its length, with its cost', async () => {
    const usageMetadata = { promptTokenCount: 4, thoughtsTokenCount: 90, totalTokenCount: 94 }
    const upstreamReply = { candidates: [{ content: { role: 'model' }, finishReason: 'MAX_TOKENS' }], usageMetadata }
    const answer = Object(await (await chat(upstreamReply)).json())
    expect(answer).toMatchObject({ choices: [{ finish_reason: 'length' }], usage: { completion_tokens: 90 } })
  })
})
