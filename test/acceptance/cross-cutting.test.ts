import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { behaving, startGateway, testKey, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { at, calls, generation, readJson, refusal, sent } from './exchange.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({ models: { 'acme/down': behaving('status-503') } })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

describe('0.7: null means absent', () => {
  test.each(
    'model models route provider plugins preset transforms stream stream_options max_tokens max_completion_tokens temperature top_p top_k min_p top_a frequency_penalty presence_penalty repetition_penalty logit_bias logprobs top_logprobs seed stop response_format structured_outputs tools tool_choice parallel_tool_calls max_tool_calls stop_server_tools_when reasoning reasoning_effort include_reasoning verbosity prediction modalities audio image_config cache_control prompt_cache_key prompt_cache_options session_id user metadata trace service_tier speed debug web_search_options x_search_filter usage'.split(
      ' ',
    ),
  )('%s', async (name) => {
    const body = { [name]: null, ...(name === 'model' && { models: ['acme/m1'] }) }
    const { status, body: reply } = await readJson(gateway.chat(body))
    expect({ status, error: reply['error'] }).toEqual({ status: 200, error: undefined })
    expect(sent(gateway)).toEqual({ model: 'steady', messages: [{ role: 'user', content: 'hi' }] })
  })

  test('in the provider object too', async () => {
    const names =
      'order only ignore allow_fallbacks require_parameters data_collection zdr enforce_distillable_text quantizations sort max_price preferred_min_throughput preferred_max_latency'.split(
        ' ',
      )
    const { status } = await gateway.chat({ provider: Object.fromEntries(names.map((name) => [name, null])) })
    expect(status).toBe(200)
  })

  test('in messages and parts too, except for what is required', async () => {
    const { status } = await gateway.chat({
      messages: [
        {
          role: 'system',
          content: [{ type: 'text', text: 'x', cache_control: null, prompt_cache_breakpoint: null }],
          name: null,
        },
        {
          role: 'assistant',
          content: null,
          name: null,
          tool_calls: null,
          refusal: null,
          reasoning: null,
          reasoning_content: null,
          reasoning_details: null,
          images: null,
          audio: null,
          annotations: null,
          model: null,
        },
        { role: 'user', content: 'hi', name: null, cache_control: null },
      ],
    })
    expect(status).toBe(200)
    await refusal(gateway.chat({ messages: null }), 400)
    await refusal(gateway.chat({ messages: [{ role: 'user', content: null }] }), 400)
  })
})

describe('0.11: ids', () => {
  test('of generations and requests', async () => {
    const askedAt = Math.floor(Date.now() / 1_000)
    const reply = await gateway.chat({})
    const id = reply.headers.get('x-generation-id')
    expect(id).toMatch(/^gen-\d{10}-[A-Za-z0-9]{20}$/)
    expect(Number(id?.split('-')[1])).toBeGreaterThanOrEqual(askedAt)
    expect(Number(id?.split('-')[1])).toBeLessThanOrEqual(Date.now() / 1_000)
    expect((await generation(gateway, id))['request_id']).toMatch(/^req-\d{10}-[A-Za-z0-9]{20}$/)
  })

  test('are never given twice', async () => {
    const replies = await Promise.all(Array.from({ length: 20 }, () => gateway.chat({})))
    expect(new Set(replies.map(({ headers }) => headers.get('x-generation-id'))).size).toBe(20)
  })

  test('a key is not shown in the log; its mask is', async () => {
    await gateway.chat({})
    await expect.poll(() => gateway.log.join('')).toContain('sk-or-v1-tes...unt')
    expect(gateway.log.join('')).not.toContain(testKey)
    expect(gateway.log.join('')).not.toContain(createHash('sha256').update(testKey).digest('hex'))
    expect(gateway.log.join('')).not.toContain('upstream-secret')
  })
})

describe('0.9: X-Generation-Id', () => {
  test.each([false, true])('equals the id of the body; streamed: %s', async (stream) => {
    const reply = await gateway.chat({ stream })
    const id = stream ? (await readStream(reply)).chunks[0]?.id : (await readJson(reply)).body['id']
    expect(reply.headers.get('x-generation-id')).toBe(id)
  })

  test.each([
    [{ model: 'acme/down' }, 503],
    [{ model: 'acme/down', stream: true }, 503],
    [{ model: 'nope/none' }, 400],
  ])('also on a failure after routing: %o', async (body, status) => {
    const reply = await gateway.chat(body)
    expect(reply.status).toBe(status)
    expect(reply.headers.get('x-generation-id')).toMatch(/^gen-/)
  })

  test('success carries no rate-limit headers', async () => {
    const { headers } = await gateway.chat({})
    expect([...headers.keys()].filter((name) => /^x-ratelimit|^retry-after|^x-openrouter-cache/.test(name))).toEqual([])
  })
})

describe('0.14: CORS', () => {
  const origin = 'https://app.example'

  test('a preflight needs no key', async () => {
    const reply = await fetch(`${gateway.url}/api/v1/chat/completions`, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,x-title,http-referer',
      },
    })
    expect(reply.status).toBe(204)
    expect(reply.headers.get('access-control-allow-origin')).toMatch(/^(\*|https:\/\/app\.example)$/)
    expect(reply.headers.get('access-control-allow-methods')).toContain('POST')
    for (const name of ['authorization', 'content-type', 'x-title', 'http-referer']) {
      expect(reply.headers.get('access-control-allow-headers')?.toLowerCase()).toContain(name)
    }
  })

  test.each([
    ['success', {}],
    ['stream', { stream: true }],
    ['failure', { model: 'nope/none' }],
    ['refusal', { messages: null }],
  ])('%s shows its headers', async (_, body) => {
    const { headers } = await gateway.chat(body, { origin })
    expect(headers.get('access-control-allow-origin')).toMatch(/^(\*|https:\/\/app\.example)$/)
    const exposed = headers.get('access-control-expose-headers')?.toLowerCase().split(/, */)
    for (const name of [
      'x-generation-id',
      'retry-after',
      'x-ratelimit-limit',
      'x-ratelimit-remaining',
      'x-ratelimit-reset',
      'x-openrouter-cache-status',
      'x-openrouter-cache-ttl',
      'x-openrouter-cache-age',
      'x-openrouter-cache-source-id',
    ]) {
      expect(exposed).toContain(name)
    }
  })

  test('a browser too can read the refusal of an unknown key', async () => {
    const { headers, status } = await gateway.chat({}, { origin, authorization: 'Bearer nobody' })
    expect(status).toBe(401)
    expect(headers.get('access-control-allow-origin')).not.toBeNull()
  })
})

