import { once } from 'node:events'
import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/util/json.ts'
import { behaving, otherKey, startGateway, type TestGateway, testKey } from '../gateway.ts'
import { asObject, at, readJson } from './exchange.ts'

const managementKeys = {
  [testKey]: 'sk-or-v1-test-management-key-of-the-default-account',
  [otherKey]: 'sk-or-v1-test-management-key-of-another-account',
}

/** A search engine that quotes what it refuses. */
const engine = createServer((request, response) => {
  response.writeHead(400, { 'content-type': 'application/json' })
  response.end(
    JSON.stringify({ message: `This is no query: ${new URL(`http://x${request.url}`).searchParams.get('q')}` }),
  )
})

let gateway: TestGateway
beforeAll(async () => {
  engine.listen(0, '127.0.0.1')
  await once(engine, 'listening')
  const address = engine.address()
  const port = typeof address === 'object' ? address?.port : address
  gateway = await startGateway({
    keys: [
      { name: 'test', key: testKey },
      { name: 'other', key: otherKey, account: 'other' },
      { name: 'admin', key: managementKeys[testKey], management: true },
      { name: 'other admin', key: managementKeys[otherKey], account: 'other', management: true },
    ],
    accounts: { other: { log_content: true } },
    search: { searxng: { base_url: `http://127.0.0.1:${port}` } },
    models: {
      'acme/filtered': behaving('content-filter'),
      'acme/failing': behaving('status-503', 'status-503'),
      'acme/empty': behaving('empty'),
      'acme/cut': behaving('cut-after-2'),
    },
  })
})
afterAll(async () => {
  await gateway.close()
  engine.close()
})

/** Sends a chat that fails. Returns the message that the client got, and what is on record. */
async function failed(body: Readonly<Record<string, unknown>>, key = testKey) {
  const reply = await gateway.chat(body, { authorization: `Bearer ${key}` })
  const text = await reply.text()
  const events = text.split('\n').flatMap((line) => (line.startsWith('data: {') ? [line.slice(6)] : []))
  const last: unknown = JSON.parse(events.at(-1) ?? text)
  return { told: at(last, 'error', 'message'), row: await rowOf(reply, key) }
}

async function rowOf(reply: Response, key = testKey): Promise<JsonObject> {
  const id = reply.headers.get('x-generation-id') ?? ''
  const headers = { authorization: `Bearer ${key === testKey ? managementKeys[testKey] : managementKeys[otherKey]}` }
  const whole = await readJson(gateway.get(`/api/v1/waygate/generations/${id}`, headers))
  const listed = await readJson(gateway.get('/api/v1/waygate/generations?limit=1', headers))
  const row = asObject(whole.body['data'])
  expect(at(listed.body, 'data', 0, 'error_message')).toBe(row['error_message'])
  return row
}

describe('the record of a failed request has the message that the client got', () => {
  test.each([
    ['a model that does not exist', { model: 'acme/unknown' }],
    ['an answer without a word', { model: 'acme/empty' }],
    ['a stream that breaks off', { model: 'acme/cut', stream: true }],
  ])('%s', async (_, body) => {
    const { told, row } = await failed(body)
    expect(told).toEqual(expect.stringMatching(/\w/))
    expect(row['error_message']).toBe(told)
  })

  test('the words of a provider only where the account logs content, since they may quote the prompt', async () => {
    const logged = await failed({ model: 'acme/filtered' }, otherKey)
    expect(logged.told).toBe('The prompt was rejected by the content filter.')
    expect(logged.row['error_message']).toBe(logged.told)
    const unlogged = await failed({ model: 'acme/filtered' })
    expect(unlogged.told).toBe(logged.told)
    expect(unlogged.row).toMatchObject({
      error: 'content_policy_violation',
      error_message: 'The provider refused the content. (content_filter)',
    })
  })

  test('the words of the last provider neither, where several failed', async () => {
    const logged = await failed({ model: 'acme/failing' }, otherKey)
    expect(logged.told).toMatch(/^Every provider of the model failed\. Last error: /)
    expect(logged.row['error_message']).toBe(logged.told)
    const { row } = await failed({ model: 'acme/failing' })
    expect(row['error_message']).toMatch(/^No provider can serve the request now\.( \([\w.-]+\))?$/)
  })
})

test('the words of a search engine are left out like those of a provider', async () => {
  const body = {
    plugins: [{ id: 'web', engine: 'searxng' }],
    messages: [{ role: 'user', content: 'a secret of the prompt' }],
  }
  const logged = await failed(body, otherKey)
  expect(logged.told).toContain('This is no query: a secret of the prompt')
  expect(logged.row['error_message']).toBe(logged.told)
  const { row } = await failed(body)
  expect(row['error_message']).toBe('Provider returned error')
})

test('a request that succeeds has none', async () => {
  const reply = await gateway.chat({})
  await reply.text()
  expect(await rowOf(reply)).toMatchObject({ error: null, error_message: null })
})
