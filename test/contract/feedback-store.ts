import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Storage } from '../../src/storage/open-storage.ts'
import type { FeedbackRecord } from '../../src/storage/stores/feedback-store.ts'

const feedback = (given: Partial<FeedbackRecord>): FeedbackRecord => ({
  generationId: 'gen-1',
  category: 'latency',
  account: 'default',
  keyHash: 'ab'.repeat(32),
  comment: null,
  createdAt: 1_700_000_000_000,
  ...given,
})

/** Describes the behaviour of every FeedbackStore. `open` returns an empty storage. */
export function describeFeedbackStore(name: string, open: () => Promise<Storage>): void {
  describe(`feedback store: ${name}`, () => {
    let storage: Storage
    beforeEach(async () => {
      storage = await open()
    })
    afterEach(() => storage.close())

    test('lists the feedback on one generation of one account, oldest first', async () => {
      const second = feedback({ category: 'billing', createdAt: 2, comment: 'It’s too dear: 5 €.' })
      const first = feedback({ category: 'other', createdAt: 1 })
      await storage.feedback.put(second)
      await storage.feedback.put(first)
      await storage.feedback.put(feedback({ generationId: 'gen-2' }))
      expect(await storage.feedback.list('gen-1', 'default')).toEqual([first, second])
      expect(await storage.feedback.list('gen-1', 'other')).toEqual([])
    })

    test('keeps the last of each category', async () => {
      await storage.feedback.put(feedback({ comment: 'first', createdAt: 1 }))
      const last = feedback({ comment: 'last', createdAt: 2, keyHash: 'cd'.repeat(32) })
      await storage.feedback.put(last)
      expect(await storage.feedback.list('gen-1', 'default')).toEqual([last])
    })
  })
}
