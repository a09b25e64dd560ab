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
        byokRecord({ id: 'e', account: 'b', sortOrder: 0 }),
        byokRecord({ id: 'd', account: 'a', provider: 'openai', sortOrder: 2, createdAt: 1 }),
        byokRecord({ id: 'c', account: 'a', provider: 'openai', sortOrder: 1, createdAt: 3 }),
        byokRecord({ id: 'b', account: 'a', provider: 'openai', sortOrder: 1, createdAt: 2 }),
        byokRecord({ id: 'a', account: 'a', provider: 'groq', sortOrder: 9 }),
      ]
      for (const record of records) await storage.byok.insert(record)
      const ids = async (account?: string) => (await storage.byok.list(account)).map(({ id }) => id)
      expect(await ids()).toEqual(['a', 'b', 'c', 'd', 'e'])
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
      expect(await Promise.all(['one', 'two', 'three'].map((mark) => storage.byok.claimKeyMark(mark)))).toEqual([
        'one',
        'one',
        'one',
      ])
      await storage.byok.setKeyMark('four')
      expect(await storage.byok.claimKeyMark('five')).toBe('four')
    })

    test('calls back after each kind of change, until stopped', async () => {
      const listener = vi.fn<() => void>()
      const stop = storage.byok.onChange(listener)
      await storage.byok.insert(byokRecord({}))
      await storage.byok.update('id-1', 'default', { disabled: true, updatedAt: 1 })
      await storage.byok.reseal('id-1', 'mark.ciphertext', 'x.y')
      await storage.byok.delete('id-1', 'default')
      expect(listener).toHaveBeenCalledTimes(4)
      stop()
      await storage.byok.insert(byokRecord({}))
      expect(listener).toHaveBeenCalledTimes(4)
    })
  })
}
