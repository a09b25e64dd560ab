import type { Kysely, Transaction } from 'kysely'
import { messageOf } from '../../util/message-of.ts'
import { sleep } from '../../util/sleep.ts'
import { startOfHour } from '../../util/utc-periods.ts'
import type { Retention } from '../stores/retention.ts'
import type { Database } from './database.ts'
import type { Engine } from './engine.ts'

/** The part that concerns the generations themselves. */
type GenerationRetention = Pick<Retention, 'days' | 'bytes'>

const dayMs = 86_400_000
const hourMs = 3_600_000

/** How often it is looked for old generations, and how long after the start for the first time. */
const times = { firstMs: 60_000, everyMs: 600_000 }
/** A batch holds up the writing of new generations for some milliseconds. The pause lets them through. */
const batch = { rows: 200, pauseMs: 20 }

/** Deletes old generations in the background. Returns a function that ends it. */
export function startRetention(engine: Engine, retention: Retention, onError: (error: Error) => void): () => void {
  const ended = new AbortController()
  const { signal } = ended
  const clean = async (): Promise<void> => {
    try {
      await deleteOld(engine, retention, Date.now(), signal)
      await deleteOldContents(engine, retention.contentDays, Date.now(), signal)
    } catch (error) {
      const reason = messageOf(error)
      if (!signal.aborted) onError(new Error(`Old generations could not be deleted, which is tried again: ${reason}`))
    }
    if (!signal.aborted) timer = setTimeout(() => void clean(), times.everyMs).unref()
  }
  let timer = setTimeout(() => void clean(), times.firstMs).unref()
  return () => {
    ended.abort()
    clearTimeout(timer)
  }
}

/** Deletes generations that are older or take more room than they may, a batch at a time, oldest first. */
export async function deleteOld(
  engine: Engine,
  retention: GenerationRetention,
  now: number,
  signal: AbortSignal,
): Promise<void> {
  const before = await keptSince(engine.db, retention, now)
  await inBatches(engine, (transaction) => deleteBatch(transaction, before), signal)
}

/** Deletes the contents of generations that are older than they may be, in the same way. */
export async function deleteOldContents(engine: Engine, days: number, now: number, signal: AbortSignal): Promise<void> {
  const before = now - days * dayMs
  await inBatches(
    engine,
    async (transaction) => {
      const oldest = await transaction
        .selectFrom('generationContent')
        .select('generationId')
        .where('createdAt', '<', before)
        .orderBy('createdAt')
        .limit(batch.rows)
        .execute()
      if (oldest.length === 0) return 0
      const ids = oldest.map(({ generationId }) => generationId)
      await transaction.deleteFrom('generationContent').where('generationId', 'in', ids).execute()
      return ids.length
    },
    signal,
  )
}

/** Runs a deletion, which returns how much it deleted, until there is nothing more to delete. */
async function inBatches(
  engine: Engine,
  deleteSome: (transaction: Transaction<Database>) => Promise<number>,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const deleted = await engine.transaction(deleteSome)
    if (deleted < batch.rows) return
    await sleep(batch.pauseMs, signal)
  }
}

/** Deletes some of the generations before a time, with what belongs to them. */
async function deleteBatch(db: Kysely<Database>, before: number): Promise<number> {
  const oldest = await db
    .selectFrom('generation')
    .select('id')
    .where('createdAt', '<', before)
    .orderBy('createdAt')
    .limit(batch.rows)
    .execute()
  if (oldest.length === 0) return 0
  const ids = oldest.map(({ id }) => id)
  await db.deleteFrom('generationFee').where('generationId', 'in', ids).execute()
  await db.deleteFrom('generationFeedback').where('generationId', 'in', ids).execute()
  // Their attempts go with them.
  await db.deleteFrom('generation').where('id', 'in', ids).execute()
  return ids.length
}

/** Returns the time since which generations are kept. */
async function keptSince(db: Kysely<Database>, { days, bytes }: GenerationRetention, now: number): Promise<number> {
  const byAge = now - days * dayMs
  if (bytes === null) return byAge
  // The last hour is kept whatever it takes: a journal may still have to be replayed into it, and a generation that was deleted would be
  // counted again.
  const hour = startOfHour(now)
  const hours = await db
    .selectFrom('hourlyTotal')
    .select(['hour', 'bytes'])
    .where('hour', '>=', startOfHour(byAge))
    .orderBy('hour', 'desc')
    .execute()
  let room = bytes
  for (const row of hours) {
    // Where a part of the hour fits, its later part is kept.
    if (row.bytes > room)
      return Math.min(hour - hourMs, Math.max(byAge, row.hour + Math.ceil(hourMs * (1 - room / row.bytes))))
    room -= row.bytes
  }
  return byAge
}
