import { OpenRouter } from '@openrouter/sdk'
import { afterAll, beforeAll, expect, test } from 'vitest'
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
