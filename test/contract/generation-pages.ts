import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GenerationRecord } from '../../src/canonical/generation-record.ts'
import { toRecordText } from '../../src/canonical/record-text.ts'
import type { Storage } from '../../src/storage/open-storage.ts'
import type { GenerationFilter, GenerationPosition } from '../../src/storage/stores/generation-store.ts'
import { generations } from './usage-store.ts'

/** Describes how every store of generations lists them. `open` returns an empty storage. */
export function describeGenerationPages(name: string, open: () => Promise<Storage>): void {
  describe(`pages of generations: ${name}`, () => {
    // Some have the same time: their ids then tell their order.
    const records = generations(300).map((record, index) => ({ ...record, createdAt: record.createdAt - (index % 3) }))
    const twins = records.slice(0, 20).map((record, index) => ({ ...record, id: `twin-${index}` }))
    const all = [...records, ...twins]
    let storage: Storage
    beforeAll(async () => {
      storage = await open()
      await storage.generations.write(all.map(toRecordText))
    })
    afterAll(() => storage.close())

    async function pages(filter: GenerationFilter, limit: number): Promise<readonly string[]> {
      const ids: string[] = []
      let after: GenerationPosition | undefined
      for (;;) {
        const { generations, next } = await storage.generations.page(filter, limit, after)
        ids.push(...generations.map(({ id }) => id))
        expect(generations.length).toBeLessThanOrEqual(limit)
        if (next === null) return ids
        after = next
      }
    }

    const expected = (matches: (record: GenerationRecord) => boolean): readonly string[] =>
      all
        .filter((record) => record.account === 'default' && matches(record))
        .toSorted((one, other) => other.createdAt - one.createdAt || (other.id < one.id ? -1 : 1))
        .map(({ id }) => id)

    const middle = Date.UTC(2026, 4, 15)
    const later = Date.UTC(2026, 4, 25)
    test.each<[string, Partial<GenerationFilter>, (record: GenerationRecord) => boolean]>([
      ['all', {}, () => true],
      ['of a key', { keyHash: 'default-b' }, ({ keyHash }) => keyHash === 'default-b'],
      ['of a model', { model: 'acme/m2' }, ({ model }) => model === 'acme/m2'],
      ['of a provider', { provider: 'prov-a' }, ({ provider }) => provider === 'prov-a'],
      ['of a user', { externalUser: 'user-1' }, ({ externalUser }) => externalUser === 'user-1'],
      ['of a session', { sessionId: 's-2' }, ({ sessionId }) => sessionId === 's-2'],
      [
        'of an app',
        { app: 'https://app.example' },
        ({ httpReferer, appTitle }) => (httpReferer ?? appTitle) === 'https://app.example',
      ],
      [
        'of an app that has only a title',
        { app: 'App' },
        (record) => (record.httpReferer ?? record.appTitle) === 'App',
      ],
      ['that cost something', { minCost: 1_500 }, ({ cost }) => cost >= 1_500],
      ['of an operation', { operation: 'chat', provider: 'prov-b' }, ({ provider }) => provider === 'prov-b'],
      ['failed', { failed: true }, ({ errorKind }) => errorKind !== null],
      ['of a period', { since: middle, until: later }, ({ createdAt }) => createdAt >= middle && createdAt < later],
      [
        'by everything at once',
        { keyHash: 'default-a', model: 'acme/m1', failed: true, since: middle },
        ({ keyHash, model, errorKind, createdAt }) =>
          keyHash === 'default-a' && model === 'acme/m1' && errorKind !== null && createdAt >= middle,
      ],
    ])('%s: newest first, each once, nothing of another account', async (_, filter, matches) => {
      const ids = expected(matches)
      expect(ids.length).toBeGreaterThan(3)
      expect(await pages({ account: 'default', ...filter }, 7)).toEqual(ids)
    })

    test('a listed generation has all fields but its attempts and fees', async () => {
      const [first] = (await storage.generations.page({ account: 'default' }, 1)).generations
      const { attempts: _attempts, fees: _fees, ...fields } = all.find(({ id }) => id === first?.id) ?? all[0] ?? {}
      expect(first).toEqual(fields)
    })
  })
}
