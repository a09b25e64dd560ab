import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { toRecordText } from '../../src/canonical/record-text.ts'
import { openStorage, type Storage } from '../../src/storage/open-storage.ts'
import type { LeaseRequest } from '../../src/storage/stores/lease-store.ts'
import { generationRecord } from './generation-record.ts'

const spending = {
  payer: { column: 'keyHash', value: 'key-a' },
  period: { start: 0, end: Infinity },
  includesByok: false,
} as const

/** Describes the behaviour of every LeaseStore. `execute` runs a statement on the database from outside. */
export function describeLeaseStore(
  name: string,
  newUrl: () => string | Promise<string>,
  execute: (url: string, statement: string) => Promise<void>,
): void {
  describe(`lease store: ${name}`, () => {
    let url: string
    let storages: readonly Storage[]
    beforeEach(async () => {
      url = await newUrl()
      const first = await openStorage(url)
      storages = [first, ...(await Promise.all([1, 2, 3].map(() => openStorage(url))))]
      for (const [index, { leases }] of storages.entries()) await leases.beat(`node-${index}`)
    })
    afterEach(() => Promise.all(storages.map((storage) => storage.close())))

    /** Asks as one of the nodes, which has a connection of its own. */
    const ask = (node: number, given: Partial<LeaseRequest> = {}) => {
      const nothing = { committed: 0, needed: 0, spare: 0, uncertain: [] }
      const request = { node: `node-${node}`, budget: 'b', spending, limit: 1000, ...nothing, ...given }
      const storage = storages[node]
      if (storage === undefined) throw new Error('There is no such node.')
      return storage.leases.lease(request)
    }
    const spend = async (id: string, cost: number, given = {}) => {
      const record = generationRecord({ id, keyHash: 'key-a', account: 'team', cost, attempts: [], ...given })
      await storages[0]?.generations.write([toRecordText(record)])
    }

    test('leases what is needed as far as it is left, beside what is on record and what others have', async () => {
      await spend('gen-1', 300)
      expect(await ask(0, { needed: 400 })).toEqual({ amount: 400, recorded: 300 })
      expect(await ask(1, { needed: 400 })).toEqual({ amount: 300, recorded: 300 })
      expect(await ask(2, { needed: 1 })).toEqual({ amount: 0, recorded: 300 })
      // What one gives back, another may have.
      expect(await ask(0, { committed: 100 })).toEqual({ amount: 100, recorded: 300 })
      expect(await ask(2, { needed: 1000 })).toEqual({ amount: 300, recorded: 300 })
    })

    test('never takes more than half of what is left for a spare part, but for what is needed', async () => {
      expect(await ask(0, { spare: 300 })).toMatchObject({ amount: 300 })
      expect(await ask(1, { spare: 500 })).toMatchObject({ amount: 350 })
      expect(await ask(2, { needed: 200, spare: 500 })).toMatchObject({ amount: 200 })
      expect(await ask(3, { needed: 200, spare: 500 })).toMatchObject({ amount: 150 })
    })

    test('leases what is committed in any case, and counts it for others', async () => {
      expect(await ask(0, { committed: 1500, needed: 10, spare: 10 })).toMatchObject({ amount: 1500 })
      expect(await ask(1, { committed: 20, needed: 10 })).toMatchObject({ amount: 20 })
    })

    test('does not count what is uncertain: the node that wrote it has it in its lease', async () => {
      await spend('gen-1', 300)
      await spend('gen-2', 50)
      expect(await ask(0, { committed: 300, needed: 1000, uncertain: ['gen-1', 'gen-of-nobody'] })).toEqual({
        amount: 950,
        recorded: 50,
      })
    })

    test('counts the period and the payer', async () => {
      const day = Date.UTC(2026, 10, 29)
      await spend('gen-1', 300, { createdAt: day - 1 })
      await spend('gen-2', 50, { createdAt: day })
      await spend('gen-3', 7, { createdAt: day, keyHash: 'key-b', upstreamCost: 1000 })
      await spend('gen-4', 0, { createdAt: day, upstreamCost: 20 })
      const today = { ...spending, period: { start: day, end: day + 86_400_000 } }
      expect(await ask(0, { budget: 'today', spending: today })).toMatchObject({ recorded: 50 })
      const yesterday = { ...spending, period: { start: day - 86_400_000, end: day } }
      expect(await ask(0, { budget: 'yesterday', spending: yesterday })).toMatchObject({ recorded: 300 })
      expect(await ask(0, { budget: 'yesterday', spending: yesterday, uncertain: ['gen-2'] })).toMatchObject({
        recorded: 300,
      })
      expect(await ask(0)).toMatchObject({ recorded: 350 })
      const account = { ...spending, payer: { column: 'account', value: 'team' } } as const
      expect(await ask(0, { budget: 'account', spending: account })).toMatchObject({ recorded: 357 })
      const withByok = { ...spending, includesByok: true }
      expect(await ask(0, { budget: 'with byok', spending: withByok })).toMatchObject({ recorded: 370 })
      expect(await ask(0, { budget: 'with byok', spending: withByok, uncertain: ['gen-4'] })).toMatchObject({
        recorded: 350,
      })
      // Budgets do not share what is leased.
      expect(await ask(1, { budget: 'today', spending: today, needed: 900 })).toMatchObject({ amount: 900 })
      expect(await ask(2, { needed: 900 })).toMatchObject({ amount: 650 })
    })

    test('four nodes that ask at the same time never have more than the limit together', async () => {
      const has = [0, 0, 0, 0]
      await Promise.all(
        has.map(async (_, node) => {
          for (let round = 0; round < 25; round++) {
            has[node] = (await ask(node, { committed: has[node] ?? 0, needed: 17, limit: 1000 })).amount
          }
        }),
      )
      expect(has.reduce((sum, amount) => sum + amount, 0)).toBe(1000)
    })

    test('the leases of a node that is silent for half a minute, or that leaves, are free for others', async () => {
      await ask(0, { needed: 600 })
      await ask(1, { needed: 300 })
      await execute(url, `update node set seen_at = seen_at - 29000 where id = 'node-0'`)
      await storages[2]?.leases.beat('node-2')
      expect(await ask(2, { needed: 1000 })).toMatchObject({ amount: 100 })
      await execute(url, `update node set seen_at = seen_at - 2000 where id = 'node-0'`)
      expect(await ask(2, { committed: 100, needed: 900 })).toMatchObject({ amount: 700 })
      // It is alive again, and what it has committed counts.
      await storages[0]?.leases.beat('node-0')
      expect(await ask(3, { needed: 1 })).toMatchObject({ amount: 0 })
      await storages[2]?.leases.leave('node-2')
      expect(await ask(3, { needed: 1000 })).toMatchObject({ amount: 100 })
    })

    test('a node that is gone is removed with its leases by the next sign of another', async () => {
      await ask(0, { needed: 600 })
      await execute(url, `update node set seen_at = seen_at - 31000 where id = 'node-0'`)
      expect(await storages[1]?.leases.beat('node-1')).toBe(true)
      // When it comes back, it has nothing until it asks, and is told so.
      expect(await storages[0]?.leases.beat('node-0')).toBe(false)
      expect(await ask(1, { needed: 1000 })).toMatchObject({ amount: 1000 })
    })
  })
}
