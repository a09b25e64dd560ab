import { createHash } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { behaving, startGateway, testKey, type TestGateway } from '../gateway.ts'
import { accepted, asNumber, asText, at, calls, generation, readJson, refusal, refused, sent } from './exchange.ts'

const disabledKey = 'sk-or-v1-test-key-that-is-disabled'
const expiredKey = 'sk-or-v1-test-key-that-has-expired'
const managementKey = 'sk-or-v1-test-key-for-management'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    keys: [
      { name: 'test', key: testKey },
      { name: 'disabled', key: disabledKey, disabled: true },
      { name: 'expired', key: expiredKey, expires_at: '2020-01-01T00:00:00Z' },
      { name: 'admin', key: managementKey, management: true },
    ],
    models: { 'acme/embeds': { output_modalities: ['embeddings'], ...behaving('steady') } },
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

const user = { role: 'user', content: 'hi' }

test('contract row 1: a plain chat completion', async () => {
  const askedAt = Math.floor(Date.now() / 1_000)
  const { status, headers, body } = await readJson(gateway.chat({}))
  expect(status).toBe(200)
  expect(body).toMatchObject({
    id: expect.stringMatching(/^gen-\d{10}-[A-Za-z0-9]{20}$/),
    object: 'chat.completion',
    model: 'acme/m1',
    provider: 'Prov A',
    choices: [
      {
        index: 0,
        finish_reason: 'stop',
        native_finish_reason: 'stop',
        message: { role: 'assistant', content: simulatedText(12) },
      },
    ],
  })
  expect(Number.isInteger(body['created'])).toBe(true)
  expect(asNumber(body['created'])).toBeGreaterThanOrEqual(askedAt)
  expect(asNumber(body['created'])).toBeLessThanOrEqual(Date.now() / 1_000)
  expect(body).toHaveProperty('system_fingerprint')
  const usage = ['prompt_tokens', 'completion_tokens', 'total_tokens'].map((name) => asNumber(at(body, 'usage', name)))
  expect(usage.every(Number.isInteger)).toBe(true)
  expect(usage[2]).toBe((usage[0] ?? 0) + (usage[1] ?? 0))
  expect(headers.get('x-generation-id')).toBe(body['id'])
})

describe('contract row 2: without a key', () => {
  test.each<Record<string, string>>([{}, { authorization: '' }])('%o', async (headers) => {
    const reply = fetch(`${gateway.url}/api/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'acme/m1', messages: [user] }),
    })
    const error = await refusal(reply, 401)
    expect(error['message']).toBe('Missing Authentication header')
    expect(at(error, 'metadata', 'error_type')).toBe('authentication')
    expect(calls(gateway)).toEqual([])
  })
})

describe('contract row 3: a key that may not be used', () => {
  test.each([
    ['unknown', `sk-or-v1-${'0'.repeat(64)}`],
    ['disabled', disabledKey],
    ['expired', expiredKey],
    ['of another scheme', undefined],
  ])('%s', async (_, key) => {
    const authorization = key === undefined ? `Basic ${testKey}` : `Bearer ${key}`
    const error = await refusal(gateway.chat({}, { authorization }), 401)
    expect(JSON.stringify(error)).not.toContain(key ?? testKey)
    expect(calls(gateway)).toEqual([])
  })

  test('a management key does not generate: 403', async () => {
    const error = await refusal(gateway.chat({}, { authorization: `Bearer ${managementKey}` }), 403)
    expect(error['error_type']).toBe('permission_denied')
    expect(calls(gateway)).toEqual([])
  })
})

describe('contract row 6: a body that is no JSON object', () => {
  test.each(['{not json', '', 'null', '[]', '"text"', '7', '{"messages":[{"role":"user","content":"hi"}]'])(
    '%s',
    async (body) => {
      await refusal(gateway.post('/api/v1/chat/completions', body), 400)
      expect(calls(gateway)).toEqual([])
    },
  )
})

test('contract row 15: an unknown key is accepted, and offered to the upstream', async () => {
  await accepted(gateway, { foo: 1, safe_prompt: true })
  expect(sent(gateway)).toMatchObject({ foo: 1, safe_prompt: true })
})

describe('contract row 16: the provider object is closed', () => {
  test.each(['bogus', 'option', 'prefer'])('%s', async (name) => {
    const error = await refused(gateway, { provider: { [name]: true } })
    expect(error['message']).toContain(name)
  })
})

test('contract row 17: an unknown model', async () => {
  const error = await refused(gateway, { model: 'nope/none' })
  expect(error).toMatchObject({
    message: expect.stringContaining('nope/none is not a valid model ID'),
    error_type: 'invalid_request',
    availability: {
      code: 'model_not_found',
      requested_models: ['nope/none'],
      retryable: false,
      docs_url: expect.any(String),
    },
  })
})

test('contract row 18: an embedding model does not chat', async () => {
  const error = await refused(gateway, { model: 'acme/embeds' })
  expect(error).toMatchObject({
    error_type: 'invalid_request',
    availability: {
      code: 'wrong_endpoint',
      retryable: false,
      requested_models: ['acme/embeds'],
      constraint: { field: 'model', detail: expect.stringContaining('/embeddings') },
    },
  })
})

describe('contract row 19: no model', () => {
  test('the default answers', async () => {
    const withDefault = await startGateway({ default_model: 'acme/m2' })
    try {
      const { status, body } = await readJson(withDefault.chat({ model: undefined }))
      expect(status).toBe(200)
      expect(body['model']).toBe('acme/m2')
      expect((await readJson(withDefault.chat({ model: null }))).body['model']).toBe('acme/m2')
    } finally {
      await withDefault.close()
    }
  })

  test('without a default it is an error', async () => {
    const error = await refused(gateway, { model: undefined })
    expect(error['message']).toContain('model')
  })
})

describe('contract row 25: the session', () => {
  test.each([
    ['the body wins over the header', { session_id: 'A' }, { 'x-session-id': 'B' }, 'A'],
    ['the header alone', {}, { 'x-session-id': 'B' }, 'B'],
    ['a null body field leaves the header', { session_id: null }, { 'x-session-id': 'B' }, 'B'],
    ['none', {}, {}, null],
  ])('%s', async (_, body, headers: Record<string, string>, session) => {
    const { body: reply } = await readJson(gateway.chat(body, headers))
    expect((await generation(gateway, reply['id']))['session_id']).toBe(session)
    expect(sent(gateway)).not.toHaveProperty('session_id')
  })

  test('a header of 257 characters is refused, of 256 not', async () => {
    const error = await refusal(gateway.chat({}, { 'x-session-id': 's'.repeat(257) }), 400)
    expect(error['message']).toContain('session')
    expect((await gateway.chat({}, { 'x-session-id': 's'.repeat(256) })).status).toBe(200)
  })
})

test('contract row 26: the user is known upstream only by a hash', async () => {
  const { body } = await readJson(gateway.chat({ user: 'alice' }))
  expect(JSON.stringify(calls(gateway))).not.toContain('alice')
  const identity = asText(sent(gateway)['user'])
  expect(identity).not.toBe('')
  for (const digest of ['sha256', 'sha1', 'md5'])
    expect(identity).not.toBe(createHash(digest).update('alice').digest('hex'))
  expect((await generation(gateway, body['id']))['external_user']).toBe('alice')

  await accepted(gateway, { user: 'alice' })
  expect(sent(gateway)['user']).toBe(identity)
  await accepted(gateway, { user: 'bob' })
  expect(sent(gateway)['user']).not.toBe(identity)
  await accepted(gateway, {})
  expect(sent(gateway)).not.toHaveProperty('user')
})
