import { describe, expect, test } from 'vitest'
import type { GenerationRecord } from '../../src/canonical/generation-record.ts'
import { toRecordText } from '../../src/canonical/record-text.ts'
import { migrate } from '../../src/storage/migrations/migrate.ts'
import { openPostgres } from '../../src/storage/sql/dialects/postgres/postgres-engine.ts'
import { openSqlite } from '../../src/storage/sql/dialects/sqlite/sqlite-engine.ts'
import type { Engine } from '../../src/storage/sql/engine.ts'
import { createContentStore } from '../../src/storage/sql/content-queries.ts'
import { createFeedbackStore } from '../../src/storage/sql/feedback-queries.ts'
import { deleteOld, deleteOldContents } from '../../src/storage/sql/retention.ts'
import type { Retention } from '../../src/storage/stores/retention.ts'
import { describePostgres } from '../engines/engines.ts'
import { contentRecord } from './content-store.ts'
import { generationRecord } from './generation-record.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const now = Date.UTC(2026, 10, 20, 12, 30)

/** Describes how generations are deleted. `open` returns an engine with an empty database, without a schema. */
function describeRetention(open: () => Promise<Engine>): void {
  async function kept(records: readonly GenerationRecord[], retention: Pick<Retention, 'days' | 'bytes'>, at = now) {
    const engine = await open()
    await migrate(engine)
    await engine.write(records.map(toRecordText))
    await deleteOld(engine, retention, at, new AbortController().signal)
    const count = async (table: 'generation' | 'generationAttempt' | 'generationFee' | 'keyTotal') =>
      (await engine.db.selectFrom(table).selectAll().execute()).length
    const ids = await engine.db.selectFrom('generation').select('id').orderBy('createdAt').execute()
    const totals = await engine.db.selectFrom('keyTotal').select(['requests', 'cost']).execute()
    const [attempts, fees] = [await count('generationAttempt'), await count('generationFee')]
    await engine.close()
    return { ids: ids.map(({ id }) => id), attempts, fees, totals }
  }

  const record = (id: string, createdAt: number, more: Partial<GenerationRecord> = {}): GenerationRecord => {
    const fee = {
      generationId: id,
      sequence: 0,
      source: 'web',
      engine: 'exa',
      unit: 'search',
      units: 1,
      results: 5,
      amount: 3,
    }
    return generationRecord({ id, createdAt, cost: 1, fees: [fee], ...more })
  }

  test('what is older is deleted in batches, with its attempts and fees; the sums stay', async () => {
    const old = Array.from({ length: 450 }, (_, index) => record(`old-${index}`, now - 90 * dayMs - 1 - index))
    const young = [record('edge', now - 90 * dayMs), record('new', now)]
    expect(await kept([...old, ...young], { days: 90, bytes: null })).toEqual({
      ids: ['edge', 'new'],
      attempts: 2,
      fees: 2,
      totals: [{ requests: 452, cost: 452 }],
    })
  })

  test('what takes more room than it may is deleted, oldest first, by the hour and by parts of it', async () => {
    // About a quarter of a mebibyte each.
    const metadata = JSON.stringify({ text: 'x'.repeat(260_000) })
    const at = (hoursAgo: number, part: number) => now - 30 * 60_000 - hoursAgo * hourMs + part * hourMs
    const records = [5, 4, 3, 2].flatMap((hoursAgo) =>
      [0, 0.25, 0.5, 0.75].map((part) => record(`${hoursAgo}-${part}`, at(hoursAgo, part), { metadata, fees: [] })),
    )
    // One hour and a half fit.
    const { ids } = await kept(records, { days: 90, bytes: 1.5 * 4 * 264_000 })
    expect(ids).toEqual(['3-0.5', '3-0.75', '2-0', '2-0.25', '2-0.5', '2-0.75'])
  })

  test('the last hour is kept, whatever it takes', async () => {
    const records = [record('old', now - 2 * hourMs), record('a', now - 30 * 60_000), record('b', now)]
    expect((await kept(records, { days: 90, bytes: 1 })).ids).toEqual(['a', 'b'])
  })

  test('while there is room, only age counts', async () => {
    const records = [record('old', now - 3 * dayMs), record('a', now - dayMs)]
    expect((await kept(records, { days: 2, bytes: 100_000_000 })).ids).toEqual(['a'])
  })

  test('feedback is deleted with its generation', async () => {
    const engine = await open()
    await migrate(engine)
    await engine.write([record('old', now - 91 * dayMs), record('new', now)].map(toRecordText))
    const { put, list } = createFeedbackStore(engine)
    const given = { category: 'latency', account: 'default', keyHash: 'a', comment: null, createdAt: now }
    for (const generationId of ['old', 'new']) await put({ generationId, ...given })
    await deleteOld(engine, { days: 90, bytes: null }, now, new AbortController().signal)
    expect([await list('old', 'default'), (await list('new', 'default')).length]).toEqual([[], 1])
    await engine.close()
  })

  test('contents are deleted in batches by their own age, whatever becomes of the generations', async () => {
    const engine = await open()
    await migrate(engine)
    await engine.write([record('young', now)].map(toRecordText))
    const contents = createContentStore(engine)
    const old = Array.from({ length: 450 }, (_, index) =>
      contentRecord({ generationId: `old-${index}`, createdAt: now - 30 * dayMs - 1 - index }),
    )
    await contents.write([...old, contentRecord({ generationId: 'edge', createdAt: now - 30 * dayMs })])
    await deleteOld(engine, { days: 1, bytes: null }, now, new AbortController().signal)
    expect(await contents.find('old-449', 'default')).not.toBeNull()
    await deleteOldContents(engine, 30, now, new AbortController().signal)
    const left = await engine.db.selectFrom('generationContent').select('generationId').execute()
    expect(left).toEqual([{ generationId: 'edge' }])
    expect(await engine.db.selectFrom('generation').select('id').execute()).toEqual([{ id: 'young' }])
    await engine.close()
  })

  test('it ends between two batches when the store is closed', async () => {
    const engine = await open()
    await migrate(engine)
    await engine.write(Array.from({ length: 450 }, (_, index) => toRecordText(record(`old-${index}`, index))))
    const ended = new AbortController()
    ended.abort()
    await deleteOld(engine, { days: 1, bytes: null }, now, ended.signal)
    expect(await engine.db.selectFrom('generation').select('id').execute()).toHaveLength(450)
    await engine.close()
  })
}

const connection = { durable: false, onNotice: () => {} }
describe('retention: SQLite', () => {
  describeRetention(() => openSqlite(':memory:', connection))
})
describePostgres('retention', ({ newDatabase }) => describeRetention(async () => openPostgres(await newDatabase())))
