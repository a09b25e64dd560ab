import { hash } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { usd } from '../../src/canonical/money.ts'
import { openStorage } from '../../src/storage/open-storage.ts'
import { asNumber, at, readJson } from '../acceptance/exchange.ts'
import { cuttable } from '../engines/cuttable-connection.ts'
import { describePostgres } from '../engines/engines.ts'
import { startGateway, testKey } from '../gateway.ts'

const limited = 'sk-or-v1-a-key-that-nodes-share'
const other = 'sk-or-v1-a-key-that-nobody-has-used'
const headers = { authorization: `Bearer ${limited}` }

/** Each answer costs 0.002 USD, and holds as much. */
const models = {
  'acme/priced': {
    endpoints: [{ provider: 'prov-a', model: 'usage-0-1000', pricing: { prompt: 0, completion: 2 } }],
  },
}
const keys = (limit: number) => [
  { name: 'test', key: testKey },
  { name: 'limited', key: limited, limit },
  { name: 'other', key: other, limit },
]
const body = { model: 'acme/priced', max_tokens: 1000 }

describePostgres('nodes that share limits', ({ newDatabase, query }) => {
  const open = async (url: string, limit: number) => {
    const gateway = await startGateway({ storage: { url }, models, keys: keys(limit) })
    let closed: Promise<void> | null = null
    const close = () => (closed ??= gateway.close())
    onTestFinished(close)
    return { ...gateway, close, status: async () => (await gateway.chat(body, headers)).status }
  }
  const books = async (url: string) => {
    const storage = await openStorage(url)
    onTestFinished(() => storage.close())
    return { recorded: async () => usd(await storage.usage.spent(hash('sha256', limited), 0, [])) }
  }

  test('one after the other they spend a limit to its end, and not beyond', async () => {
    const url = await newDatabase()
    const nodes = [await open(url, 0.02), await open(url, 0.02)]
    const { recorded } = await books(url)
    let answered = 0
    // What a node has at hand it gives back within seconds, so that at last every dollar can be spent at either.
    await expect
      .poll(
        async () => {
          for (const node of nodes) if ((await node.status()) === 200) answered++
          return answered
        },
        { interval: 200 },
      )
      .toBe(10)
    expect(await Promise.all(nodes.map((node) => node.status()))).toEqual([403, 403])
    await expect.poll(recorded).toBeCloseTo(0.02, 9)
  })

  test('a node that ends gives back at once what it has leased', async () => {
    const url = await newDatabase()
    const nodes = [await open(url, 0.05), await open(url, 0.05)]
    expect(await nodes[0]?.status()).toBe(200)
    await nodes[0]?.close()
    const statuses = await Promise.all(Array.from({ length: 30 }, async () => nodes[1]?.status()))
    expect(statuses.filter((status) => status === 200)).toHaveLength(24)
  })

  test('while the database is away, requests go on within what is leased, and nothing is lost', async () => {
    const url = await newDatabase()
    const way = await cuttable(url)
    onTestFinished(() => way.close())
    const cut = await open(way.url, 1)
    const { recorded } = await books(url)
    expect(await cut.status()).toBe(200)
    way.set('away')
    // A twentieth of the limit is at hand: 0.05 USD.
    const statuses: number[] = []
    for (let index = 0; index < 40; index++) statuses.push(await cut.status())
    const answered = statuses.filter((status) => status === 200).length
    expect(answered).toBeGreaterThanOrEqual(20)
    expect(answered).toBeLessThan(40)
    const refused = await cut.chat(body, headers)
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toBe('10')
    expect(at((await readJson(Promise.resolve(refused))).body, 'error', 'message')).toContain('shares the limit')
    // A key without a limit needs no database.
    expect((await cut.chat(body)).status).toBe(200)
    // What a key that nobody has used has spent cannot be read.
    expect((await cut.chat(body, { authorization: `Bearer ${other}` })).status).toBe(503)
    way.set('open')
    await expect.poll(() => cut.status(), { interval: 200 }).toBe(200)
    const told = () => cut.log.flatMap((line) => /PostgreSQL is (away|back)/.exec(line)?.[1] ?? [])
    await expect.poll(told).toEqual(['away', 'back'])
    await expect.poll(recorded).toBeGreaterThanOrEqual(0.002 * (answered + 2) - 1e-9)
    const { body: own } = await readJson(cut.get('/api/v1/key', headers))
    expect(asNumber(at(own, 'data', 'usage'))).toBeLessThanOrEqual(1)
  })

  test('a database that is silent holds up no request that is within what is leased', async () => {
    const url = await newDatabase()
    const way = await cuttable(url)
    onTestFinished(() => way.close())
    const cut = await open(way.url, 1)
    expect(await cut.status()).toBe(200)
    way.set('silent')
    for (let index = 0; index < 15; index++) expect(await cut.status()).toBe(200)
    way.set('open')
  })

  test('a node that was silent for so long that others took it for ended leases again what it may still spend', async () => {
    const url = await newDatabase()
    const node = await open(url, 1000)
    expect(await node.status()).toBe(200)
    await expect.poll(async () => (await query(url, 'select amount from lease')).length).toBe(1)
    await query(url, 'delete from lease')
    await query(url, 'delete from node')
    // It is in use and has much at hand, so that nothing else makes it ask.
    await expect
      .poll(async () => {
        await node.status()
        return (await query(url, 'select 1 from lease')).length
      })
      .toBe(1)
  })
})
