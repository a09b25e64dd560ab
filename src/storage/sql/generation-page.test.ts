import { expect, test } from 'vitest'
import { toRecordText } from '../../canonical/record-text.ts'
import { generationRecord } from '../../../test/contract/generation-record.ts'
import { migrate } from '../migrations/migrate.ts'
import type { GenerationFilter, GenerationPosition } from '../stores/generation-store.ts'
import { openSqlite } from './dialects/sqlite/sqlite-engine.ts'
import { pageOfGenerations } from './generation-page.ts'

test('a search ends after a number of generations, and the next page goes on there', async () => {
  const engine = await openSqlite(':memory:', { durable: false, onNotice: () => {} })
  await migrate(engine)
  // One of a hundred is expensive. Pairs have the same time.
  const records = Array.from({ length: 1_000 }, (_, index) =>
    generationRecord({
      ...{ id: `gen-${String(index).padStart(4, '0')}`, createdAt: Math.floor(index / 2) },
      cost: index % 100 === 50 ? 900 : 1,
    }),
  )
  await engine.write(records.map(toRecordText))

  async function walk(filter: GenerationFilter, limit: number): Promise<readonly (readonly string[])[]> {
    const pages: string[][] = []
    let after: GenerationPosition | undefined
    for (;;) {
      const { generations, next } = await pageOfGenerations(engine.db, filter, limit, after, 30)
      pages.push(generations.map(({ id }) => id))
      if (next === null) return pages
      after = next
    }
  }

  const pages = await walk({ account: 'default', minCost: 900 }, 10)
  expect(pages.length).toBe(34)
  expect(pages.flat()).toEqual(
    records
      .filter(({ cost }) => cost === 900)
      .map(({ id }) => id)
      .toReversed(),
  )
  // What is found by an index alone needs no such limit.
  expect((await walk({ account: 'default', model: 'acme/m1' }, 500)).map(({ length }) => length)).toEqual([500, 500, 0])
  await engine.close()
})
