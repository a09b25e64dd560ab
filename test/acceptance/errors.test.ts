import { DatabaseSync } from 'node:sqlite'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { behaving, startGateway, testKey, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { asObject, at, called, calls, generation, readJson, refusal, scriptedUpstream, sent } from './exchange.ts'

/** A model whose name is its behaviours. */
const named = (...behaviours: readonly string[]) => [`acme/${behaviours.join('-then-')}`.replaceAll('+', '-and-'), behaving(...behaviours)] as const

const oneAttempt: readonly (readonly [string, number, string])[] = [
  ['status-500', 502, 'provider_unavailable'],
  ['status-502', 502, 'provider_unavailable'],
  ['status-503', 503, 'provider_overloaded'],
  ['status-504', 504, 'timeout'],
  ['status-524', 504, 'timeout'],
  ['status-529', 529, 'provider_overloaded'],
  ['status-401', 502, 'provider_unavailable'],
  ['status-402', 502, 'provider_unavailable'],
  ['status-403', 502, 'provider_unavailable'],
  ['status-404', 404, 'not_found'],
  ['status-408', 504, 'timeout'],
  ['status-429', 429, 'rate_limit_exceeded'],
  ['status-400', 400, 'invalid_request'],
  ['status-413', 413, 'payload_too_large'],
  ['status-422', 422, 'unprocessable'],
  ['context-length', 400, 'context_length_exceeded'],
  ['content-filter', 400, 'content_policy_violation'],
  ['reset', 502, 'provider_unavailable'],
  ['cut-after-3', 502, 'provider_unavailable'],
  ['eof-after-3', 502, 'provider_unavailable'],
  ['error-in-200', 502, 'provider_unavailable'],
  ['malformed-after-0', 502, 'provider_unavailable'],
  ['empty', 502, 'provider_unavailable'],
]

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    timeouts: { first_token_ms: 600 },
    limits: { body_mb: 1, json_depth: 20 },
    models: Object.fromEntries([
      ...oneAttempt.map(([behaviour]) => named(behaviour)),
      named('blackhole'),
      named('status-429+retry-after-30'),
      named('status-503+retry-after-7'),
      named('status-429+retry-after-30', 'status-429+retry-after-20'),
      named('status-429+retry-after-30', 'status-429'),
      named('status-429', 'status-429', 'status-429'),
      named('status-503', 'status-502'),
      named('status-503+retry-after-9', 'reset', 'status-504'),
      named('status-529', 'status-529'),
      named('status-404', 'status-404'),
      named('status-401', 'status-401'),
      named('status-429', 'status-503'),
      named('status-503', 'status-429'),
      named('status-404', 'status-429'),
      named('status-503', 'status-404'),
      named('status-401', 'steady'),
      named('status-402', 'steady'),
      named('status-403', 'steady'),
      named('status-404', 'steady'),
      named('status-400', 'steady'),
      named('status-422', 'steady'),
      named('first-1-status-500', 'steady'),
      ['acme/embeds', { output_modalities: ['embeddings'], ...behaving('steady') }],
      ['acme/short', { endpoints: [{ provider: 'prov-a', model: 'steady', max_completion_tokens: 100 }, { provider: 'prov-b', model: 'steady', max_completion_tokens: 200 }] }],
      ['acme/plain', { endpoints: [{ provider: 'prov-a', model: 'steady', supported_parameters: ['temperature'] }] }],
    ]),
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

const fails = (model: string, status: number) => refusal(gateway.chat({ model: `acme/${model}` }), status)

describe('§5.5: one attempt is answered with its own status', () => {
  test.each(oneAttempt)('%s: %i %s', async (behaviour, status, type) => {
    const reply = gateway.chat({ model: `acme/${behaviour}` })
    const error = await refusal(reply, status)
    expect(error).toMatchObject({ error_type: type, http_status: status, metadata: { error_type: type, provider_name: 'Prov A' } })
    expect(error['metadata']).not.toHaveProperty('previous_errors')
    const { headers } = await reply
    expect(headers.get('x-generation-id')).toMatch(/^gen-\d+-[A-Za-z0-9]{20}$/)
    expect(JSON.stringify(error)).not.toMatch(/upstream-secret|sk-or-v1/)
    expect(new Set(called(gateway))).toEqual(new Set(['prov-a']))
  })

  test('blackhole, streamed: 504 timeout', async () => {
    const error = await refusal(gateway.chat({ model: 'acme/blackhole', stream: true }), 504)
    expect(error).toMatchObject({ error_type: 'timeout', metadata: { provider_name: 'Prov A' } })
  })

  test('an upstream error shows its own words and code', async () => {
    const error = await fails('status-422', 422)
    expect(error['metadata']).toMatchObject({ provider_code: 'invalid_request_error', raw: expect.anything() })
    expect(JSON.stringify(at(error, 'metadata', 'raw'))).toContain('The simulator was asked to answer with status 422.')
    expect(error['message']).toContain('The simulator was asked to answer with status 422.')
  })

  test.each(['status-401', 'status-402', 'status-403'])('%s says nothing of our credentials', async (behaviour) => {
    const error = await fails(behaviour, 502)
    expect(error['metadata']).not.toHaveProperty('raw')
    expect(error).not.toHaveProperty('availability')
  })
})

describe('§5.5: several attempts', () => {
  test.each([
    ['status-429-then-status-429-then-status-429', 429, 'rate_limit_exceeded', 'capacity_exhausted', true],
    ['status-503-then-status-502', 503, 'provider_overloaded', 'temporarily_unavailable', true],
    ['status-503-and-retry-after-9-then-reset-then-status-504', 503, 'provider_overloaded', 'temporarily_unavailable', true],
    ['status-529-then-status-529', 503, 'provider_overloaded', 'temporarily_unavailable', true],
    ['status-404-then-status-404', 404, 'not_found', 'model_unavailable_upstream', false],
  ])('%s: %i %s %s', async (model, status, type, code, retryable) => {
    const error = await fails(model, status)
    const providers = model.split('-then-').map((_, index) => `prov-${'abc'[index]}`)
    expect(error).toMatchObject({
      error_type: type,
      metadata: { error_type: type },
      availability: { code, retryable, requested_models: [`acme/${model}`], affected_providers: providers, docs_url: expect.stringContaining(code) },
    })
    expect(at(error, 'metadata', 'previous_errors')).toHaveLength(providers.length - 1)
    expect([...new Set(called(gateway))]).toEqual(providers)
  })

  test.each([
    ['status-429-then-status-503', 503, 'provider_overloaded'],
    ['status-503-then-status-429', 429, 'rate_limit_exceeded'],
    ['status-404-then-status-429', 429, 'rate_limit_exceeded'],
    ['status-503-then-status-404', 404, 'not_found'],
  ])('mixed, the last attempt speaks: %s: %i %s', async (model, status, type) => {
    const error = await fails(model, status)
    expect(error['error_type']).toBe(type)
    expect(error).not.toHaveProperty('availability')
  })

  test('credentials refused everywhere is still a bad gateway, and nothing that waiting would mend', async () => {
    const error = await fails('status-401-then-status-401', 502)
    expect(error['error_type']).toBe('provider_unavailable')
    expect(error).not.toHaveProperty('availability')
  })

  test('previous_errors is slim', async () => {
    const error = await fails('status-429-then-status-503', 503)
    expect(at(error, 'metadata', 'previous_errors')).toEqual([{ provider: 'Prov A', code: 429, status: 429 }])
  })

  test.each(['status-401', 'status-402', 'status-403', 'status-404'])('%s is followed by the next endpoint', async (behaviour) => {
    const { status, body } = await readJson(gateway.chat({ model: `acme/${behaviour}-then-steady` }))
    expect({ status, provider: body['provider'] }).toEqual({ status: 200, provider: 'Prov B' })
  })

  test.each([
    ['status-400', 400],
    ['status-422', 422],
  ])('%s: the same model elsewhere is not tried, another model is', async (behaviour, status) => {
    await fails(`${behaviour}-then-steady`, status)
    expect(called(gateway)).toEqual(['prov-a'])
    const { body } = await readJson(gateway.chat({ model: `acme/${behaviour}-then-steady`, models: ['acme/m2'] }))
    expect(body).toMatchObject({ model: 'acme/m2', provider: 'Prov B' })
    expect(sent(gateway)['model']).toBe('steady')
    expect(called(gateway)).toEqual(['prov-a', 'prov-a', 'prov-b'])
  })

  test('any error of a model leads to the next model', async () => {
    for (const first of ['acme/status-429', 'acme/content-filter', 'acme/context-length', 'acme/status-503']) {
      const { body } = await readJson(gateway.chat({ model: first, models: ['acme/m2'] }))
      expect({ first, model: body['model'] }).toEqual({ first, model: 'acme/m2' })
    }
  })
})

describe('Retry-After', () => {
  test.each([
    ['status-429-and-retry-after-30', 429, 30],
    ['status-503-and-retry-after-7', 503, 7],
    ['status-429-and-retry-after-30-then-status-429-and-retry-after-20', 429, 20],
    ['status-429-and-retry-after-30-then-status-429', 429, 30],
    ['status-503-and-retry-after-9-then-reset-then-status-504', 503, 9],
  ])('%s: %i after %i s', async (model, status, seconds) => {
    const reply = gateway.chat({ model: `acme/${model}` })
    const error = await refusal(reply, status)
    expect((await reply).headers.get('retry-after')).toBe(String(seconds))
    const availability = error['availability']
    if (availability !== undefined) expect(at(availability, 'retry_after')).toBe(seconds)
  })

  test('none where nobody gave a hint', async () => {
    const reply = gateway.chat({ model: 'acme/status-429' })
    const error = await refusal(reply, 429)
    expect((await reply).headers.has('retry-after')).toBe(false)
    expect(error['availability']).not.toHaveProperty('retry_after')
  })

  test('a gateway error of an upstream carries no rate-limit headers of ours', async () => {
    const { headers } = await gateway.chat({ model: 'acme/status-429' })
    expect([...headers.keys()].filter((name) => name.startsWith('x-ratelimit'))).toEqual([])
  })
})

describe('routing refusals', () => {
  test('more output than any endpoint gives', async () => {
    const error = await refusal(gateway.chat({ model: 'acme/short', max_tokens: 201 }), 404)
    expect(error).toMatchObject({
      error_type: 'not_found',
      availability: { code: 'constraint_filtered', retryable: false, excluded_by: ['context_length'], affected_providers: ['prov-a', 'prov-b'], constraint: { field: 'max_tokens', detail: expect.any(String) } },
    })
    expect(calls(gateway)).toEqual([])
  })

  test('more output than one endpoint gives leaves the other', async () => {
    const { body } = await readJson(gateway.chat({ model: 'acme/short', max_tokens: 200 }))
    expect(body['provider']).toBe('Prov B')
  })

  test('require_parameters', async () => {
    const error = await refusal(gateway.chat({ model: 'acme/plain', seed: 1, provider: { require_parameters: true } }), 404)
    expect(error['availability']).toMatchObject({ code: 'constraint_filtered', excluded_by: ['require_parameters'], constraint: { detail: expect.stringContaining('seed') } })
  })

  test('a modality that no endpoint takes is named', async () => {
    const messages = [{ role: 'user', content: [{ type: 'image_url', image_url: { url: 'https://example.com/a.png' } }] }]
    const error = await refusal(gateway.chat({ messages }), 404)
    expect(error['message']).toContain('image')
    expect(at(error, 'availability', 'code')).toBe('no_endpoints')
  })

  test('every unknown model of a list is named', async () => {
    const error = await refusal(gateway.chat({ model: 'nope/one', models: ['nope/two'] }), 400)
    expect(error['availability']).toMatchObject({ code: 'model_not_found', requested_models: ['nope/one', 'nope/two'] })
  })
})

describe('features that are not built yet are refused by name', () => {
  test.each([
    ['plugins', { plugins: [{ id: 'web' }] }, 'web'],
    ['plugins', { plugins: [{ id: 'auto-router', allowed_models: ['anthropic/*'] }] }, 'auto-router'],
    ['transforms', { transforms: ['middle-out'] }, 'ompression'],
    ['preset', { preset: 'mine' }, 'reset'],
    ['model', { model: '@preset/mine' }, 'reset'],
    ['tools', { tools: [{ type: 'openrouter:web_search' }] }, 'openrouter:web_search'],
    ['tools', { tools: [{ type: 'openrouter:datetime' }] }, 'openrouter:datetime'],
  ])('%s: %o', async (path, body, name) => {
    const error = await refusal(gateway.chat(body), 400)
    expect(error['message']).toContain(name)
    expect(at(error, 'metadata', 'issues', 0, 'path')).toBe(path)
    expect(calls(gateway)).toEqual([])
  })

  test('a plugin that is switched off, and no transforms, are fine', async () => {
    const { status } = await gateway.chat({ plugins: [{ id: 'web', enabled: false }], transforms: [] })
    expect(status).toBe(200)
    expect(sent(gateway)).not.toHaveProperty('plugins')
    expect(sent(gateway)).not.toHaveProperty('transforms')
  })
})

describe('§5.1: requests that never reach the router', () => {
  test('a body that is too large: 413', async () => {
    const error = await refusal(gateway.chat({ messages: [{ role: 'user', content: 'x'.repeat(1024 * 1024) }] }), 413)
    expect(error['error_type']).toBe('payload_too_large')
  })

  test('a body that nests too deep: 400', async () => {
    await refusal(gateway.chat({ foo: JSON.parse('['.repeat(21) + ']'.repeat(21)) }), 400)
  })

  test('an unknown address: 404; a wrong method: 405', async () => {
    expect((await refusal(gateway.get('/api/v1/nothing'), 404))['error_type']).toBe('not_found')
    const reply = gateway.get('/api/v1/chat/completions')
    await refusal(reply, 405)
    expect((await reply).headers.get('allow')).toContain('POST')
  })

  test('a body in another encoding: 415', async () => {
    await refusal(gateway.chat({}, { 'content-encoding': 'gzip' }), 415)
  })
})

test('a stray 500 is tried once more where it happened', async () => {
  const { body } = await readJson(gateway.chat({ model: 'acme/first-1-status-500-then-steady' }))
  expect(body['provider']).toBe('Prov A')
  expect(called(gateway)).toEqual(['prov-a', 'prov-a'])
})

describe('row 21: an internal exception', () => {
  let directory: string
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'waygate-test-'))
  })
  afterAll(() => rm(directory, { recursive: true }))

  test('is a 500 that tells nothing', async () => {
    const file = join(directory, 'breaks.db')
    const breaking = await startGateway({ storage: { url: `sqlite:${file}` } })
    try {
      expect((await breaking.get('/api/v1/key')).status).toBe(200)
      const database = new DatabaseSync(file)
      for (const { name } of database.prepare("select name from sqlite_master where type = 'table' and name like 'generation%' order by name desc").all()) {
        database.exec(`drop table "${String(name)}"`)
      }
      database.close()

      const { status, body } = await readJson(breaking.get('/api/v1/key', { 'x-openrouter-metadata': 'enabled' }))
      expect({ status, body }).toEqual({
        status: 500,
        body: { error: { code: 500, message: 'Internal Server Error', error_type: 'server', http_status: 500, metadata: { error_type: 'server' } } },
      })
      expect(JSON.stringify(body)).not.toMatch(/generation|sqlite|\.ts|\bat /i)
      await expect.poll(() => breaking.log.join('')).toMatch(/no such table/)
      expect(breaking.log.join('')).not.toContain(testKey)
    } finally {
      await breaking.close()
    }
  })
})

