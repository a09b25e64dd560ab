import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'

const keys = { operator: 'sk-or-v1-management-key-of-the-operator', team: 'sk-or-v1-management-key-of-a-team' }

let gateway: TestGateway
const leaving = new AbortController()
beforeAll(async () => {
  gateway = await startGateway({
    keys: [
      { name: 'operator', key: keys.operator, management: true },
      { name: 'team', key: keys.team, management: true, account: 'team' },
    ],
  })
})
afterAll(async () => {
  leaving.abort()
  await gateway.close()
})

const open = async (key: string): Promise<number> => {
  const headers = { authorization: `Bearer ${key}` }
  const reply = await fetch(`${gateway.url}/api/v1/waygate/live`, { headers, signal: leaving.signal })
  return reply.status
}

test('a key that opens as many live streams as it may takes none from another key', async () => {
  const statuses = await Promise.all(Array.from({ length: 20 }, () => open(keys.team)))
  expect(new Set(statuses)).toEqual(new Set([200]))
  expect(await open(keys.team)).toBe(429)
  expect(await open(keys.operator)).toBe(200)
})
