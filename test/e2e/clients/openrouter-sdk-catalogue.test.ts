import { OpenRouter } from '@openrouter/sdk'
import { NotFoundResponseError, UnauthorizedResponseError } from '@openrouter/sdk/models/errors'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { startByokGateway } from '../../byok-gateway.ts'
import { startGateway, type TestGateway } from '../../gateway.ts'

let gateway: TestGateway
let client: OpenRouter
beforeAll(async () => {
  gateway = await startGateway()
  client = new OpenRouter({ serverURL: `${gateway.url}/api/v1`, apiKey: gateway.key })
})
afterAll(() => gateway.close())

test('contract row 69: lists models', async () => {
  const { result } = await client.models.list()
  expect(result.data.map(({ id }) => id)).toContain('acme/m1')
})

test('contract row 69: lists the endpoints of a model', async () => {
  const { data } = await client.endpoints.list({ author: 'acme', slug: 'm1' })
  expect(data.endpoints.map(({ tag }) => tag)).toEqual(['prov-a', 'prov-b', 'prov-c'])
  expect(data.endpoints[0]?.pricing.prompt).toBe('0.000001')
})

test('lists the models that the key may use, page by page', async () => {
  const ids: string[] = []
  for await (const { result } of await client.models.listForUser({ bearer: gateway.key }, { limit: 1 })) {
    ids.push(...result.data.map(({ id }) => id))
    expect(result.totalCount).toBe(2)
  }
  expect(ids).toEqual(['acme/m1', 'acme/m2'])
  const refused = client.models.listForUser({ bearer: 'sk-or-v1-unknown' })
  await expect(refused).rejects.toBeInstanceOf(UnauthorizedResponseError)
})

test('lists the endpoints that retain nothing', async () => {
  const { gateway: careful, close } = await startByokGateway()
  onTestFinished(close)
  const { data } = await new OpenRouter({ serverURL: `${careful.url}/api/v1` }).endpoints.listZdrEndpoints()
  expect(data).toMatchObject([{ modelId: 'acme/m1', tag: 'prov-b', pricing: { prompt: '0.000002' } }])
})

test('contract row 69: gets a model, and is told of one that is not there', async () => {
  expect((await client.models.get({ author: 'acme', slug: 'm1:nitro' })).data.id).toBe('acme/m1')
  await expect(client.models.get({ author: 'acme', slug: 'none' })).rejects.toBeInstanceOf(NotFoundResponseError)
})

test('contract row 69: lists providers', async () => {
  const { data } = await client.providers.list()
  expect(data.map(({ slug }) => slug)).toEqual(expect.arrayContaining(['prov-a', 'openai', 'groq']))
})

test('contract row 69: describes the calling key', async () => {
  const { data } = await client.apiKeys.getCurrentKeyMetadata()
  expect(data).toMatchObject({ limit: null, limitRemaining: null, isManagementKey: false })
})

test('contract row 69: reads a generation', async () => {
  const reply = await gateway.chat({})
  const { data } = await client.generations.getGeneration({ id: reply.headers.get('x-generation-id') ?? '' })
  expect(data).toMatchObject({ model: 'acme/m1', providerName: 'Prov A', streamed: false, cancelled: false })
})
