import type { Kysely } from 'kysely'
import { attemptFields, type GenerationRecord } from '../../canonical/generation-record.ts'
import { fieldNames } from '../../canonical/record-fields.ts'
import { fromKept, keptFields, toRecordText } from '../../canonical/record-text.ts'
import type { GenerationStore } from '../stores/generation-store.ts'
import type { UsageStore } from '../stores/usage-store.ts'
import type { Database } from './database.ts'
import type { Engine } from './engine.ts'
import { pageOfGenerations } from './generation-page.ts'
import { fullGroup, GroupWriter } from './group-writer.ts'
import { fromRow } from './rows.ts'

const generationColumns = fieldNames(keptFields)
const attemptColumns = fieldNames(attemptFields)

/** A store of generations that can be closed. */
export interface ClosableGenerationStore extends GenerationStore {
  /** Writes pending records for up to `limitMs`. Rejects when records are lost. */
  close(limitMs: number): Promise<void>
}

/** Creates the store of generations. */
export function createGenerationStore(
  { db, write }: Engine,
  usage: UsageStore,
  onError: (error: Error) => void,
): ClosableGenerationStore {
  const writer = new GroupWriter<GenerationRecord>({
    write: (group) => write(group.map(toRecordText)),
    name: (record) => `Generation ${record.id} (account ${record.account}, ${record.cost} nano-USD)`,
    size: sizeOf,
    onError,
  })
  return {
    write,
    append: (record) => writer.append(record),
    pending: () => writer.pending.length,
    isFull: () => writer.isFull,
    flush: () => writer.flush(),
    close: (limitMs) => writer.close(limitMs),
    page: (filter, limit, after) => pageOfGenerations(db, filter, limit, after),
    find: async (id, account) => {
      const waiting = writer.pending.find((record) => record.id === id)
      if (waiting !== undefined) return waiting.account === account ? waiting : null
      return findWritten(db, id, account)
    },
    spent: async (keyHash, since) => {
      const waiting = new Map<string, number>()
      for (const record of writer.pending) {
        if (record.keyHash === keyHash && record.createdAt >= since) waiting.set(record.id, record.cost)
      }
      const written = await usage.spent(keyHash, since, [...waiting.keys()].slice(0, fullGroup))
      return waiting.values().reduce((sum, cost) => sum + cost, written)
    },
    usageByModel: async (since) => {
      await writer.flush()
      return usage.ofModels(since)
    },
  }
}

/** Estimates the memory of a record in bytes: two for each character of the texts that may be long, and a fixed amount for the rest. */
function sizeOf({ metadata, trace, userAgent, httpReferer, externalUser, attempts }: GenerationRecord): number {
  const texts = [metadata, trace, userAgent, httpReferer, externalUser]
  return 2_000 + 500 * attempts.length + 2 * texts.reduce((sum, text) => sum + (text?.length ?? 0), 0)
}

async function findWritten(db: Kysely<Database>, id: string, account: string): Promise<GenerationRecord | null> {
  const row = await db
    .selectFrom('generation')
    .select(generationColumns)
    .where('id', '=', id)
    .where('account', '=', account)
    .executeTakeFirst()
  if (row === undefined) return null
  const attempts = await db
    .selectFrom('generationAttempt')
    .select(attemptColumns)
    .where('generationId', '=', id)
    .orderBy('sequence')
    .execute()
  return fromKept({
    ...fromRow(keptFields, row),
    attempts: attempts.map((attempt) => fromRow(attemptFields, attempt)),
  })
}
