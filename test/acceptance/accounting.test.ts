import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { behaving, otherKey, startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { useVirtualTime } from '../virtual-time.ts'
import { asNumber, asText, at, generation, readJson, refusal } from './exchange.ts'

useVirtualTime()

const priced = (model: string, pricing: object = { prompt: 1, completion: 2 }) => ({
  endpoints: [{ provider: 'prov-a', model, pricing }],
})

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    models: {
      'acme/priced': priced('usage-1000-500'),
      'acme/priced-cache': priced('usage-1000-500+cached-400', { prompt: 1, completion: 2, input_cache_read: 0.1 }),
      'acme/priced-request': priced('usage-1000-500', { prompt: 1, completion: 2, request: 0.01 }),
      'acme/gratis': priced('usage-1000-500', {}),
      'acme/thinks': priced('reasoning+usage-10-20'),
      'acme/nothing': priced('usage-1000-0+empty+no-finish'),
      'acme/errs': priced('usage-1000-500+finish-error'),
      'acme/slow': priced('slow-first-token-150'),
      'acme/down-then-up': behaving('status-503', 'steady'),
      'acme/down': behaving('status-503'),
      'acme/speaks': { output_modalities: ['text', 'audio'], ...priced('audio') },
    },
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

const requiredKeys =
  'id upstream_id total_cost cache_discount upstream_inference_cost created_at model app_id streamed cancelled provider_name latency moderation_latency generation_time finish_reason native_finish_reason service_tier tokens_prompt tokens_completion native_tokens_prompt native_tokens_completion native_tokens_completion_images native_tokens_reasoning native_tokens_cached num_media_prompt num_input_audio_prompt num_media_completion num_search_results num_fetches web_search_engine origin usage is_byok external_user api_type router provider_responses user_agent http_referer data_region preset_id workspace_id'.split(
    ' ',
  )

describe('contract row 60: the record of a generation', () => {
  test.each([false, true])('streamed: %s', async (stream) => {
    const askedAt = Date.now()
    const reply = await gateway.chat(
      { model: 'acme/priced', stream, session_id: 'S', user: 'alice' },
      { 'user-agent': 'tester/1', 'http-referer': 'https://app.example' },
    )
    const id = reply.headers.get('x-generation-id')
    const body = stream ? (await readStream(reply)).chunks.at(-1) : (await readJson(reply)).body
    expect(at(body, 'id')).toBe(id)

    const record = await generation(gateway, id)
    for (const key of requiredKeys) expect(record).toHaveProperty(key)
    expect(record).toMatchObject({
      id,
      request_id: expect.stringMatching(/^req-\d{10}-[A-Za-z0-9]{20}$/),
      upstream_id: expect.stringMatching(/^chatcmpl-/),
      model: 'acme/priced',
      provider_name: 'Prov A',
      streamed: stream,
      cancelled: false,
      finish_reason: 'stop',
      native_finish_reason: 'stop',
      tokens_prompt: 1000,
      tokens_completion: 500,
      native_tokens_prompt: 1000,
      native_tokens_completion: 500,
      total_cost: 0.002,
      usage: 0.002,
      is_byok: false,
      external_user: 'alice',
      session_id: 'S',
      user_agent: 'tester/1',
      http_referer: 'https://app.example',
      api_type: 'completions',
      data_region: 'global',
    })
    expect(at(body, 'usage', 'cost')).toBe(record['total_cost'])
    const createdAt = asText(record['created_at'])
    expect(new Date(createdAt).toISOString()).toBe(createdAt)
    expect(Date.parse(createdAt)).toBeGreaterThanOrEqual(askedAt)
    expect(Date.parse(createdAt)).toBeLessThanOrEqual(Date.now())
    expect(record['provider_responses']).toMatchObject([
      { status: 200, provider_name: 'Prov A', model_permaslug: 'acme/priced' },
    ])
  })

  test('is hidden from other accounts, and unknown ids do not exist', async () => {
    const { body } = await readJson(gateway.chat({}))
    await generation(gateway, body['id'])
    const address = `/api/v1/generation?id=${asText(body['id'])}`
    expect((await refusal(gateway.get(address, { authorization: `Bearer ${otherKey}` }), 404))['error_type']).toBe(
      'not_found',
    )
    await refusal(gateway.get('/api/v1/generation?id=gen-1760000000-Ab3dEf6hIj9kLm2nOp5q'), 404)
    await refusal(gateway.get('/api/v1/generation'), 400)
    await refusal(gateway.get(address, { authorization: 'Bearer nobody' }), 401)
  })

  test('times', async () => {
    const { body } = await readJson(gateway.chat({ model: 'acme/slow' }))
    const record = await generation(gateway, body['id'])
    expect(record['latency']).toBeGreaterThanOrEqual(150)
    expect(asNumber(record['generation_time'])).toBeGreaterThanOrEqual(asNumber(record['latency']))
    expect(record['generation_time']).toBeLessThan(300)
  })

  test('lists every attempt', async () => {
    const { body } = await readJson(gateway.chat({ model: 'acme/down-then-up' }))
    const record = await generation(gateway, body['id'])
    expect(record['provider_responses']).toMatchObject([
      { status: 503, provider_name: 'Prov A' },
      { status: 200, provider_name: 'Prov B' },
    ])
    expect(record['provider_name']).toBe('Prov B')
  })

  test('also of a generation that failed', async () => {
    const { headers } = await gateway.chat({ model: 'acme/down' })
    const record = await generation(gateway, headers.get('x-generation-id'))
    expect(record).toMatchObject({ total_cost: 0, cancelled: false, provider_responses: [{ status: 503 }] })
  })

  test('reasoning and cache counts', async () => {
    const thinking = await readJson(gateway.chat({ model: 'acme/thinks' }))
    expect(at(thinking.body, 'usage', 'completion_tokens_details', 'reasoning_tokens')).toBe(7)
    expect((await generation(gateway, thinking.body['id']))['native_tokens_reasoning']).toBe(7)
    const cached = await readJson(gateway.chat({ model: 'acme/priced-cache' }))
    expect((await generation(gateway, cached.body['id']))['native_tokens_cached']).toBe(400)
  })

  // 400 tokens at 0.1 USD a million instead of 1.
  test.each([
    ['read', 'acme/priced-cache', 0.000_36],
    ['not used', 'acme/priced', null],
  ])('the discount of a cache that was %s', async (_, model, discount) => {
    const { body } = await readJson(gateway.chat({ model }))
    expect((await generation(gateway, body['id']))['cache_discount']).toBe(discount)
  })

  test.each([
    ['openrouter/auto', 'openrouter/auto'],
    ['openrouter/auto:floor', 'openrouter/auto:floor'],
    ['acme/priced', null],
  ])('the router of %s is %s', async (model, router) => {
    const { body } = await readJson(gateway.chat({ model }))
    expect((await generation(gateway, body['id']))['router']).toBe(router)
  })

  test('the router metadata has the time from the dispatch to the end, and none where nothing was dispatched', async () => {
    const metadata = { 'x-openrouter-metadata': 'enabled' }
    const slow = await readJson(gateway.chat({ model: 'acme/slow' }, metadata))
    const time = asNumber(at(slow.body, 'openrouter_metadata', 'generation_time'))
    expect(time).toBeGreaterThanOrEqual(150)
    expect(time).toBeLessThanOrEqual(asNumber((await generation(gateway, slow.body['id']))['generation_time']))
    const unserved = { model: 'acme/priced', provider: { max_price: { prompt: 0.1 } } }
    const refused = await readJson(gateway.chat(unserved, metadata))
    expect(refused.body).toHaveProperty('openrouter_metadata.requested', 'acme/priced')
    expect(refused.body).not.toHaveProperty('openrouter_metadata.generation_time')
  })
})

describe('contract row 61: prices', () => {
  test('1000 and 500 tokens at 1 and 2 dollars a million', async () => {
    const { body } = await readJson(gateway.chat({ model: 'acme/priced' }))
    expect(body['usage']).toMatchObject({
      prompt_tokens: 1000,
      completion_tokens: 500,
      total_tokens: 1500,
      cost: 0.002,
      is_byok: false,
      prompt_tokens_details: { cached_tokens: 0 },
      completion_tokens_details: { reasoning_tokens: 0 },
      cost_details: { upstream_inference_prompt_cost: 0.001, upstream_inference_completions_cost: 0.001 },
    })
    const withoutInference: Record<string, unknown> = { ...JSON.parse(JSON.stringify(body['usage'])) }
    expect(JSON.stringify({ ...withoutInference, cost_details: undefined })).not.toContain('null')
  })

  test.each([
    ['acme/priced-cache', 0.6e-3 + 0.4e-4 + 1e-3],
    ['acme/priced-request', 0.012],
    ['acme/gratis', 0],
  ])('%s', async (model, cost) => {
    const { body } = await readJson(gateway.chat({ model }))
    expect(at(body, 'usage', 'cost')).toBeCloseTo(cost, 12)
  })

  test('cached tokens are reported', async () => {
    const { body } = await readJson(gateway.chat({ model: 'acme/priced-cache' }))
    expect(at(body, 'usage', 'prompt_tokens_details', 'cached_tokens')).toBe(400)
  })

  test('no tokens and no finish: nothing is charged', async () => {
    const { headers } = await gateway.chat({ model: 'acme/nothing' })
    expect((await generation(gateway, headers.get('x-generation-id')))['total_cost']).toBe(0)
  })

  test('the finish `error`: nothing is charged', async () => {
    const { headers } = await gateway.chat({ model: 'acme/errs' })
    expect((await generation(gateway, headers.get('x-generation-id')))['total_cost']).toBe(0)
  })
})

describe('contract §8.A: GET /key', () => {
  test('describes the calling key and sums what it spent', async () => {
    const before = asNumber(at((await readJson(gateway.get('/api/v1/key'))).body, 'data', 'usage'))
    const { body } = await readJson(gateway.chat({ model: 'acme/priced' }))
    await generation(gateway, body['id'])
    const { status, body: key } = await readJson(gateway.get('/api/v1/key'))
    expect(status).toBe(200)
    expect(key['data']).toMatchObject({
      label: expect.stringMatching(/^sk-or-v1-.{3}\.\.\..{3}$/),
      limit: null,
      limit_remaining: null,
      limit_reset: null,
      include_byok_in_limit: false,
      byok_usage: 0,
      byok_usage_daily: 0,
      byok_usage_weekly: 0,
      byok_usage_monthly: 0,
      is_free_tier: false,
      is_management_key: false,
      is_provisioning_key: false,
      creator_user_id: null,
      rate_limit: { requests: -1, interval: '10s', note: expect.any(String) },
    })
    for (const name of ['usage', 'usage_daily', 'usage_weekly', 'usage_monthly']) {
      expect(at(key, 'data', name)).toBeCloseTo(before + 0.002, 9)
    }
    expect(JSON.stringify(key)).not.toContain(gateway.key)
    const other = await readJson(gateway.get('/api/v1/key', { authorization: `Bearer ${otherKey}` }))
    expect(at(other.body, 'data', 'usage')).toBe(0)
  })

  test('needs a key', async () => {
    await refusal(gateway.get('/api/v1/key', { authorization: '' }), 401)
  })
})

describe('contract §8.A: the catalogue', () => {
  const publicly = (path: string) => readJson(fetch(gateway.url + path))

  test('GET /models is public and has every required field', async () => {
    const { status, body } = await publicly('/api/v1/models')
    expect(status).toBe(200)
    const models = body['data']
    if (!Array.isArray(models)) throw new Error('data is no list')
    expect(body['total_count']).toBe(models.length)
    expect(body['links']).toEqual({ next: null })
    const model = models.find((model) => at(model, 'id') === 'acme/priced')
    for (const key of 'id canonical_slug name created context_length architecture pricing top_provider per_request_limits supported_parameters default_parameters supported_voices links'.split(
      ' ',
    )) {
      expect(model).toHaveProperty(key)
    }
    expect(model).toMatchObject({
      architecture: { modality: 'text->text', input_modalities: ['text'], output_modalities: ['text'] },
      pricing: { prompt: '0.000001', completion: '0.000002' },
      top_provider: { is_moderated: expect.any(Boolean) },
      links: { details: expect.any(String) },
    })
    expect(models.map((model) => at(model, 'id'))).not.toContain('acme/nobody')
  })

  test('GET /models filters and pages', async () => {
    const total = asNumber((await publicly('/api/v1/models')).body['total_count'])
    const page = await publicly('/api/v1/models?limit=2&offset=1')
    expect(page.body['data']).toHaveLength(2)
    expect(page.body['total_count']).toBe(total)
    const next = asText(at(page.body, 'links', 'next'))
    expect(next).toContain('offset=3')
    const cheap = await publicly('/api/v1/models?sort=pricing-low-to-high')
    expect(at(cheap.body, 'data', 0, 'id')).toBe('acme/gratis')
    for (const query of ['sort=beauty', 'limit=0', 'limit=1001', 'offset=-1', 'limit=x']) {
      expect({ query, status: (await publicly(`/api/v1/models?${query}`)).status }).toEqual({ query, status: 400 })
    }
    expect((await publicly('/api/v1/models/count')).body).toEqual({ data: { count: total } })
  })

  test('GET /models/{author}/{slug}/endpoints', async () => {
    const { body } = await publicly('/api/v1/models/acme/m1/endpoints')
    expect(body['data']).toMatchObject({
      id: 'acme/m1',
      name: expect.any(String),
      created: expect.any(Number),
      description: expect.any(String),
      architecture: { modality: 'text->text' },
    })
    expect(at(body, 'data', 'endpoints')).toHaveLength(3)
    for (const key of 'name model_id model_name context_length pricing provider_name tag quantization max_completion_tokens max_prompt_tokens supported_parameters uptime_last_5m uptime_last_30m uptime_last_1d latency_last_30m throughput_last_30m supports_implicit_caching'.split(
      ' ',
    )) {
      expect(at(body, 'data', 'endpoints', 0)).toHaveProperty(key)
    }
    expect(at(body, 'data', 'endpoints', 0)).toMatchObject({
      model_id: 'acme/m1',
      provider_name: 'Prov A',
      tag: 'prov-a',
      pricing: { prompt: '0.000001', completion: '0.000002' },
      latency_last_30m: null,
    })
    expect((await publicly('/api/v1/models/acme/none/endpoints')).status).toBe(404)
  })

  test('GET /model/{author}/{slug}', async () => {
    expect((await publicly('/api/v1/model/acme/priced')).body).toMatchObject({ data: { id: 'acme/priced' } })
    expect((await publicly('/api/v1/model/acme/none')).status).toBe(404)
  })

  test('GET /providers', async () => {
    const { body } = await publicly('/api/v1/providers')
    expect(body['data']).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'Prov A', slug: 'prov-a', privacy_policy_url: null })]),
    )
    expect(JSON.stringify(body)).not.toContain('upstream-secret')
  })

  test('every path exists under /v1 too', async () => {
    expect((await publicly('/v1/models')).status).toBe(200)
    expect(
      (await gateway.post('/v1/chat/completions', { model: 'acme/m1', messages: [{ role: 'user', content: 'hi' }] }))
        .status,
    ).toBe(200)
  })
})
