import { Errors } from 'typebox/schema'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type JsonObject, objectOf } from '../../src/util/json.ts'
import { behaving, startGateway, type TestGateway, testKey } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { dereference } from './read-schema.ts'

const adminKey = 'sk-or-v1-test-management-key-of-the-default-account'

let gateway: TestGateway
let document: JsonObject
beforeAll(async () => {
  gateway = await startGateway({
    keys: [
      { name: 'test', key: testKey },
      { name: 'admin', key: adminKey, management: true },
    ],
    accounts: { default: { log_content: true } },
    models: {
      'acme/rich': {
        name: 'Rich',
        reasoning: { mandatory: true, efforts: ['low', 'high'] },
        endpoints: [
          {
            provider: 'prov-a',
            model: 'reasoning+tool-call',
            context_length: 1000,
            max_completion_tokens: 100,
            quantization: 'fp8',
            pricing: {
              prompt: 1,
              completion: 2,
              request: 0.01,
              input_cache_read: 0.1,
            },
          },
        ],
      },
      'acme/both': { endpoints: [{ ...behaving('steady').endpoints[0], operations: ['chat', 'completions'] }] },
      'acme/cut': behaving('cut-after-2'),
      ...Object.fromEntries(
        [400, 413, 422, 429, 500, 503, 529].map((status) => [`acme/${status}`, behaving(`status-${status}`)]),
      ),
    },
  })
  document = JSON.parse(await (await gateway.get('/api/v1/openapi.json')).text())
})
afterAll(() => gateway.close())

/** Returns the schema of a reply in the document. It is closed, so that a property that is not described is an error too. */
function described(method: string, path: string, status: number, type = 'application/json'): JsonObject {
  const operation = objectOf(objectOf(objectOf(document['paths'])?.[path])?.[method])
  const content = objectOf(objectOf(objectOf(operation?.['responses'])?.[status])?.['content'])
  const schema = objectOf(content?.[type])?.['schema']
  if (schema === undefined) throw new Error(`${method} ${path} ${status} ${type} is not described.`)
  return objectOf(dereference(document, schema, true)) ?? {}
}

const mistakes = (schema: JsonObject, value: unknown): unknown => Errors(schema, value)[1]

async function check(reply: Response, method: string, path: string, status: number): Promise<JsonObject> {
  const text = await reply.text()
  expect({ status: reply.status, text }).toEqual({ status, text })
  const body: unknown = JSON.parse(text)
  expect(mistakes(described(method, path, status), body)).toEqual([])
  return objectOf(body) ?? {}
}

const chat = { model: 'acme/m1', messages: [{ role: 'user', content: 'hi' }] }
const metadata = { 'x-openrouter-metadata': 'enabled' }

