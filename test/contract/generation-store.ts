import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { GenerationRecord } from '../../src/canonical/generation-record.ts'
import { toRecordText } from '../../src/canonical/record-text.ts'
import type { Storage } from '../../src/storage/open-storage.ts'
import { generationRecord } from './generation-record.ts'
import { StorageProcess } from './storage-process.ts'

/** Describes the behaviour of every GenerationStore. `open` returns an empty storage. */
export function describeGenerationStore(name: string, open: () => Promise<Storage>): void {
  describe(`generation store: ${name}`, () => {
    let storage: Storage
    beforeEach(async () => {
      storage = await open()
    })
    afterEach(() => storage.close())

    const write = (...records: readonly GenerationRecord[]): Promise<void> =>
      storage.generations.write(records.map(toRecordText))

    test('finds what was written', async () => {
      const record = generationRecord({ id: 'gen-1' })
      await write(record)
      expect(await storage.generations.find('gen-1', 'default')).toEqual(record)
      expect(await storage.generations.find('gen-2', 'default')).toBeNull()
    })

    test('a lone call that answered needs no row of its own, and is found as it was', async () => {
      const [attempt] = generationRecord({ id: 'gen-1' }).attempts
      if (attempt === undefined) throw new Error('the record has an attempt')
      const plain = { ...attempt, model: 'acme/m1', latency: 7 }
      const told = (id: string, more: object = {}) =>
        generationRecord({ id, attempts: [{ ...plain, generationId: id, ...more }] })
      const records = [
        told('gen-1'),
        told('gen-2', { tier: 'flex' }),
        told('gen-3', { kind: 'retry' }),
        told('gen-4', { cost: 1 }),
        told('gen-5', { status: 502, errorKind: 'provider_unavailable' }),
        told('gen-6', { depth: 1, tool: 'advisor' }),
        told('gen-7', { mayBillMore: true }),
        told('gen-8', { upstreamId: null }),
        told('gen-9', { endpoint: 'prov-b' }),
      ]
      await write(...records)
      expect(records.map((record) => JSON.parse(toRecordText(record)).attempts.length)).toEqual([
        0, 1, 1, 1, 1, 1, 1, 1, 1,
      ])
      for (const record of records) expect(await storage.generations.find(record.id, 'default')).toEqual(record)
    })

    test('keeps every field, empty or not, and the attempts in order', async () => {
      const attempt = generationRecord({ id: 'gen-1' }).attempts[0]
      if (attempt === undefined) throw new Error('the record has an attempt')
      const record = generationRecord({
        id: 'gen-1',
        streamed: false,
        cancelled: true,
        isByok: true,
        upstreamId: null,
        provider: null,
        providerName: null,
        endpoint: null,
        latency: null,
        cost: Number.MAX_SAFE_INTEGER,
        attempts: [
          { ...attempt, sequence: 0, status: 529, errorKind: 'provider_overloaded', upstreamId: null },
          { ...attempt, sequence: 1, status: 0, latency: 0 },
        ],
      })
      await write(record, generationRecord({ id: 'gen-2', attempts: [] }))
      expect(await storage.generations.find('gen-1', 'default')).toEqual(record)
      expect(await storage.generations.find('gen-2', 'default')).toMatchObject({ id: 'gen-2', attempts: [] })
    })

    test('sums the usage of models, by UTC day from a time on', async () => {
      const day = Date.UTC(2026, 10, 20)
      const used = (id: string, model: string, createdAt: number, tokens: number | null, endpoint: string | null) =>
        write(
          generationRecord({
            id,
            model,
            createdAt,
            endpoint,
            promptTokens: tokens,
            completionTokens: tokens,
            attempts: [],
          }),
        )
      await used('gen-1', 'acme/m1', day - 1, 1, 'e')
      await used('gen-2', 'acme/m1', day - 400 * 86_400_000, 2, 'e')
      await used('gen-3', 'acme/m1', day, 10, 'e')
      await used('gen-4', 'acme/m1', day + 86_399_999, 20, 'e')
      await used('gen-5', 'acme/m1', day + 86_400_000, null, 'e')
      await used('gen-6', 'acme/m2', day, 5, 'e')
      await used('gen-7', 'acme/nobody', day, null, null)
      const rows = await storage.usage.ofModels(day)
      expect(rows.toSorted((a, b) => a.model.localeCompare(b.model) || (a.day ?? 0) - (b.day ?? 0))).toEqual([
        { model: 'acme/m1', day: null, requests: 2, tokens: 6 },
        { model: 'acme/m1', day, requests: 2, tokens: 60 },
        { model: 'acme/m1', day: day + 86_400_000, requests: 1, tokens: 0 },
        { model: 'acme/m2', day, requests: 1, tokens: 10 },
      ])
    })

    test("another account's generation is not found", async () => {
      await write(generationRecord({ id: 'gen-1', account: 'team-a' }))
      expect(await storage.generations.find('gen-1', 'default')).toBeNull()
      expect(await storage.generations.find('gen-1', 'team-a')).not.toBeNull()
      expect(await storage.generations.find('gen-2', 'team-a')).toBeNull()
    })

    test('accepts 5,000 records at once and finds each', async () => {
      const records = Array.from({ length: 5000 }, (_, index) =>
        generationRecord({ id: `gen-${index}`, cost: 3, createdAt: index }),
      )
      await write(...records)
      for (const index of [0, 199, 200, 201, 2500, 4999]) {
        expect(await storage.generations.find(`gen-${index}`, 'default')).toMatchObject({ createdAt: index })
      }
      expect(await storage.usage.spent('ab'.repeat(32), 0)).toBe(15_000)
    })

    test('sums what a key and an account spent since a day began, without the generations that are counted elsewhere', async () => {
      const other = 'cd'.repeat(32)
      const day = Date.UTC(2026, 10, 20)
      await write(
        generationRecord({ id: 'gen-1', cost: 1, upstreamCost: 2, createdAt: day - 1 }),
        generationRecord({ id: 'gen-2', cost: 20, upstreamCost: 40, createdAt: day }),
        generationRecord({ id: 'gen-3', cost: 300, upstreamCost: 600, createdAt: day + 1 }),
        generationRecord({ id: 'gen-4', cost: 4000, upstreamCost: 8000, createdAt: day + 1, keyHash: other }),
        generationRecord({
          id: 'gen-5',
          cost: 50_000,
          upstreamCost: 90_000,
          createdAt: day,
          account: 'team-a',
          keyHash: 'aa',
        }),
      )
      const elsewhere = ['gen-2', 'gen-4', 'gen-not-written']
      expect(await storage.usage.spent('ab'.repeat(32), day)).toBe(320)
      expect(await storage.usage.spent('ab'.repeat(32), 0)).toBe(321)
      expect(await storage.usage.spent('ab'.repeat(32), day, elsewhere)).toBe(300)
      expect(await storage.usage.spentByAccount('default', day)).toBe(4320)
      expect(await storage.usage.spentByAccount('default', day, elsewhere)).toBe(300)
      expect(await storage.usage.spent(other, 0)).toBe(4000)
      expect(await storage.usage.spent('ef'.repeat(32), 0)).toBe(0)
      await expect(storage.usage.spent(other, day + 1)).rejects.toThrow('not the beginning')
      expect(await storage.usage.byokSpent('ab'.repeat(32), day)).toBe(640)
      expect(await storage.usage.byokSpent('ab'.repeat(32), 0)).toBe(642)
      expect(await storage.usage.byokSpent('ab'.repeat(32), day, elsewhere)).toBe(600)
      expect(await storage.usage.byokSpentByAccount('default', 0)).toBe(8642)
      expect(await storage.usage.byokSpentByAccount('default', day)).toBe(8640)
      expect(await storage.usage.byokSpentByAccount('default', day, elsewhere)).toBe(600)
      expect(await storage.usage.byokSpentByAccount('team-a', day)).toBe(90_000)
      expect(await storage.usage.byokSpentByAccount('team-b', 0)).toBe(0)
    })

    test('the same generation twice is counted once, and the first stays as it was', async () => {
      const first = generationRecord({ id: 'gen-1', cost: 5 })
      await write(first, first)
      const again = generationRecord({ id: 'gen-1', cost: 7 })
      const [attempt] = again.attempts
      if (attempt === undefined) throw new Error('the record has an attempt')
      await write(
        { ...again, attempts: [attempt, { ...attempt, sequence: 1 }] },
        generationRecord({ id: 'gen-2', cost: 20 }),
      )
      expect(await storage.generations.find('gen-1', 'default')).toEqual(first)
      expect(await storage.usage.spent('ab'.repeat(32), 0)).toBe(25)
    })

    test('writes all records or none', async () => {
      const records = [0, 1, 2].map((index) =>
        generationRecord({ id: `gen-${index}`, cost: index === 1 ? Number.NaN : 1 }),
      )
      await expect(write(...records)).rejects.toMatchObject({ transient: false })
      expect(await storage.usage.spent('ab'.repeat(32), 0)).toBe(0)
    })

    test('accepts nothing once it is closed, twice', async () => {
      await Promise.all([storage.close(), storage.close()])
      await expect(write(generationRecord({ id: 'late' }))).rejects.toThrow('closed')
      await expect(storage.generations.find('late', 'default')).rejects.toThrow('closed')
    })
  })
}

