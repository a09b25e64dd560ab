import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ByokGateway, type Json, startByokGateway } from '../byok-gateway.ts'
import { testKey } from '../gateway.ts'

const key = 'key-good-of-a-client'
const limited = 'sk-or-v1-test-key-with-a-limit-of-a-tenth-cent'
const keys = [
  { name: 'test', key: testKey },
  { name: 'limited', key: limited, limit: 0.001 },
  { name: 'admin', key: 'sk-or-v1-test-management-key-of-the-default-account', management: true },
  { name: 'other-admin', key: 'sk-or-v1-test-management-key-of-another-account', account: 'other', management: true },
]

/** The list price of one call: 1000 prompt tokens at $1 and 500 completion tokens at $2 a million. */
const list = { total: 0.002, prompt: 0.001, completion: 0.001 }

const started: ByokGateway[] = []
const start = async (settings?: object): Promise<ByokGateway> => {
  const byok = await startByokGateway({ keys, ...(settings !== undefined && { byok: settings }) })
  started.push(byok)
  return byok
}
afterAll(() => Promise.all(started.map((byok) => byok.close())))

/** Returns the usage of a reply, streamed or not. */
async function usageOf(byok: ByokGateway, stream: boolean): Promise<Json> {
  const { body } = await byok.ask({ stream })
  if (typeof body !== 'string') return body.usage
  const chunks = body.split('\n').flatMap((line) => (line.startsWith('data: {') ? [JSON.parse(line.slice(6))] : []))
  return chunks.find(({ usage }) => usage !== undefined).usage
}

const recordOf = async (byok: ByokGateway, id: string): Promise<Json> => {
  const reply = await byok.gateway.get(`/api/v1/generation?id=${id}`)
  return JSON.parse(await reply.text()).data
}

describe('contract §3.4, §6.17: what a call with a key of the account costs', () => {
  let byok: ByokGateway
  beforeAll(async () => {
    byok = await start()
  })
  beforeEach(() => byok.reset())

  test.each([false, true])('nothing by default, and the list price is shown (stream: %s)', async (stream) => {
    await byok.bring({ provider: 'prov-a', key })
    expect(await usageOf(byok, stream)).toMatchObject({
      cost: 0,
      is_byok: true,
      cost_details: {
        upstream_inference_cost: list.total,
        upstream_inference_prompt_cost: list.prompt,
        upstream_inference_completions_cost: list.completion,
      },
    })
    await byok.reset()
    expect(await usageOf(byok, stream)).toMatchObject({
      cost: list.total,
      is_byok: false,
      cost_details: { upstream_inference_cost: null, upstream_inference_prompt_cost: list.prompt },
    })
  })

  test('the record of the generation tells it too, for the whole and for each call', async () => {
    await byok.bring({ provider: 'prov-a', key: 'key-refused-401-of-a-client' })
    await byok.bring({ provider: 'prov-b', key })
    const { body } = await byok.ask()
    expect(await recordOf(byok, body.id)).toMatchObject({
      is_byok: true,
      total_cost: 0,
      usage: 0,
      upstream_inference_cost: 2 * list.total,
      provider_name: 'Prov B',
      provider_responses: [
        { status: 401, is_byok: true, provider_name: 'Prov A' },
        { status: 200, is_byok: true, provider_name: 'Prov B' },
      ],
    })
    await byok.reset()
    const own = await byok.ask()
    expect(await recordOf(byok, own.body.id)).toMatchObject({
      is_byok: false,
      total_cost: list.total,
      upstream_inference_cost: null,
      provider_responses: [{ status: 200, is_byok: false }],
    })
  })

  test('the API key shows what was used with it, beside what it spent itself', async () => {
    const used = async () => JSON.parse(await (await byok.gateway.get('/api/v1/key')).text()).data
    const before = await used()
    await byok.bring({ provider: 'prov-a', key })
    await byok.ask()
    const after = await used()
    for (const period of ['', '_daily', '_weekly', '_monthly']) {
      expect(after[`byok_usage${period}`] - before[`byok_usage${period}`]).toBeCloseTo(list.total, 9)
      expect(after[`usage${period}`]).toBe(before[`usage${period}`])
    }
  })

  test('it does not count towards the limit of an API key', async () => {
    await byok.bring({ provider: 'prov-a', key })
    for (let times = 0; times < 3; times++) expect((await byok.ask({}, limited)).status).toBe(200)
    await byok.reset()
    expect((await byok.ask({}, limited)).status).toBe(200)
    expect((await byok.ask({}, limited)).status).toBe(403)
    // The key of the account still costs nothing, but the limit is checked before anything is called.
    await byok.bring({ provider: 'prov-a', key })
    expect((await byok.ask({}, limited)).status).toBe(403)
  })

  test('nothing is charged, at the list price either, where nothing was produced', async () => {
    await byok.bring({ provider: 'prov-a', key: 'key-refused-429-of-a-client', is_byok_only: true })
    await byok.ask({ model: 'acme/m2' })
    const { body } = await byok.ask()
    expect(body.usage).toMatchObject({ is_byok: false, cost: 2 * list.total })
  })
})

describe('contract §6.17: the fee', () => {
  test('is a share of the list price, on the record and towards the limit of an API key', async () => {
    const byok = await start({ fee_percent: 5 })
    await byok.bring({ provider: 'prov-a', key })
    const { body } = await byok.ask()
    expect(body.usage).toMatchObject({
      cost: 0.0001,
      is_byok: true,
      cost_details: { upstream_inference_cost: list.total, upstream_inference_prompt_cost: list.prompt },
    })
    expect(await recordOf(byok, body.id)).toMatchObject({ total_cost: 0.0001, upstream_inference_cost: list.total })
    for (let times = 0; times < 10; times++) expect((await byok.ask({}, limited)).status).toBe(200)
    expect((await byok.ask({}, limited)).status).toBe(403)
  })

  test('begins beyond the monthly allowance, also in the middle of a call', async () => {
    const byok = await start({ fee_percent: 10, monthly_allowance: 0.005 })
    await byok.bring({ provider: 'prov-a', key })
    const costs = []
    for (let times = 0; times < 4; times++) costs.push((await byok.ask()).body.usage.cost)
    // Of the third call a half is within the allowance.
    expect(costs).toEqual([0, 0, 0.0001, 0.0002])
  })

  test('counts what the account used in this month before the gateway started', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'waygate-fees-'))
    const settings = {
      byok: { fee_percent: 10, monthly_allowance: 0.003 },
      keys,
      storage: { url: `sqlite:${directory}/w.db` },
      secrets: { key_file: `${directory}/secret.key` },
    }
    const first = await startByokGateway(settings)
    await first.bring({ provider: 'prov-a', key })
    expect((await first.ask()).body.usage.cost).toBe(0)
    await first.close()
    const second = await startByokGateway(settings)
    expect((await second.ask()).body.usage.cost).toBe(0.0001)
    expect((await second.ask()).body.usage.cost).toBe(0.0002)
    await second.close()
    await rm(directory, { recursive: true })
  })
})
