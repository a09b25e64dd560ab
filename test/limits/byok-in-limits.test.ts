import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { adminKey, type ByokGateway, type Json, startByokGateway } from '../byok-gateway.ts'
import { testKey } from '../gateway.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { readStream } from '../sse.ts'

const limited = 'sk-or-v1-test-key-with-a-limit'
const keys = [
  { name: 'test', key: testKey },
  { name: 'admin', key: adminKey, management: true },
]
const own = { provider: 'prov-a', key: 'key-good-of-a-client', is_byok_only: true }
/** Each answer costs 0.002 USD at the list price. The prompt has more bytes than the tokens that the provider counts. */
const body = { model: 'acme/m2', max_tokens: 500, messages: [{ role: 'user', content: 'word '.repeat(300) }] }
const long = { provider: 'prov-c', pricing: { prompt: 1, completion: 100 } }

let directory: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waygate-byok-limits-'))
})
afterEach(() => rm(directory, { recursive: true }))

/** Adds a simulated provider with the model `acme/long`. */
async function withSimulator(model: string): Promise<{ readonly simulator: Simulator; readonly config: object }> {
  const simulator = await startSimulator()
  onTestFinished(() => simulator.close())
  const provider = { name: 'Prov C', base_url: `${simulator.url}/v1`, api_key: 'own-c' }
  return {
    simulator,
    config: { providers: { 'prov-c': provider }, models: { 'acme/long': { endpoints: [{ ...long, model }] } } },
  }
}

/** Starts a gateway on the database of the test. */
async function started(more: Readonly<Record<string, unknown>> = {}): Promise<ByokGateway> {
  const byok = await startByokGateway({ keys, storage: { url: `sqlite:${join(directory, 'waygate.db')}` }, ...more })
  let closing: Promise<void> | null = null
  const close = (): Promise<void> => (closing ??= byok.close())
  onTestFinished(close)
  return { ...byok, close }
}

/** Makes a key, and returns the hash and the key itself. */
async function made(byok: ByokGateway, given: object): Promise<{ readonly hash: string; readonly key: string }> {
  const reply = await byok.manage('POST', '/keys', { name: 'limited', ...given })
  expect(reply.status).toBe(201)
  return { hash: reply.body.data.hash, key: reply.body.key }
}

async function keyOf(byok: ByokGateway, key: string): Promise<Json> {
  const reply = await byok.gateway.get('/api/v1/key', { authorization: `Bearer ${key}` })
  return Object(await reply.json()).data
}

const statusesOf = async (byok: ByokGateway, key: string, times: number): Promise<readonly number[]> => {
  const statuses = []
  for (let time = 0; time < times; time++) statuses.push((await byok.ask(body, key)).status)
  return statuses
}

