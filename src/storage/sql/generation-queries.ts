import { sql, type Kysely } from 'kysely'
import { attemptFields, type GenerationRecord } from '../../canonical/generation-record.ts'
import { fromKept, keptFields } from '../../canonical/record-text.ts'
import { fieldNames } from '../../canonical/record-fields.ts'
import type { GenerationStore, ModelUsageRow } from '../stores/generation-store.ts'
import type { Database, Insert, WriteGroup } from './database.ts'
import { insertSql } from './insert-sql.ts'
import { fromRow } from './rows.ts'

const generationColumns = fieldNames(keptFields)
const attemptColumns = fieldNames(attemptFields)

/** Creates the store of generations. */
export function createGenerationStore(db: Kysely<Database>, writeGroup: WriteGroup): GenerationStore {
  // A generation that is there already is skipped: a group is written again when the result of the first write was lost.
  const inserts: readonly Insert[] = [
    { sql: `${insertSql(db, 'generation', generationColumns)} on conflict do nothing`, fields: generationColumns },
    { sql: insertSql(db, 'generationAttempt', attemptColumns), fields: attemptColumns, list: 'attempts' },
  ]
  return {
    write: (records) => writeGroup(records, inserts),
    find: (id, account) => find(db, id, account),
    spent: (keyHash, since, except = []) => sumSpent(db, keyHash, since, except),
    usageByModel: (since) => sumUsage(db, since),
  }
}

async function find(db: Kysely<Database>, id: string, account: string): Promise<GenerationRecord | null> {
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

/**
 * Adds up what a key has spent.
 * @param except The ids that are counted elsewhere, written or not. They are sent as one JSON text, since the number of parameters of a
 *   statement is limited.
 */
async function sumSpent(
  db: Kysely<Database>,
  keyHash: string,
  since: number,
  except: readonly string[],
): Promise<number> {
  const all = db
    .selectFrom('generation')
    .select(({ fn }) => fn.sum<number | null>('cost').as('total'))
    .where('keyHash', '=', keyHash)
    .where('createdAt', '>=', since)
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
