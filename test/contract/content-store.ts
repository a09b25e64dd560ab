import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Storage } from '../../src/storage/open-storage.ts'
import type { ContentRecord } from '../../src/storage/stores/content-store.ts'

export const contentRecord = (given: Partial<ContentRecord>): ContentRecord => ({
  generationId: 'gen-1',
  account: 'default',
  createdAt: 1_700_000_000_000,
  input: '{"messages":[]}',
  completion: 'Hello.',
  reasoning: null,
  toolCalls: null,
  error: null,
  ...given,
})

/** Describes the behaviour of every ContentStore. `open` returns an empty storage. */
export function describeContentStore(name: string, open: () => Promise<Storage>): void {
  describe(`content store: ${name}`, () => {
    let storage: Storage
    beforeEach(async () => {
      storage = await open()
    })
    afterEach(() => storage.close())

    test('finds what was written, for its account alone', async () => {
      const full = contentRecord({ reasoning: 'Hm.', toolCalls: '[]', error: '{"status":502}' })
      const long = contentRecord({ generationId: 'gen-2', completion: `${'é"\\\n'.repeat(100_000)}🙂` })
      await storage.contents.write([full, long])
      expect(await storage.contents.find('gen-1', 'default')).toEqual(full)
      expect(await storage.contents.find('gen-2', 'default')).toEqual(long)
      expect(await storage.contents.find('gen-1', 'other')).toBeNull()
      expect(await storage.contents.find('gen-3', 'default')).toBeNull()
    })

    test('leaves one as it is that is there already', async () => {
      const first = contentRecord({})
      await storage.contents.write([first])
      const other = contentRecord({ generationId: 'gen-2' })
      await storage.contents.write([contentRecord({ completion: 'Another.', account: 'other' }), other])
      expect(await storage.contents.find('gen-1', 'default')).toEqual(first)
      expect(await storage.contents.find('gen-2', 'default')).toEqual(other)
    })
  })
}