describe('row 37: not streamed, the upstream breaks off inside the body', () => {
  test.each(['cut-after-3', 'eof-after-3'])('%s', async (behaviour) => {
    const reply = gateway.chat({ model: `acme/${behaviour}` })
    await refusal(reply, 502)
    const record = await generation(gateway, (await reply).headers.get('x-generation-id'))
    expect(record).toMatchObject({ total_cost: 0, streamed: false, cancelled: false })
  })
})

describe('§4.4: an error inside a stream', () => {
  test('keeps the status that the upstream gave it', async () => {
    const upstream = await scriptedUpstream(() => ({
      body:
        `data: ${JSON.stringify({ id: 'x', choices: [{ index: 0, delta: { content: 'Hi' }, finish_reason: null }] })}\n\n` +
        `data: ${JSON.stringify({ error: { code: 429, message: 'Slow down.', type: 'rate_limit_error' } })}\n\n`,
    }))
    const other = await startGateway({
      providers: Object.fromEntries(['prov-a', 'prov-b', 'prov-c'].map((slug) => [slug, { name: 'Odd', base_url: upstream.url, api_key: 'upstream-secret' }])),
    })
    try {
      const { chunks, done } = await readStream(await other.chat({ model: 'acme/m2', stream: true }))
      const error = asObject(chunks.at(-1)?.error)
      expect(error).toMatchObject({ code: 429, message: 'Slow down.', metadata: { error_type: 'rate_limit_exceeded', provider_code: '429' } })
      expect(done).toBe(true)
    } finally {
      await other.close()
      await upstream.close()
    }
  })
})
