import { setTimeout as pause } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { noLimits } from '../../src/canonical/principal.ts'
import type { Storage } from '../../src/storage/open-storage.ts'
import { noOwner, type KeyRecord } from '../../src/storage/stores/key-store.ts'
import { StorageProcess } from './storage-process.ts'

export const keyRecord = (given: Partial<KeyRecord>): KeyRecord => ({
  hash: 'ab'.repeat(32),
  name: `key ${given.hash}`,
  label: 'sk-or-v1-abc...123',
  account: 'default',
  ...noLimits,
  limit: 10_000_000_000,
  management: false,
  disabled: false,
  expiresAt: null,
  createdAt: 1_700_000_000_000,
  updatedAt: null,
  ...noOwner,
  ...given,
})

/** From here on timers run only when the test moves the time. */
function stopTime(): void {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] })
  onTestFinished(() => void vi.useRealTimers())
}

/** Describes the behaviour of every KeyStore. `open` returns an empty storage. */
export function describeKeyStore(name: string, open: () => Promise<Storage>): void {
  describe(`key store: ${name}`, () => {
    let storage: Storage
    beforeEach(async () => {
      storage = await open()
    })
    afterEach(() => storage.close())

    test('lists what was inserted, in the order of making', async () => {
      const second = keyRecord({
        hash: 'b',
        createdAt: 2,
        management: true,
        limit: null,
        includeByokInLimit: true,
        expiresAt: 5,
        updatedAt: 6,
      })
      const first = keyRecord({ hash: 'c', createdAt: 1, disabled: true })
      expect(await storage.keys.list()).toEqual([])
      await storage.keys.insert(second)
      await storage.keys.insert(first)
      expect(await storage.keys.list()).toEqual([first, second])
    })

    test('refuses a hash that is there already', async () => {
      await storage.keys.insert(keyRecord({ hash: 'a', name: 'first' }))
      await expect(storage.keys.insert(keyRecord({ hash: 'a', name: 'second' }))).rejects.toThrow(/unique/i)
      expect(await storage.keys.list()).toMatchObject([{ name: 'first' }])
    })

    test('refuses a name that another key of the account has, also for a change', async () => {
      await storage.keys.insert(keyRecord({ hash: 'a', name: 'dev' }))
      await expect(storage.keys.insert(keyRecord({ hash: 'b', name: 'dev' }))).rejects.toThrow(/unique/i)
      await storage.keys.insert(keyRecord({ hash: 'c', name: 'dev', account: 'other' }))
      await storage.keys.insert(keyRecord({ hash: 'd', name: 'ops' }))
      await expect(storage.keys.update('d', { name: 'dev', updatedAt: 1 })).rejects.toThrow(/unique/i)
      expect((await storage.keys.list()).map(({ hash }) => hash).toSorted()).toEqual(['a', 'c', 'd'])
    })

    test('changes and deletes one key only, and returns whether there was one', async () => {
      const kept = keyRecord({ hash: 'a', createdAt: 1 })
      await storage.keys.insert(kept)
      const other = keyRecord({ hash: 'b', createdAt: 2 })
      await storage.keys.insert(other)
      expect(await storage.keys.update('b', { disabled: true, updatedAt: 3 })).toBe(true)
      expect(await storage.keys.list()).toEqual([kept, { ...other, disabled: true, updatedAt: 3 }])
      const change = { name: 'new', limit: null, disabled: false, updatedAt: 4 }
      expect(await storage.keys.update('b', change)).toBe(true)
      expect(await storage.keys.list()).toEqual([kept, { ...other, ...change }])
      expect(await storage.keys.update('c', change)).toBe(false)
      expect(await storage.keys.delete('b')).toBe(true)
      expect(await storage.keys.delete('b')).toBe(false)
      expect(await storage.keys.list()).toEqual([kept])
    })

    test('calls back after an insert, a change and a delete, until stopped', async () => {
      const listener = vi.fn<() => void>()
      const stop = storage.keys.onChange(listener)
      const called = async (change: () => Promise<unknown>): Promise<boolean> => {
        const before = listener.mock.calls.length
        await change()
        return listener.mock.calls.length > before
      }
      expect(await called(() => storage.keys.insert(keyRecord({ hash: 'a' })))).toBe(true)
      expect(await called(() => storage.keys.update('a', { disabled: true, updatedAt: 1 }))).toBe(true)
      expect(await called(() => storage.keys.delete('a'))).toBe(true)
      stop()
      expect(await called(() => storage.keys.insert(keyRecord({ hash: 'b' })))).toBe(false)
    })

    test('calls back at most once while nothing changes', async () => {
      const listener = vi.fn<() => void>()
      const stop = storage.keys.onChange(listener)
      await pause(1_500)
      await storage.keys.list()
      stop()
      expect(listener.mock.calls.length).toBeLessThanOrEqual(1)
    })
  })
}

/** Describes the further behaviour of a KeyStore when other processes open the same `url`, which is new for each test. */
export function describeSharedKeyStore(
  name: string,
  newUrl: () => string | Promise<string>,
  open: (url: string) => Promise<Storage>,
): void {
  describe(`key store shared by processes: ${name}`, () => {
    test("calls back within 2 s of another process's insert", async () => {
      const url = await newUrl()
      stopTime()
      const storage = await open(url)
      const changed = new Promise<void>((resolve) => {
        storage.keys.onChange(resolve)
      })
      await storage.keys.list()
      const key = keyRecord({ name: 'from elsewhere' })
      expect(await new StorageProcess('insert-key', url, JSON.stringify(key)).ended()).toBe(0)
      vi.advanceTimersByTime(2_000)
      await changed
      expect(await storage.keys.list()).toEqual([key])
      await storage.close()
    })
  })
}
