import { afterEach, beforeEach, describe, expect, test } from 'vitest'
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

    test('finds what was appended before, written or not', async () => {
      const record = generationRecord({ id: 'gen-1' })
      storage.generations.append(record)
      expect(storage.generations.pending()).toBe(1)
      expect(await storage.generations.find('gen-1', 'default')).toEqual(record)
      await storage.generations.flush()
      expect(storage.generations.pending()).toBe(0)
      expect(await storage.generations.find('gen-1', 'default')).toEqual(record)
    })

    test('writes by itself soon after', async () => {
      storage.generations.append(generationRecord({ id: 'gen-1' }))
      await expect.poll(() => storage.generations.pending()).toBe(0)
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
      storage.generations.append(record)
      storage.generations.append(generationRecord({ id: 'gen-2', attempts: [] }))
      await storage.generations.flush()
      expect(await storage.generations.find('gen-1', 'default')).toEqual(record)
      expect(await storage.generations.find('gen-2', 'default')).toMatchObject({ id: 'gen-2', attempts: [] })
    })

    test('sums the usage of models, by UTC day from a time on', async () => {
      const day = Date.UTC(2026, 10, 20)
      const used = (id: string, model: string, createdAt: number, tokens: number | null, endpoint: string | null) =>
        storage.generations.append(
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
      used('gen-1', 'acme/m1', day - 1, 1, 'e')
      used('gen-2', 'acme/m1', day - 400 * 86_400_000, 2, 'e')
      used('gen-3', 'acme/m1', day, 10, 'e')
      used('gen-4', 'acme/m1', day + 86_399_999, 20, 'e')
      used('gen-5', 'acme/m1', day + 86_400_000, null, 'e')
      used('gen-6', 'acme/m2', day, 5, 'e')
      used('gen-7', 'acme/nobody', day, null, null)
      const rows = await storage.generations.usageByModel(day)
      expect(rows.toSorted((a, b) => a.model.localeCompare(b.model) || (a.day ?? 0) - (b.day ?? 0))).toEqual([
        { model: 'acme/m1', day: null, requests: 2, tokens: 6 },
        { model: 'acme/m1', day, requests: 2, tokens: 60 },
        { model: 'acme/m1', day: day + 86_400_000, requests: 1, tokens: 0 },
        { model: 'acme/m2', day, requests: 1, tokens: 10 },
      ])
    })

    test("another account's generation is not found, written or not", async () => {
      storage.generations.append(generationRecord({ id: 'gen-1', account: 'team-a' }))
      expect(await storage.generations.find('gen-1', 'default')).toBeNull()
      await storage.generations.flush()
      expect(await storage.generations.find('gen-1', 'default')).toBeNull()
      expect(await storage.generations.find('gen-1', 'team-a')).not.toBeNull()
      expect(await storage.generations.find('gen-2', 'team-a')).toBeNull()
    })

    test('accepts 5,000 records at once and finds each', async () => {
      for (let index = 0; index < 5000; index++) {
        storage.generations.append(generationRecord({ id: `gen-${index}`, cost: 3, createdAt: index }))
      }
      await storage.generations.flush()
      for (const index of [0, 199, 200, 201, 2500, 4999]) {
        expect(await storage.generations.find(`gen-${index}`, 'default')).toMatchObject({ createdAt: index })
      }
      expect(await storage.generations.spent('ab'.repeat(32), 0)).toBe(15_000)
    })

    test('issue 9.5: is full when the waiting records take 64 MiB, still keeps further ones, and then has room again', async () => {
      const metadata = JSON.stringify({ text: 'x'.repeat(30_000) })
      let count = 0
      for (; !storage.generations.isFull() && count < 3000; count++) {
        storage.generations.append(generationRecord({ id: `gen-${count}`, cost: 1, metadata }))
      }
      expect(count * metadata.length).toBeGreaterThan(30_000_000)
      expect(count * metadata.length).toBeLessThan(64 * 1024 * 1024)
      storage.generations.append(generationRecord({ id: 'one-more', cost: 1 }))
      await storage.generations.flush()
      expect(storage.generations.isFull()).toBe(false)
      expect(await storage.generations.spent('ab'.repeat(32), 0)).toBe(count + 1)
    })

    test('sums what a key spent since a day began, what is not written yet included', async () => {
      const other = 'cd'.repeat(32)
      const day = Date.UTC(2026, 10, 20)
      storage.generations.append(generationRecord({ id: 'gen-1', cost: 1, createdAt: day - 1 }))
      storage.generations.append(generationRecord({ id: 'gen-2', cost: 20, createdAt: day }))
      await storage.generations.flush()
      storage.generations.append(generationRecord({ id: 'gen-3', cost: 300, createdAt: day + 1 }))
      storage.generations.append(generationRecord({ id: 'gen-4', cost: 4000, createdAt: day + 1, keyHash: other }))
      expect(await storage.generations.spent('ab'.repeat(32), day)).toBe(320)
      expect(await storage.generations.spent('ab'.repeat(32), 0)).toBe(321)
      expect(await storage.generations.spent(other, 0)).toBe(4000)
      expect(await storage.generations.spent('ef'.repeat(32), 0)).toBe(0)
      await expect(storage.generations.spent(other, day + 1)).rejects.toThrow('not the beginning')
    })

    test('the same generation twice is counted once', async () => {
      storage.generations.append(generationRecord({ id: 'gen-1', cost: 5 }))
      await storage.generations.flush()
      storage.generations.append(generationRecord({ id: 'gen-1', cost: 5 }))
      expect(await storage.generations.spent('ab'.repeat(32), 0)).toBe(5)
    })

    test('what is appended the moment a flush resolves is written too', async () => {
      storage.generations.append(generationRecord({ id: 'gen-1' }))
      await storage.generations.flush()
      storage.generations.append(generationRecord({ id: 'gen-2' }))
      await storage.generations.flush()
      storage.generations.append(generationRecord({ id: 'gen-3' }))
      await expect.poll(() => storage.generations.pending()).toBe(0)
      expect(await storage.generations.spent('ab'.repeat(32), 0)).toBe(3 * 200_000)
    })

    test('closes while writes are pending, twice, and accepts nothing afterwards', async () => {
      storage.generations.append(generationRecord({ id: 'first' }))
      await storage.generations.flush()
      for (let index = 0; index < 1000; index++) storage.generations.append(generationRecord({ id: `gen-${index}` }))
      await Promise.all([storage.close(), storage.close()])
      expect(storage.generations.pending()).toBe(0)
      storage.generations.append(generationRecord({ id: 'late' }))
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
      const processes = ['one', 'two'].map((child) => new StorageProcess('append', url, child, '500'))
      for (const child of processes) expect(await child.ended()).toBe(0)
      const storage = await open(url)
      expect(await storage.generations.spent('ab'.repeat(32), 0)).toBe(1000 * 200_000)
      await storage.close()
    })

    test('a process that is killed loses nothing that was flushed', async () => {
      const url = await newUrl()
      const child = new StorageProcess('append-and-tell', url, 'gen')
      let received = -1
      while (received < 200) received = Number(await child.line())
      child.kill()
      for (let line = await child.line(); line !== null; line = await child.line()) received = Number(line)
      expect(await child.ended()).toBeNull()
      const storage = await open(url)
      for (let index = 0; index <= received; index++) {
        expect(await storage.generations.find(`gen-${index}`, 'default')).toMatchObject({ attempts: [{ sequence: 0 }] })
      }
      storage.generations.append(generationRecord({ id: 'after' }))
      await storage.generations.flush()
      await storage.close()
    })
  })
}
