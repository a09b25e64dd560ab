import { sql, type Kysely } from 'kysely'
import { attemptFields, feeFields, generationFields, type GenerationRecord } from '../../canonical/generation-record.ts'
import { fieldNames } from '../../canonical/record-fields.ts'
import type { GenerationStore, ModelUsageRow } from '../stores/generation-store.ts'
import type { Database, Insert, WriteGroup } from './database.ts'
import { GroupWriter } from './group-writer.ts'
import { insertSql } from './insert-sql.ts'
import { fromRow, toRow } from './rows.ts'

const generationColumns = fieldNames(generationFields)
const attemptColumns = fieldNames(attemptFields)
const feeColumns = fieldNames(feeFields)

/** A store of generations that can be closed. */
export interface ClosableGenerationStore extends GenerationStore {
  /** Writes pending records for up to `limitMs`. Rejects when records are lost. */
  close(limitMs: number): Promise<void>
}

/** Creates the store of generations. */
export function createGenerationStore(
  db: Kysely<Database>,
  writeGroup: WriteGroup,
  onError: (error: Error) => void,
): ClosableGenerationStore {
  // A row that is there already is skipped, because a group is written again when the result of the first write was lost.
  const intoGeneration = `${insertSql(db, 'generation', generationColumns)} on conflict do nothing`
  const intoAttempt = `${insertSql(db, 'generationAttempt', attemptColumns)} on conflict do nothing`
  const intoFee = `${insertSql(db, 'generationFee', feeColumns)} on conflict do nothing`
  const inserts = (group: readonly GenerationRecord[]): readonly Insert[] => [
    { sql: intoGeneration, rows: group.map((record) => toRow<typeof generationFields>(record, generationColumns)) },
    {
      sql: intoAttempt,
      rows: group.flatMap(({ attempts }) =>
        attempts.map((attempt) => toRow<typeof attemptFields>(attempt, attemptColumns)),
      ),
    },
    {
      sql: intoFee,
      rows: group.flatMap(({ fees }) => fees.map((fee) => toRow<typeof feeFields>(fee, feeColumns))),
    },
  ]
  const writer = new GroupWriter<GenerationRecord>({
    write: async (group) => writeGroup(inserts(group)),
    name: (record) => `Generation ${record.id} (account ${record.account}, ${record.cost} nano-USD)`,
    size: sizeOf,
    onError,
  })
  const pendingCosts = (counts: (record: GenerationRecord) => boolean): Map<string, number> =>
    new Map(writer.pending.filter(counts).map(({ id, cost }) => [id, cost]))
  return {
    append: (record) => writer.append(record),
    pending: () => writer.pending.length,
    isFull: () => writer.isFull,
    flush: () => writer.flush(),
    close: (limitMs) => writer.close(limitMs),
    find: async (id, account) => {
      const waiting = writer.pending.find((record) => record.id === id)
      if (waiting !== undefined) return waiting.account === account ? waiting : null
      return findWritten(db, id, account)
    },
    spent: async (keyHash, since) => {
      const waiting = pendingCosts((record) => record.keyHash === keyHash && record.createdAt >= since)
      const written = await sumSpent(db, { type: 'key', keyHash, since }, [...waiting.keys()])
      return waiting.values().reduce((sum, cost) => sum + cost, written)
    },
    spentByAccount: async (account) => {
      const waiting = pendingCosts((record) => record.account === account)
      const written = await sumSpent(db, { type: 'account', account }, [...waiting.keys()])
      return waiting.values().reduce((sum, cost) => sum + cost, written)
    },
    usageByModel: async (since) => {
      await writer.flush()
      return sumUsage(db, since)
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
  const fees = await db
    .selectFrom('generationFee')
    .select(feeColumns)
    .where('generationId', '=', id)
    .orderBy('sequence')
    .execute()
  return {
    ...fromRow(generationFields, row),
    attempts: attempts.map((attempt) => fromRow(attemptFields, attempt)),
    fees: fees.map((fee) => fromRow(feeFields, fee)),
  }
}

/** Whose spending is added up. */
type Spender =
  | { readonly type: 'key'; readonly keyHash: string; readonly since: number }
  | { readonly type: 'account'; readonly account: string }

/**
 * Adds up what a key or an account has spent.
 * @param except The ids that are counted elsewhere, written or not. They are sent as one JSON text, since the number of parameters of a
 *   statement is limited.
 */
async function sumSpent(db: Kysely<Database>, spender: Spender, except: readonly string[]): Promise<number> {
  const sum = db.selectFrom('generation').select(({ fn }) => fn.sum<number | null>('cost').as('total'))
  const all =
    spender.type === 'account'
      ? sum.where('account', '=', spender.account)
      : sum.where('keyHash', '=', spender.keyHash).where('createdAt', '>=', spender.since)
  const ids = JSON.stringify(except)
  const others = except.length === 0 ? all : all.where(sql<boolean>`id not in (select value from json_each(${ids}))`)
  const { total } = await others.executeTakeFirstOrThrow()
  return total ?? 0
}

const dayMs = 86_400_000

async function sumUsage(db: Kysely<Database>, since: number): Promise<readonly ModelUsageRow[]> {
  return db
    .selectFrom('generation')
    .select(({ fn }) => [
      'model',
      sql<
        number | null
      >`case when ${sql.ref('createdAt')} >= ${since} then ${sql.ref('createdAt')} - ${sql.ref('createdAt')} % ${dayMs} end`.as(
        'day',
      ),
      fn.countAll<number>().as('requests'),
      sql<number>`sum(coalesce(${sql.ref('promptTokens')}, 0) + coalesce(${sql.ref('completionTokens')}, 0))`.as(
        'tokens',
      ),
    ])
    .where('endpoint', 'is not', null)
    .groupBy(['model', 'day'])
    .execute()
}