describe('each answer is as the document describes it', () => {
  test.each([
    ['/models', '/models'],
    ['/models', '/models?limit=1&offset=0'],
    ['/models/user', '/models/user?limit=1&offset=0'],
    ['/models/count', '/models/count'],
    ['/model/{author}/{slug}', '/model/acme/m1'],
    ['/model/{author}/{slug}', '/model/acme/rich'],
    ['/models/{author}/{slug}', '/models/acme/rich'],
    ['/models/{slug}', '/models/rich'],
    ['/models/{author}/{slug}/endpoints', '/models/acme/rich/endpoints'],
    ['/endpoints/zdr', '/endpoints/zdr'],
    ['/providers', '/providers'],
    ['/key', '/key'],
  ])('%s: %s', async (path, address) => {
    await check(await gateway.get(`/api/v1${address}`), 'get', path, 200)
  })

  test('/models, for the catalogue’s models of some providers', async () => {
    const provider = { base_url: 'http://127.0.0.1:9/v1', api_key: 'k' }
    const slugs = ['prov-a', 'prov-b', 'prov-c', 'openai', 'xai', 'alibaba', 'venice', 'deepinfra']
    const large = await startGateway({ providers: Object.fromEntries(slugs.map((slug) => [slug, provider])) })
    try {
      const address = '/api/v1/models?output_modalities=all'
      const { data } = await check(await large.get(address), 'get', '/models', 200)
      const models: readonly { readonly id: string }[] = JSON.parse(JSON.stringify(data))
      expect(models.length).toBeGreaterThan(20)
      expect(JSON.stringify(models)).toContain('"overrides"')
      const path = '/models/{author}/{slug}/endpoints'
      for (const { id } of models) await check(await large.get(`/api/v1/models/${id}/endpoints`), 'get', path, 200)
      const { data: zdr } = await check(await large.get('/api/v1/endpoints/zdr'), 'get', '/endpoints/zdr', 200)
      expect([zdr].flat().length).toBeGreaterThan(5)
    } finally {
      await large.close()
    }
  })

  test('the keys that an account brings for providers', async () => {
    const manage = (method: string, path: string, body?: object) =>
      fetch(`${gateway.url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
    const given = { provider: 'openai', key: 'sk-of-a-client', name: 'ours', declared_region: 'us', allowed_models: [] }
    const created = await check(await manage('POST', '/byok', given), 'post', '/byok', 201)
    const path = `/byok/${String(objectOf(created['data'])?.['id'])}`
    await check(await manage('GET', '/byok'), 'get', '/byok', 200)
    await check(await manage('GET', path), 'get', '/byok/{id}', 200)
    await check(await manage('PATCH', path, { disabled: true }), 'patch', '/byok/{id}', 200)
    await check(await manage('PATCH', path, { disabled: 1 }), 'patch', '/byok/{id}', 400)
    await check(await manage('DELETE', path), 'delete', '/byok/{id}', 200)
    await check(await manage('DELETE', path), 'delete', '/byok/{id}', 404)
    await check(await gateway.get('/api/v1/byok'), 'get', '/byok', 403)
  })

  test('contract §6.20: destinations', async () => {
    const manage = (method: string, path: string, body?: object) =>
      fetch(`${gateway.url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
    const all = '/observability/destinations'
    const one = `${all}/{id}`
    const given = { type: 'posthog', name: 'ours', config: { apiKey: 'phc_key' }, filter_rules: { groups: [] } }
    const created = await check(await manage('POST', all, given), 'post', all, 201)
    const path = `${all}/${String(objectOf(created['data'])?.['id'])}`
    await check(await manage('POST', all, given), 'post', all, 409)
    await check(await manage('POST', all, { ...given, type: 'datadog' }), 'post', all, 400)
    await check(await manage('GET', all), 'get', all, 200)
    await check(await manage('GET', path), 'get', one, 200)
    await check(await manage('PATCH', path, { enabled: false }), 'patch', one, 200)
    await check(await manage('PATCH', path, { enabled: 1 }), 'patch', one, 400)
    await check(await manage('DELETE', path), 'delete', one, 200)
    await check(await manage('DELETE', path), 'delete', one, 404)
    await check(await gateway.get(`/api/v1${all}`), 'get', all, 403)
  })

  test('keys, credits, activity, contents and feedback', async () => {
    const manage = (method: string, path: string, body?: object) =>
      fetch(`${gateway.url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${adminKey}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
    const given = { name: 'ours', limit: 5, limit_reset: 'daily', external: { user: 'u' }, requests_per_minute: 9 }
    const created = await check(await manage('POST', '/keys', given), 'post', '/keys', 201)
    const path = `/keys/${String(objectOf(created['data'])?.['hash'])}`
    await check(await manage('POST', '/keys', given), 'post', '/keys', 400)
    await check(await manage('GET', '/keys'), 'get', '/keys', 200)
    await check(await manage('GET', path), 'get', '/keys/{hash}', 200)
    await check(await manage('PATCH', path, { disabled: true }), 'patch', '/keys/{hash}', 200)
    await check(await manage('DELETE', path), 'delete', '/keys/{hash}', 200)
    await check(await manage('DELETE', path), 'delete', '/keys/{hash}', 404)
    await check(await gateway.get('/api/v1/keys'), 'get', '/keys', 403)
    await check(await gateway.get('/api/v1/auth/key'), 'get', '/auth/key', 200)
    await check(await manage('GET', '/credits'), 'get', '/credits', 200)
    await check(await manage('GET', '/waygate/credits'), 'get', '/waygate/credits', 200)
    await check(await manage('POST', '/waygate/credits', { amount: 100 }), 'post', '/waygate/credits', 201)
    await check(await manage('GET', '/activity'), 'get', '/activity', 200)
    const reply = await gateway.chat({})
    const id = reply.headers.get('x-generation-id') ?? ''
    const feedback = { generation_id: id, category: 'other' }
    await check(await manage('POST', '/generation/feedback', feedback), 'post', '/generation/feedback', 200)
    const content = () => gateway.get(`/api/v1/generation/content?id=${id}`)
    await expect.poll(async () => (await content()).status).toBe(200)
    await check(await content(), 'get', '/generation/content', 200)
  })

  test.each(['/healthz', '/readyz'])('%s', async (path) => {
    await check(await gateway.get(path), 'get', path, 200)
  })

  test('/generation, of a generation that failed over and one that was streamed', async () => {
    for (const body of [
      { ...chat, model: 'acme/429', models: ['acme/m1'] },
      { ...chat, stream: true },
    ]) {
      const reply = await gateway.post('/api/v1/chat/completions', body, { 'http-referer': 'https://app.example' })
      expect(reply.status).toBe(200)
      await reply.text()
      const id = reply.headers.get('x-generation-id')
      await check(await gateway.get(`/api/v1/generation?id=${id}`), 'get', '/generation', 200)
    }
  })

  test.each([
    ['/chat/completions', { ...chat }],
    ['/chat/completions', { ...chat, logprobs: true, top_logprobs: 1 }],
    ['/chat/completions', { ...chat, model: 'acme/rich', tools: [{ type: 'function', function: { name: 'f' } }] }],
    ['/completions', { model: 'acme/both', prompt: 'hi', logprobs: 1 }],
  ])('%s %#, whole and streamed', async (path, body) => {
    await check(await gateway.post(`/api/v1${path}`, body, metadata), 'post', path, 200)
    const { chunks, done } = await readStream(
      await gateway.post(`/api/v1${path}`, { ...body, stream: true, debug: { echo_upstream_body: true } }, metadata),
    )
    expect(done).toBe(true)
    expect(chunks.length).toBeGreaterThan(2)
    const schema = described('post', path, 200, 'text/event-stream')
    for (const chunk of chunks) expect(mistakes(schema, chunk)).toEqual([])
  })

  test('a stream that broke off', async () => {
    const { chunks } = await readStream(await gateway.chat({ model: 'acme/cut', stream: true }))
    expect(chunks.at(-1)?.error).toBeDefined()
    const schema = described('post', '/chat/completions', 200, 'text/event-stream')
    for (const chunk of chunks) expect(mistakes(schema, chunk)).toEqual([])
  })
})

describe('each failure has a status of the document, and its envelope', () => {
  test.each([
    ['acme/400', 400],
    ['acme/413', 413],
    ['acme/422', 422],
    ['acme/429', 429],
    ['acme/500', 502],
    ['acme/503', 503],
    ['acme/529', 529],
    ['acme/none', 400],
  ])('%s: %i', async (model, status) => {
    await check(await gateway.chat({ model }, metadata), 'post', '/chat/completions', status)
  })

  test.each([
    ['/models?limit=0', '/models', 400],
    ['/models/count?context=x', '/models/count', 400],
    ['/models/user?limit=0', '/models/user', 400],
    ['/models/none', '/models/{slug}', 404],
    ['/models/acme/none', '/models/{author}/{slug}', 404],
    ['/model/acme/none', '/model/{author}/{slug}', 404],
    ['/models/acme/none/endpoints', '/models/{author}/{slug}/endpoints', 404],
    ['/generation?id=gen-none', '/generation', 404],
    ['/generation', '/generation', 400],
  ])('%s', async (address, path, status) => {
    await check(await gateway.get(`/api/v1${address}`), 'get', path, status)
  })

  test('a request of the client’s own making', async () => {
    await check(await gateway.chat({ messages: 'hi' }), 'post', '/chat/completions', 400)
    await check(await gateway.chat({}, { authorization: 'Bearer nobody' }), 'post', '/chat/completions', 401)
    await check(await gateway.chat({}, { 'content-encoding': 'gzip' }), 'post', '/chat/completions', 415)
  })
})

test('the documented orders of the list are those that it accepts', async () => {
  const operation = objectOf(objectOf(objectOf(document['paths'])?.['/models'])?.['get'])
  const parameters: readonly JsonObject[] = JSON.parse(JSON.stringify(operation?.['parameters']))
  const orders = objectOf(parameters.find(({ name }) => name === 'sort')?.['schema'])?.['enum']
  const refusal = await check(await gateway.get('/api/v1/models?sort=x'), 'get', '/models', 400)
  expect(objectOf(refusal['error'])?.['message']).toContain(`must be one of: ${[orders].flat().join(', ')}.`)
})