/** Describes the further behaviour of a GenerationStore when other processes open the same `url`, which is new for each test. */
export function describeSharedGenerationStore(
  name: string,
  newUrl: () => string | Promise<string>,
  open: (url: string) => Promise<Storage>,
): void {
  describe(`generation store shared by processes: ${name}`, () => {
    test('two processes start and write at the same time, and nothing is lost', async () => {
      const url = await newUrl()
      const processes = ['one', 'two'].map((child) => new StorageProcess('write', url, child, '500'))
      for (const child of processes) expect(await child.ended()).toBe(0)
      const storage = await open(url)
      expect(await storage.usage.spent('ab'.repeat(32), 0)).toBe(1000 * 200_000)
      await storage.close()
    })

    test('a process that is killed loses nothing that was written', async () => {
      const url = await newUrl()
      const child = new StorageProcess('write-and-tell', url, 'gen')
      let received = -1
      while (received < 200) received = Number(await child.line())
      child.kill()
      for (let line = await child.line(); line !== null; line = await child.line()) received = Number(line)
      expect(await child.ended()).toBeNull()
      const storage = await open(url)
      for (let index = 0; index <= received; index++) {
        expect(await storage.generations.find(`gen-${index}`, 'default')).toMatchObject({ attempts: [{ sequence: 0 }] })
      }
      await storage.generations.write([toRecordText(generationRecord({ id: 'after' }))])
      await storage.close()
    })
  })
}
