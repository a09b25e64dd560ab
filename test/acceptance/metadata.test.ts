import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { asObject, at, readJson } from './exchange.ts'

const enabled = { 'x-openrouter-metadata': 'enabled' }
const required = ['requested', 'strategy', 'region', 'summary', 'attempt', 'is_byok', 'endpoints']

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    models: {
      'acme/down': behaving('status-503'),
      'acme/limited': behaving('status-429', 'status-429'),
      'acme/down-then-up': behaving('status-503', 'steady'),
      'acme/cut': behaving('cut-after-2'),
      'acme/renamed': { aliases: ['acme/old-name'], ...behaving('steady') },
      'acme/short': { endpoints: [{ provider: 'prov-a', model: 'steady', max_completion_tokens: 10 }] },
    },
  })
})
afterAll(() => gateway.close())
beforeEach(() => gateway.simulator.clearJournal())

const selected = (metadata: unknown): readonly unknown[] => {
  const available = at(metadata, 'endpoints', 'available')
  return Array.isArray(available) ? available.filter((endpoint) => at(endpoint, 'selected') === true) : []
}

describe('contract row 58: a client that requests metadata receives it', () => {
  test.each<Record<string, string>>([
    { 'x-openrouter-metadata': 'enabled' },
    { 'x-openrouter-metadata': 'Enabled' },
    { 'x-openrouter-metadata': 'ENABLED' },
    { 'x-openrouter-experimental-metadata': 'enabled' },
    { 'x-openrouter-metadata': 'enabled', 'x-openrouter-experimental-metadata': 'disabled' },
  ])('%o', async (headers) => {
    const { body } = await readJson(gateway.chat({}, headers))
    const metadata = asObject(body['openrouter_metadata'])
    expect(Object.keys(metadata)).toEqual(expect.arrayContaining(required))
    expect(metadata).toMatchObject({
      requested: 'acme/m1',
      strategy: 'direct',
      region: null,
      summary: 'available=3, selected=Prov A',
      attempt: 1,
      is_byok: false,
      endpoints: { total: 3 },
      attempts: [{ provider: 'Prov A', model: 'acme/m1', status: 200 }],
    })
    expect(at(metadata, 'endpoints', 'available')).toHaveLength(3)
    expect(selected(metadata)).toEqual([{ provider: 'Prov A', model: 'acme/m1', selected: true }])
    expect(metadata).not.toHaveProperty('pipeline')
  })

  test.each<Record<string, string>>([
    {},
    { 'x-openrouter-metadata': 'yes' },
    { 'x-openrouter-metadata': 'true' },
    { 'x-openrouter-metadata': '' },
    { 'x-openrouter-metadata': 'disabled' },
    { 'x-openrouter-metadata': 'disabled', 'x-openrouter-experimental-metadata': 'enabled' },
    { 'x-openrouter-experimental-metadata': 'on' },
  ])('not for %o', async (headers) => {
    const { status, body } = await readJson(gateway.chat({}, headers))
    expect(status).toBe(200)
    expect(body).not.toHaveProperty('openrouter_metadata')
    const { chunks } = await readStream(await gateway.chat({ stream: true }, headers))
    expect(chunks.some((chunk) => 'openrouter_metadata' in chunk)).toBe(false)
  })

  test('streamed it is the same, on the last chunk', async () => {
    const { body } = await readJson(gateway.chat({}, enabled))
    const { chunks } = await readStream(await gateway.chat({ stream: true }, enabled))
    const whole = { ...asObject(body['openrouter_metadata']), generation_time: expect.any(Number) }
    expect(chunks.at(-1)?.openrouter_metadata).toEqual(whole)
    expect(chunks.filter((chunk) => 'openrouter_metadata' in chunk)).toHaveLength(1)
  })

  test('a fallback within the model', async () => {
    const { body } = await readJson(gateway.chat({ model: 'acme/down-then-up' }, enabled))
    const metadata = body['openrouter_metadata']
    expect(metadata).toMatchObject({
      strategy: 'direct',
      attempt: 2,
      summary: 'available=2, selected=Prov B',
      attempts: [
        { provider: 'Prov A', model: 'acme/down-then-up', status: 503 },
        { provider: 'Prov B', model: 'acme/down-then-up', status: 200 },
      ],
    })
    expect(selected(metadata)).toMatchObject([{ provider: 'Prov B' }])
  })

  test('a fallback to another model', async () => {
    const { body } = await readJson(gateway.chat({ model: 'acme/down', models: ['acme/m2'] }, enabled))
    expect(body['model']).toBe('acme/m2')
    const metadata = body['openrouter_metadata']
    expect(metadata).toMatchObject({
      requested: 'acme/down',
      strategy: 'fallback',
      attempt: 2,
      endpoints: { total: 2 },
    })
    expect(selected(metadata)).toEqual([{ provider: 'Prov B', model: 'acme/m2', selected: true }])
  })

  test('an alias', async () => {
    const { body } = await readJson(gateway.chat({ model: 'acme/old-name' }, enabled))
    expect(body).toMatchObject({
      model: 'acme/renamed',
      openrouter_metadata: { requested: 'acme/old-name', strategy: 'alias' },
    })
  })
})

describe('contract row 59: failures', () => {
  test('404 after filtering: nothing was attempted, nothing selected', async () => {
    const { status, body } = await readJson(gateway.chat({ model: 'acme/short', max_tokens: 11 }, enabled))
    expect(status).toBe(404)
    expect(body['openrouter_metadata']).toMatchObject({
      requested: 'acme/short',
      attempt: 0,
      endpoints: { total: 1, available: [{ provider: 'Prov A', model: 'acme/short', selected: false }] },
    })
    expect(body['error']).not.toHaveProperty('openrouter_metadata')
  })

  test.each([
    ['acme/down', 503, 1],
    ['acme/limited', 429, 2],
  ])('%s: %i after %i attempts', async (model, status, attempts) => {
    const reply = await readJson(gateway.chat({ model }, enabled))
    expect(reply.status).toBe(status)
    const metadata = reply.body['openrouter_metadata']
    expect(Object.keys(asObject(metadata))).toEqual(expect.arrayContaining(required))
    expect(at(metadata, 'attempt')).toBeGreaterThanOrEqual(1)
    expect(at(metadata, 'attempts')).toHaveLength(attempts)
    expect(selected(metadata)).toEqual([])
  })

  test('inside a stream that broke off', async () => {
    const { chunks } = await readStream(await gateway.chat({ model: 'acme/cut', stream: true }, enabled))
    const metadata = chunks.at(-1)?.openrouter_metadata
    expect(metadata).toMatchObject({ attempt: 1, attempts: [{ provider: 'Prov A', status: 502 }] })
    expect(selected(metadata)).toEqual([])
  })

  test('401 and 400 come before routing: none', async () => {
    const unknown = await readJson(gateway.chat({}, { ...enabled, authorization: 'Bearer nobody' }))
    expect(unknown.status).toBe(401)
    expect(unknown.body).not.toHaveProperty('openrouter_metadata')
    const invalid = await readJson(gateway.chat({ temperature: 3 }, enabled))
    expect(invalid.status).toBe(400)
    expect(invalid.body).not.toHaveProperty('openrouter_metadata')
  })

  test('not without a request for it', async () => {
    const { body } = await readJson(gateway.chat({ model: 'acme/down' }))
    expect(Object.keys(body)).toEqual(['error'])
  })
})
