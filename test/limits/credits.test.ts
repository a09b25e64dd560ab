import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { nanoUsd } from '../../src/canonical/money.ts'
import { openStorage, type Storage } from '../../src/storage/open-storage.ts'
import { calls, refusal } from '../acceptance/exchange.ts'
import { eventually } from '../faults/eventually.ts'
import { otherKey, startGateway, type TestGateway } from '../gateway.ts'

const other = { authorization: `Bearer ${otherKey}` }
/** Each answer costs 0.002 USD exactly. */
const models = {
  'acme/priced': {
    endpoints: [{ provider: 'prov-a', model: 'usage-1000-500', pricing: { prompt: 1, completion: 2 } }],
  },
  'acme/gratis': { endpoints: [{ provider: 'prov-a', model: 'steady', pricing: {} }] },
}

let directory: string
let gateway: TestGateway
let books: Storage
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'waygate-credits-'))
  const url = `sqlite:${join(directory, 'waygate.db')}`
  gateway = await startGateway({ storage: { url }, models })
  books = await openStorage(url)
})
afterEach(async () => {
  await gateway.close()
  await books.close()
  await rm(directory, { recursive: true })
})

const ask = (model = 'acme/priced', headers = {}) => gateway.chat({ model, max_tokens: 500 }, headers)

/** Adds credits beside the running gateway, as `waygate credits add` does. */
let added = 0
async function add(usd: number): Promise<void> {
  await books.credits.add({
    id: `credit-${++added}`,
    account: 'default',
    amount: nanoUsd(usd),
    spentBefore: await books.usage.spentByAccount('default', 0, []),
    createdAt: Date.now(),
    note: null,
  })
}

test('an account to which no credits were added has no balance to exhaust', async () => {
  for (let request = 0; request < 3; request++) expect((await ask()).status).toBe(200)
})

test('what was spent before the first credits does not use them up, and what is spent after does', async () => {
  expect((await ask()).status).toBe(200)
  await eventually(async () => ((await books.usage.spentByAccount('default', 0, [])) > 0 ? true : null))
  await add(0.0045)
  // A running gateway knows it within two seconds, which is when the third answer is refused.
  await eventually(async () => ((await ask()).status === 402 ? true : null))
  gateway.simulator.clearJournal()
  for (const stream of [false, true]) {
    const error = await refusal(gateway.chat({ model: 'acme/priced', max_tokens: 500, stream }), 402)
    expect(error).toMatchObject({ error_type: 'payment_required', metadata: { limit_source: 'credits' } })
  }
  expect(calls(gateway)).toEqual([])
  // Other accounts have their own books.
  expect((await ask('acme/priced', other)).status).toBe(200)
  await add(10)
  await eventually(async () => ((await ask()).status === 200 ? true : null))
})

/** Starts another gateway on the same database, which knows the credits from its start. */
async function restarted(): Promise<void> {
  await gateway.close()
  gateway = await startGateway({ storage: { url: `sqlite:${join(directory, 'waygate.db')}` }, models })
}

test('affordability is told in the words of the contract', async () => {
  await add(0.002)
  await restarted()
  const error = await refusal(gateway.chat({ model: 'acme/priced', max_tokens: 50_000 }), 402)
  expect(error['message']).toMatch(
    /You requested up to 50000 tokens, but can only afford 9\d\d\. The account has 0\.002 USD /,
  )
})

test('a balance of zero permits free models, and a negative one permits nothing', async () => {
  await add(0.002)
  await restarted()
  expect((await ask()).status).toBe(200)
  await refusal(ask(), 402)
  expect((await ask('acme/gratis')).status).toBe(200)
  await add(-0.001)
  await eventually(async () => ((await ask('acme/gratis')).status === 402 ? true : null))
  expect((await refusal(ask('acme/gratis'), 402))['message']).toMatch(/^Insufficient credits/)
})

test('what was spent is remembered over a restart', async () => {
  await add(0.005)
  await restarted()
  expect((await ask()).status).toBe(200)
  expect((await ask()).status).toBe(200)
  await restarted()
  await refusal(ask(), 402)
  expect(calls(gateway)).toEqual([])
})
