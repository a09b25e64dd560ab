import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { Storage } from '../../src/storage/open-storage.ts'
import type { ByokRecord } from '../../src/storage/stores/byok-store.ts'

const byokRecord = (given: Partial<ByokRecord>): ByokRecord => ({
  id: 'id-1',
  account: 'default',
  provider: 'openai',
  sealedKey: 'mark.ciphertext',
  label: 'sk-...AbCd',
  name: null,
  disabled: false,
  isFallback: false,
  isRequired: false,
  isByokOnly: false,
  declaredZdr: null,
  declaredRegion: null,
  allowedModels: null,
  allowedApiKeyHashes: null,
  allowedUserIds: null,
  sortOrder: 0,
  createdAt: 1_700_000_000_000,
  updatedAt: null,
  ...given,
})

/** Describes the behaviour of every ByokStore. `open` returns an empty storage. */
export function describeByokStore(name: string, open: () => Promise<Storage>): void {
  describe(`store of provider keys: ${name}`, () => {
    let storage: Storage
    beforeEach(async () => {
      storage = await open()
    })
    afterEach(() => storage.close())

    test('gives back what was inserted, with every kind of value', async () => {
      const full = byokRecord({
        name: 'Ours "ü" 🙂',
        disabled: true,
        isFallback: true,
        isRequired: true,
        isByokOnly: true,
        declaredZdr: true,
        declaredRegion: 'europe',
        allowedModels: '["acme/m1"]',
        allowedApiKeyHashes: '[]',
        allowedUserIds: '["jane"]',
        sortOrder: 3,
        updatedAt: 5,
      })
      const plain = byokRecord({ id: 'id-2', declaredZdr: false })
      await storage.byok.insert(full)
      await storage.byok.insert(plain)
      expect(await storage.byok.list()).toEqual([plain, full])
      await expect(storage.byok.insert(full)).rejects.toThrow()
    })

    test('lists by account, provider and position, then by age', async () => {
      const records = [
        byokRecord({ id: 'g', account: 'ca', sortOrder: 0 }),
        // Hyphens come before letters, whatever the language of the database.
        byokRecord({ id: 'f', account: 'c-z', sortOrder: 1 }),
        byokRecord({ id: 'e', account: 'b', sortOrder: 0 }),
        byokRecord({ id: 'd', account: 'a', provider: 'openai', sortOrder: 2, createdAt: 1 }),
        byokRecord({ id: 'c', account: 'a', provider: 'openai', sortOrder: 1, createdAt: 3 }),
        byokRecord({ id: 'b', account: 'a', provider: 'openai', sortOrder: 1, createdAt: 2 }),
        byokRecord({ id: 'a', account: 'a', provider: 'groq', sortOrder: 9 }),
      ]
      for (const record of records) await storage.byok.insert(record)
      const ids = async (account?: string) => (await storage.byok.list(account)).map(({ id }) => id)
      expect(await ids()).toEqual(['a', 'b', 'c', 'd', 'e', 'f', 'g'])
      expect(await ids('b')).toEqual(['e'])
      expect(await ids('none')).toEqual([])
    })

    test('changes and deletes one key of the account only, and returns whether there was one', async () => {
      const kept = byokRecord({ id: 'kept' })
      const other = byokRecord({ id: 'other', sortOrder: 1 })
      await storage.byok.insert(kept)
      await storage.byok.insert(other)
      const change = { disabled: true, declaredZdr: false, allowedModels: '[]', sealedKey: 'x.y', updatedAt: 7 }
      expect(await storage.byok.update('other', 'default', change)).toBe(true)
      expect(await storage.byok.list()).toEqual([kept, { ...other, ...change }])
      expect(await storage.byok.update('other', 'default', { declaredZdr: null, updatedAt: 8 })).toBe(true)
      expect(await storage.byok.list()).toEqual([kept, { ...other, ...change, declaredZdr: null, updatedAt: 8 }])
      expect(await storage.byok.update('other', 'elsewhere', change)).toBe(false)
      expect(await storage.byok.update('none', 'default', change)).toBe(false)
      expect(await storage.byok.delete('other', 'elsewhere')).toBe(false)
      expect(await storage.byok.delete('other', 'default')).toBe(true)
      expect(await storage.byok.delete('other', 'default')).toBe(false)
      expect(await storage.byok.list()).toEqual([kept])
    })

    test('replaces a ciphertext only where it is the one that was read', async () => {
      await storage.byok.insert(byokRecord({ sealedKey: 'old.a' }))
      expect(await storage.byok.reseal('id-1', 'old.b', 'new.b')).toBe(false)
      expect(await storage.byok.reseal('id-2', 'old.a', 'new.a')).toBe(false)
      expect(await storage.byok.list()).toMatchObject([{ sealedKey: 'old.a' }])
      expect(await storage.byok.reseal('id-1', 'old.a', 'new.a')).toBe(true)
      expect(await storage.byok.list()).toEqual([byokRecord({ sealedKey: 'new.a' })])
    })

    test('keeps the mark of the first key, until another is set', async () => {
      const marks = await Promise.all(['one', 'two', 'three'].map((mark) => storage.byok.claimKeyMark(mark)))
      expect(new Set(marks).size).toBe(1)
      expect(await storage.byok.claimKeyMark('later')).toBe(marks[0])
      await storage.byok.setKeyMark('four')
      expect(await storage.byok.claimKeyMark('five')).toBe('four')
    })

    test('calls back after each kind of change, until stopped', async () => {
      const listener = vi.fn<() => void>()
      const stop = storage.byok.onChange(listener)
      const called = async (change: () => Promise<unknown>): Promise<boolean> => {
        const before = listener.mock.calls.length
        await change()
        return listener.mock.calls.length > before
      }
      await storage.byok.claimKeyMark('one')
      expect(await called(() => storage.byok.insert(byokRecord({})))).toBe(true)
      expect(await called(() => storage.byok.update('id-1', 'default', { disabled: true, updatedAt: 1 }))).toBe(true)
      expect(await called(() => storage.byok.reseal('id-1', 'mark.ciphertext', 'x.y'))).toBe(true)
      expect(await called(() => storage.byok.setKeyMark('two'))).toBe(true)
      expect(await called(() => storage.byok.delete('id-1', 'default'))).toBe(true)
      stop()
      expect(await called(() => storage.byok.insert(byokRecord({})))).toBe(false)
    })
  })
}

/** Describes the further behaviour of a ByokStore when another node opens the same `url`, which is new for each test. */
export function describeSharedByokStore(
  name: string,
  newUrl: () => string | Promise<string>,
  open: (url: string) => Promise<Storage>,
): void {
  describe(`store of provider keys shared by nodes: ${name}`, () => {
    test('a node is called back after a change by another, and both know one secret key', async () => {
      const url = await newUrl()
      const [one, other] = [await open(url), await open(url)]
      expect(await one.byok.claimKeyMark('one')).toBe('one')
      expect(await other.byok.claimKeyMark('other')).toBe('one')
      const seen = vi.fn<(ids: readonly string[]) => void>()
      one.byok.onChange(() => void one.byok.list().then((records) => seen(records.map(({ id }) => id))))
      // As every user of a store does, which loads what it watches: changes before the first look are in what is loaded.
      await one.byok.list()
      const key = byokRecord({ id: 'from elsewhere' })
      await other.byok.insert(key)
      await expect.poll(() => seen.mock.lastCall).toEqual([['from elsewhere']])
      await other.byok.delete(key.id, key.account)
      await expect.poll(() => seen.mock.lastCall).toEqual([[]])
      await one.close()
      await other.close()
    })
  })
}
