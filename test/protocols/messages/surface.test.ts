import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { asJson, type ScriptedGateway, startScriptedGateway } from '../scripted-gateway.ts'

let gateway: ScriptedGateway
beforeAll(async () => {
  gateway = await startScriptedGateway('messages')
})
afterAll(() => gateway.close())

const asked = { model: 'test/m', max_tokens: 50, messages: [{ role: 'user', content: 'hi' }] }
const answer = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'm',
  content: [{ type: 'text', text: 'Hello.' }],
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage: { input_tokens: 3, output_tokens: 2 },
}
const post = async (path: string, body: object, headers = {}) => {
  const response = await gateway.post(path, body, headers)
  return { status: response.status, reply: Object(await response.json()) }
}

describe('count_tokens', () => {
  test('is the count of the endpoint that would be called', async () => {
    gateway.answers(asJson({ input_tokens: 42 }))
    const { reply } = await post('/v1/messages/count_tokens', asked)
    expect(reply).toEqual({ input_tokens: 42, source: 'provider', model: 'test/m' })
  })

  test('is an estimate where the endpoint does not count', async () => {
    gateway.answers(asJson({ type: 'error', error: { type: 'not_found_error', message: 'no' } }, 404))
    const { reply } = await post('/v1/messages/count_tokens', asked)
    expect(reply).toMatchObject({ source: 'estimate', model: 'test/m' })
    expect(reply.input_tokens).toBeGreaterThan(0)
  })

  test('refuses what is not valid in the language’s own words', async () => {
    const { status, reply } = await post('/v1/messages/count_tokens', { ...asked, messages: [] })
    expect(status).toBe(400)
    expect(reply).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } })
  })
})

test('the counts of the cache are those of the provider', async () => {
  const usage = {
    input_tokens: 3,
    output_tokens: 2,
    cache_read_input_tokens: 100,
    cache_creation_input_tokens: 20,
    cache_creation: { ephemeral_5m_input_tokens: 15, ephemeral_1h_input_tokens: 5 },
    output_tokens_details: { thinking_tokens: 1 },
    service_tier: 'standard',
    inference_geo: 'eu',
  }
  gateway.answers(asJson({ ...answer, usage }))
  expect((await post('/v1/messages', asked)).reply.usage).toMatchObject(usage)
})

test('betas of the client reach Anthropic; a client of chat is held to those that are known', async () => {
  let betas: unknown
  gateway.answers((response, headers) => {
    betas = headers['anthropic-beta']
    asJson(answer)(response, headers)
  })
  await post('/v1/messages', asked, { 'anthropic-beta': 'context-management-2025-06-27,new-2027-01-01' })
  expect(betas).toBe('context-management-2025-06-27,new-2027-01-01')
  await post('/v1/chat/completions', asked, { 'anthropic-beta': 'new-2027-01-01' })
  expect(betas).toBeUndefined()
})

test.each([
  [{ fallbacks: [{ model: 'a/b' }], models: ['a/c'] }, 'fallbacks'],
  [{ fallbacks: [{ model: 'a/b', weight: 1 }] }, 'fallbacks[0]'],
  [{ fallbacks: Array.from({ length: 4 }, () => ({ model: 'a/b' })) }, 'fallbacks'],
  [{ user: 'x'.repeat(257) }, 'user'],
])('%o is refused', async (more, path) => {
  const { status, reply } = await post('/v1/messages', { ...asked, ...more })
  expect(status).toBe(400)
  expect(reply.error.metadata.issues[0].path).toContain(path)
})

test('a model of the fallbacks answers where the first is not known', async () => {
  gateway.answers(asJson(answer))
  const { reply } = await post('/v1/messages', { ...asked, model: 'nobody/nothing', fallbacks: [{ model: 'test/m' }] })
  expect(reply).toMatchObject({ model: 'test/m', content: [{ type: 'text', text: 'Hello.' }] })
})

test('a wrong method is answered in the language’s own words', async () => {
  const wrong = await gateway.get('/v1/messages')
  expect(wrong.status).toBe(405)
  expect(Object(await wrong.json())).toMatchObject({ type: 'error', error: { type: 'invalid_request_error' } })
})

test('the key may stand in x-api-key; a bearer key has priority', async () => {
  gateway.answers(asJson(answer))
  const ask = (headers: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(asked),
    })
  expect((await ask({ 'x-api-key': gateway.key })).status).toBe(200)
  const stranger = await ask({ 'x-api-key': 'wrong' })
  expect(stranger.status).toBe(401)
  expect(Object(await stranger.json())).toMatchObject({ type: 'error', error: { type: 'authentication_error' } })
  expect((await ask({ 'x-api-key': gateway.key, authorization: 'Bearer wrong' })).status).toBe(401)
  expect((await ask({ 'x-api-key': '' })).status).toBe(401)
})
