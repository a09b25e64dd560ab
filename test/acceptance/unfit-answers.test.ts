import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { openStorage, type Storage } from '../../src/storage/open-storage.ts'
import { eventually } from '../faults/eventually.ts'
import { startGateway, testKey, type TestGateway } from '../gateway.ts'

const limited = 'sk-or-v1-test-key-with-a-limit-of-half-a-cent'

/** Without a response format in its request, the simulator answers with plain text, not with JSON. */
const wordy = (provider: string, model: string, price: number) => ({
  provider,
  model,
  pricing: { prompt: price, completion: 2 * price },
  supported_parameters: ['max_tokens'],
})
const able = (provider: string, model: string, price: number) => ({
  provider,
  model,
  pricing: { prompt: price, completion: 2 * price },
})
const usage = 'usage-1000-500'
const models = {
  'acme/unfit': { endpoints: [wordy('prov-a', usage, 1), wordy('prov-b', usage, 2), wordy('prov-c', usage, 3)] },
  'acme/words': { endpoints: [wordy('prov-a', usage, 1)] },
  'acme/untold-words': { endpoints: [wordy('prov-a', 'no-usage', 1)] },
  'acme/fits': { endpoints: [able('prov-b', usage, 2)] },
  'acme/fails': { endpoints: [able('prov-b', 'status-500', 2), able('prov-c', 'status-503', 3)] },
  'acme/waits': { endpoints: [able('prov-b', 'slow-first-token-60000', 2)] },
}

describe('an answer that does not match the requested format', () => {
  let directory: string
  let gateway: TestGateway
  let storage: Storage
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'waygate-unfit-'))
    const url = `sqlite:${join(directory, 'waygate.db')}`
    gateway = await startGateway({
      models,
      storage: { url },
      keys: [
        { name: 'test', key: testKey },
        { name: 'limited', key: limited, limit: 0.005 },
      ],
    })
    storage = await openStorage(url)
  })
  afterAll(async () => {
    await gateway.close()
    await storage.close()
    await rm(directory, { recursive: true })
  })
  beforeEach(() => gateway.simulator.clearJournal())

  const ask = async (model: string, headers = {}, ...fallbacks: readonly string[]) => {
    const body = { model, models: fallbacks, response_format: { type: 'json_object' } }
    const response = await gateway.chat(body, headers)
    return { status: response.status, body: Object(await response.json()) }
  }
  const recorded = (id: string) => eventually(() => storage.generations.find(id, 'default'))
  const called = () => gateway.simulator.journal().length

  test('has one second try, both are paid, and the second is given as it is', async () => {
    const { status, body } = await ask('acme/unfit')
    expect(status).toBe(200)
    expect(called()).toBe(2)
    expect(body.choices[0]).toMatchObject({ finish_reason: 'stop', native_finish_reason: 'schema_mismatch' })
    expect(body.provider).toBe('Prov B')
    // 1,000 tokens at 1 USD per million and 500 at 2, and both at twice the price.
    expect(body.usage).toMatchObject({ prompt_tokens: 2000, completion_tokens: 1000, cost: 0.006 })
    const record = await recorded(body.id)
    expect(record).toMatchObject({ cost: 6_000_000, provider: 'prov-b', costProvenance: 'derived' })
    expect(record.attempts).toMatchObject([
      { provider: 'prov-a', errorKind: 'schema_mismatch', cost: 2_000_000 },
      { provider: 'prov-b', errorKind: null, status: 200, cost: 4_000_000 },
    ])
  })

  test('counts against the limit of the key', async () => {
    const headers = { authorization: `Bearer ${limited}` }
    expect((await ask('acme/unfit', headers)).status).toBe(200)
    gateway.simulator.clearJournal()
    const refused = await ask('acme/unfit', headers)
    expect([402, 403]).toContain(refused.status)
    expect(called()).toBe(0)
  })

  test('is paid beside the one that fits', async () => {
    const { body } = await ask('acme/words', {}, 'acme/fits')
    expect(body.choices[0]).toMatchObject({ finish_reason: 'stop', native_finish_reason: 'stop' })
    expect(() => JSON.parse(body.choices[0].message.content)).not.toThrow()
    expect(body.usage.cost).toBe(0.006)
  })

  test('is returned, and billed once, where no other endpoint answers', async () => {
    const { status, body } = await ask('acme/words', {}, 'acme/fails')
    expect(status).toBe(200)
    expect(body).toMatchObject({ provider: 'Prov A', usage: { prompt_tokens: 1000, cost: 0.002 } })
    expect(body.choices[0]).toMatchObject({ finish_reason: 'stop', native_finish_reason: 'schema_mismatch' })
    const record = await recorded(body.id)
    expect(record).toMatchObject({ cost: 2_000_000, status: 200, provider: 'prov-a' })
    expect(record.attempts[0]).toMatchObject({ status: 200, errorKind: null, cost: 2_000_000 })
  })

  test('costs nothing where its usage was not reported', async () => {
    const { body } = await ask('acme/untold-words', {}, 'acme/fits')
    expect(body.usage).toMatchObject({ prompt_tokens: 1000, completion_tokens: 500, cost: 0.004 })
  })

  test('is billed also to a client that disconnects during the second try, whose prompt is billed too', async () => {
    const controller = new AbortController()
    const response = fetch(`${gateway.url}/api/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        models: ['acme/words', 'acme/waits'],
        messages: [{ role: 'user', content: Array(96).fill('word').join(' ') }],
        response_format: { type: 'json_object' },
      }),
      signal: controller.signal,
    })
    response.catch(() => {})
    await eventually(() => gateway.simulator.journal()[1])
    controller.abort()
    const line = await eventually(() =>
      gateway.log
        .map((text) => Object(JSON.parse(text)))
        .find(({ aborted, model }) => aborted && model === 'acme/waits'),
    )
    const record = await recorded(line.generationId)
    expect(record).toMatchObject({ cancelled: true, costProvenance: 'estimated', promptTokens: 1100 })
    expect(record.cost).toBe(2_000_000 + 100 * 2_000)
  })
})