describe('contract §6.17: a limit that includes what calls with the account’s own keys cost', () => {
  test('is spent at the list price, says so everywhere, and is remembered over a restart', async () => {
    const before = await started()
    await before.bring(own)
    const { hash, key } = await made(before, { limit: 0.005, include_byok_in_limit: true })
    expect(await statusesOf(before, key, 2)).toEqual([200, 200])
    const refused = await before.ask(body, key)
    expect(refused).toMatchObject({
      status: 403,
      calls: [],
      body: { error: { metadata: { limit_source: 'key_limit' } } },
    })
    expect(refused.body.error.message).toContain('Key limit exceeded (total limit)')
    expect(refused.body.error.message).toContain('has spent 0.004 USD')
    const state = { limit: 0.005, limit_remaining: 0.001, include_byok_in_limit: true, usage: 0, byok_usage: 0.004 }
    expect(await keyOf(before, key)).toMatchObject({
      ...state,
      budgets: [{ scope: 'key_limit', spend_usd: 0.004, remaining_usd: 0.001, include_byok: true }],
      effective_budget: { include_byok: true },
    })
    expect((await before.manage('GET', `/keys/${hash}`)).body.data).toMatchObject(state)
    await before.close()

    const after = await started()
    expect(await after.ask(body, key)).toMatchObject({ status: 403, calls: [] })
    expect(await keyOf(after, key)).toMatchObject(state)
  })

  test('counts the fee and the gateway’s own credentials beside it', async () => {
    const byok = await started({ byok: { fee_percent: 50 } })
    const id = await byok.bring(own)
    const { key } = await made(byok, { limit: 0.0055, include_byok_in_limit: true })
    expect(await statusesOf(byok, key, 1)).toEqual([200])
    expect(await keyOf(byok, key)).toMatchObject({ limit_remaining: 0.0025, usage: 0.001, byok_usage: 0.002 })
    // Half of a cent less than a call with the fee, and enough for one without.
    expect(await byok.ask(body, key)).toMatchObject({ status: 403, calls: [] })
    await byok.manage('DELETE', `/byok/${id}`)
    expect(await statusesOf(byok, key, 2)).toEqual([200, 403])
    expect(await keyOf(byok, key)).toMatchObject({ limit_remaining: 0.0005, usage: 0.003, byok_usage: 0.002 })
  })

  test('is not exceeded by 30 requests at once, while credits are charged nothing', async () => {
    const byok = await started()
    await byok.bring(own)
    await byok.manage('POST', '/waygate/credits', { amount: 0.0000001 })
    const { key } = await made(byok, { limit: 0.009, limit_reset: 'daily', include_byok_in_limit: true })
    // The first shows how many tokens the provider counts beyond the estimate.
    expect(await statusesOf(byok, key, 1)).toEqual([200])
    const replies = await Promise.all(Array.from({ length: 30 }, () => byok.ask(body, key)))
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(3)
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200, 403]))
    expect(await keyOf(byok, key)).toMatchObject({ limit_remaining: 0.001, byok_usage_daily: 0.008 })
    expect((await byok.manage('GET', '/credits')).body.data).toMatchObject({ total_usage: 0 })
  })

  test('names the budget that pays for the fewest tokens', async () => {
    const byok = await started({ byok: { fee_percent: 50 } })
    await byok.bring(own)
    await byok.manage('POST', '/waygate/credits', { amount: 0.004 })
    const { key } = await made(byok, { limit: 0.005, include_byok_in_limit: true })
    const refused = await byok.ask({ ...body, max_tokens: 4000 }, key)
    expect(refused).toMatchObject({ status: 403, body: { error: { metadata: { limit_source: 'key_limit' } } } })
    // The key pays the list price and the fee: 3 USD for a million tokens of an answer. Credits pay the fee alone.
    const affordable = Number(/can only afford (\d+)\./.exec(refused.body.error.message)?.[1])
    expect(affordable).toBeGreaterThan(500)
    expect(affordable).toBeLessThan(0.005 / 3e-6)
    expect(await byok.ask({ ...body, max_tokens: affordable }, key)).toMatchObject({ status: 200 })
  })

  test('ends a stream that becomes longer than it pays for, and no other does', async () => {
    const { config } = await withSimulator('tokens-5000')
    const inFile = { name: 'in the file', key: limited, limit: 0.1, include_byok_in_limit: true }
    const byok = await started({ ...config, keys: [...keys, inFile] })
    await byok.bring({ provider: 'prov-c', key: 'key-good-of-a-client', is_byok_only: true })
    const { key } = await made(byok, { limit: 0.1 })
    const ask = async (bearer: string) =>
      readStream(await byok.gateway.chat({ model: 'acme/long', stream: true }, { authorization: `Bearer ${bearer}` }))
    const cut = await ask(limited)
    expect(cut.chunks.at(-1)?.error).toMatchObject({ code: 403, metadata: { limit_source: 'key_limit' } })
    expect(cut.text.length).toBeGreaterThan(1_500)
    const { byok_usage: used } = await keyOf(byok, limited)
    expect(used).toBeGreaterThan(0.05)
    expect(used).toBeLessThanOrEqual(0.1)
    const whole = await ask(key)
    expect(whole.chunks.at(-1)?.error).toBeUndefined()
    expect(whole.text.length).toBeGreaterThan(20_000)
  })

  test('may be changed while the key is used: what was spent before counts, and what is under way once it ends', async () => {
    const { simulator, config } = await withSimulator('slow-first-token-500')
    const byok = await started({ ...config })
    await byok.bring(own)
    const { hash, key } = await made(byok, { limit: 0.005 })
    const change = async (include: boolean | null) => {
      const reply = await byok.manage('PATCH', `/keys/${hash}`, { include_byok_in_limit: include })
      return reply.body.data.include_byok_in_limit
    }
    expect(await statusesOf(byok, key, 3)).toEqual([200, 200, 200])
    expect(await change(true)).toBe(true)
    expect(await keyOf(byok, key)).toMatchObject({ limit_remaining: -0.001 })
    expect(await statusesOf(byok, key, 1)).toEqual([403])
    // Null leaves it as it is.
    expect(await change(null)).toBe(true)
    expect(await change(false)).toBe(false)
    expect(await statusesOf(byok, key, 2)).toEqual([200, 200])

    await byok.manage('PATCH', `/keys/${hash}`, { limit: 0.013 })
    await byok.bring({ provider: 'prov-c', key: 'key-good-of-a-client', is_byok_only: true })
    const underWay = byok.ask({ model: 'acme/long', max_tokens: 16 }, key)
    await expect.poll(() => simulator.journal().length).toBe(1)
    expect(await change(true)).toBe(true)
    expect(await statusesOf(byok, key, 1)).toEqual([200])
    expect((await underWay).status).toBe(200)
    // Five calls cost a cent. The sixth leaves a tenth of a cent, and the one that was under way took of it.
    const { limit_remaining: left, byok_usage: used } = await keyOf(byok, key)
    expect(used).toBeGreaterThan(0.012)
    expect(left).toBeCloseTo(0.013 - used, 9)
    const refused = await byok.ask(body, key)
    expect(refused.body.error.message).toContain(`has spent ${used} USD`)
  })
})
