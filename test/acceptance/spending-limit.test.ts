import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'

const limited = 'sk-or-v1-test-key-with-a-limit-of-a-tenth-cent'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    keys: [{ name: 'limited', key: limited, limit: 0.001 }],
    models: {
      'acme/dear': {
        endpoints: [{ provider: 'prov-a', model: 'usage-1000-500', pricing: { prompt: 1, completion: 2 } }],
      },
    },
  })
})
afterAll(() => gateway.close())

test('row 62: a key that has spent its limit gets 402 before any upstream is called', async () => {
  const headers = { authorization: `Bearer ${limited}` }
  const first = await gateway.chat({ model: 'acme/dear' }, headers)
  expect(first.status).toBe(200)
  expect(await first.json()).toMatchObject({ usage: { cost: 0.002 } })
  gateway.simulator.clearJournal()

  const second = await gateway.chat({ model: 'acme/dear' }, headers)
  expect(second.status).toBe(402)
  expect(await second.json()).toMatchObject({ error: { code: 402, metadata: { error_type: 'payment_required' } } })
  expect(gateway.simulator.journal()).toEqual([])

  const described = await (await gateway.get('/api/v1/key', headers)).json()
  expect(described).toMatchObject({ data: { limit: 0.001, limit_remaining: -0.001, usage: 0.002 } })
})
