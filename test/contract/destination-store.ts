import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Storage } from '../../src/storage/open-storage.ts'
import type { DestinationRecord } from '../../src/storage/stores/destination-store.ts'

const destinationRecord = (given: Partial<DestinationRecord> = {}): DestinationRecord => ({
  id: 'id-1',
  account: 'default',
  type: 'webhook',
  name: 'Audit',
  enabled: true,
  sealedConfig: 'mark.ciphertext',
  options: '{"samplingRate":0.5}',
  createdAt: 1_700_000_000_000,
  updatedAt: 1_700_000_000_000,
  ...given,
})

/** Describes the behaviour of every DestinationStore. `open` returns an empty storage. */
export function describeDestinationStore(name: string, open: () => Promise<Storage>): void {
  describe(`store of destinations: ${name}`, () => {
    let storage: Storage
    beforeEach(async () => {
      storage = await open()
    })
    afterEach(() => storage.close())

    test('gives back what was inserted, oldest first', async () => {
      const newer = destinationRecord({ id: 'a', name: 'Ours "ü" 🙂', enabled: false, createdAt: 1_700_000_000_001 })
      const older = destinationRecord()
      await storage.destinations.insert(newer)
      await storage.destinations.insert(older)
      expect(await storage.destinations.list()).toEqual([older, newer])
    })

    test('an account has a name once, until its destination is deleted', async () => {
      const { destinations } = storage
      await destinations.insert(destinationRecord())
      await expect(destinations.insert(destinationRecord({ id: 'id-2', type: 's3' }))).rejects.toThrow()
      await destinations.insert(destinationRecord({ id: 'id-2', account: 'other' }))
      const second = destinationRecord({ id: 'id-3', name: 'Second' })
      await destinations.insert(second)
      await expect(destinations.update(second, { name: 'Audit', updatedAt: 9 })).rejects.toThrow()
      expect(await destinations.delete('id-1', 'default', 5)).toBe(true)
      expect(await destinations.update(second, { name: 'Audit', updatedAt: 9 })).toBe(true)
    })

    test('a change is made only where the destination is as it was read', async () => {
      const { destinations } = storage
      const read = destinationRecord()
      await destinations.insert(read)
      const change = { name: 'New', enabled: false, sealedConfig: 'x.y', options: '{}', updatedAt: read.updatedAt + 1 }
      expect(await destinations.update({ ...read, account: 'other' }, change)).toBe(false)
      expect(await destinations.update({ ...read, id: 'none' }, change)).toBe(false)
      expect(await destinations.update(read, change)).toBe(true)
      expect(await destinations.update(read, { enabled: true, updatedAt: read.updatedAt + 2 })).toBe(false)
      expect(await destinations.list()).toEqual([{ ...read, ...change }])
    })

    test('what is deleted is in no list, and cannot be changed', async () => {
      const { destinations } = storage
      const kept = destinationRecord({ id: 'kept', name: 'Kept' })
      const gone = destinationRecord()
      await destinations.insert(kept)
      await destinations.insert(gone)
      expect(await destinations.delete(gone.id, 'other', 5)).toBe(false)
      expect(await destinations.delete(gone.id, 'default', 5)).toBe(true)
      expect(await destinations.delete(gone.id, 'default', 6)).toBe(false)
      expect(await destinations.update(gone, { enabled: false, updatedAt: 7 })).toBe(false)
      expect(await destinations.reseal(gone.id, gone.sealedConfig, 'new.x')).toBe(false)
      expect(await destinations.list()).toEqual([kept])
    })

    test('replaces a ciphertext only where it is the one that was read', async () => {
      const { destinations } = storage
      await destinations.insert(destinationRecord({ sealedConfig: 'old.a' }))
      expect(await destinations.reseal('id-1', 'old.b', 'new.b')).toBe(false)
      expect(await destinations.reseal('id-2', 'old.a', 'new.a')).toBe(false)
      expect(await destinations.reseal('id-1', 'old.a', 'new.a')).toBe(true)
      expect(await destinations.list()).toEqual([destinationRecord({ sealedConfig: 'new.a' })])
    })
  })
}

/** Describes the further behaviour of a DestinationStore when another node opens the same `url`, which is new for each test. */
export function describeSharedDestinationStore(
  name: string,
  newUrl: () => string | Promise<string>,
  open: (url: string) => Promise<Storage>,
): void {
  describe(`store of destinations shared by nodes: ${name}`, () => {
    test('a node is called back after a change by another', async () => {
      const url = await newUrl()
      const [one, other] = [await open(url), await open(url)]
      const seen = vi.fn<(ids: readonly string[]) => void>()
      one.destinations.onChange(() => void one.destinations.list().then((all) => seen(all.map(({ id }) => id))))
      // As every user of a store does, which loads what it watches: changes before the first look are in what is loaded.
      await one.destinations.list()
      await other.destinations.insert(destinationRecord({ id: 'from elsewhere' }))
      await expect.poll(() => seen.mock.lastCall).toEqual([['from elsewhere']])
      await other.destinations.delete('from elsewhere', 'default', 5)
      await expect.poll(() => seen.mock.lastCall).toEqual([[]])
      await one.close()
      await other.close()
    })
  })
}
