import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'
import { readJson } from './exchange.ts'

const limited = 'sk-or-v1-test-key-with-a-limit-of-a-tenth-cent'
const headers = { authorization: `Bearer ${limited}` }

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    keys: [
      { name: 'limited', key: limited, limit: 0.001 },
      { name: 'test', key: 'sk-or-v1-test-key-of-the-default-account' },
    ],
    models: {
      'acme/dear': {
        endpoints: [{ provider: 'prov-a', model: 'usage-1000-500', pricing: { prompt: 1, completion: 2 } }],
      },
    },
  })
})
afterAll(() => gateway.close())

/** Contract §8.A7. */
const budget = (spent: number, remaining: number) => ({
  scope: 'key_limit',
  guardrail_id: null,
  budget_id: null,
  limit_usd: 0.001,
  spend_usd: spent,
  remaining_usd: remaining,
  reset_interval: null,
  resets_at: null,
  include_byok: false,
})

test('contract row 62: a key that has spent its limit gets 403 before any upstream is called', async () => {
  expect((await readJson(gateway.get('/api/v1/key', headers))).body).toMatchObject({
    data: { budgets: [budget(0, 0.001)], effective_budget: budget(0, 0.001) },
  })

  const first = await readJson(gateway.chat({ model: 'acme/dear' }, headers))
  expect(first).toMatchObject({ status: 200, body: { usage: { cost: 0.002 } } })
  gateway.simulator.clearJournal()

  for (const stream of [false, true]) {
    const second = await readJson(gateway.chat({ model: 'acme/dear', stream }, headers))
    expect(second).toMatchObject({
      status: 403,
      body: {
        error: {
          code: 403,
          message: expect.stringMatching(/^Key limit exceeded/),
          metadata: { error_type: 'permission_denied', limit_source: 'key_limit' },
        },
      },
    })
  }
  expect(gateway.simulator.journal()).toEqual([])

  expect((await readJson(gateway.get('/api/v1/key', headers))).body).toMatchObject({
    data: {
      limit: 0.001,
      limit_remaining: -0.001,
      usage: 0.002,
      budgets: [budget(0.002, -0.001)],
      effective_budget: budget(0.002, -0.001),
    },
  })
})

test('a key without a limit has no budget, and may be used anywhere', async () => {
  expect((await readJson(gateway.get('/api/v1/key'))).body).toMatchObject({
    data: { limit: null, budgets: [], effective_budget: null, allowed_data_regions: ['global'] },
  })
})