describe('contract §0.a: headers', () => {
  test('the client’s app is recorded', async () => {
    const { body } = await readJson(
      gateway.chat({}, { 'http-referer': 'https://app.example', 'x-title': 'App', 'user-agent': 'tester/1' }),
    )
    expect(await generation(gateway, body['id'])).toMatchObject({
      http_referer: 'https://app.example',
      user_agent: 'tester/1',
    })
  })

  test('plain Referer counts too', async () => {
    const { body } = await readJson(gateway.chat({}, { referer: 'https://app.example/page' }))
    expect((await generation(gateway, body['id']))['http_referer']).toBe('https://app.example/page')
  })

  test.each(['bearer', 'BEARER', 'Bearer'])('the scheme %s', async (scheme) => {
    expect((await gateway.chat({}, { authorization: `${scheme} ${testKey}` })).status).toBe(200)
  })

  test('our headers and the client’s key never reach an upstream', async () => {
    await gateway.chat(
      {},
      { 'x-openrouter-metadata': 'enabled', 'http-referer': 'https://app.example', 'x-session-id': 's', cookie: 'c=1' },
    )
    const [call] = calls(gateway)
    expect(JSON.stringify(call)).not.toContain(testKey)
    for (const name of ['x-openrouter-metadata', 'http-referer', 'x-session-id', 'cookie'])
      expect(call?.headers).not.toHaveProperty(name)
    expect(at(call, 'headers', 'authorization')).toBe('****ov-a')
  })
})
