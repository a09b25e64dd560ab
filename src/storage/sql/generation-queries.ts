import { sql, type Kysely } from 'kysely'
import type { AttemptRecord, GenerationRecord, GenerationStore, ModelUsageRow } from '../stores/generation-store.ts'
import type { Database, Insert, WriteGroup } from './database.ts'
import { GroupWriter } from './group-writer.ts'

const generationColumns = [
  'id',
  'requestId',
  'upstreamId',
  'account',
  'keyHash',
  'createdAt',
  'operation',
  'requestedModel',
  'model',
  'provider',
  'providerName',
  'endpoint',
  'streamed',
  'cancelled',
  'status',
  'errorKind',
  'finishReason',
  'nativeFinishReason',
  'serviceTier',
  'promptTokens',
  'completionTokens',
  'reasoningTokens',
  'cachedTokens',
  'cacheWriteTokens',
  'imageTokens',
  'cost',
  'promptCost',
  'completionCost',
  'otherCost',
  'costProvenance',
  'isByok',
  'latency',
  'generationTime',
  'sessionId',
  'externalUser',
  'userAgent',
  'httpReferer',
  'metadata',
  'trace',
] as const satisfies readonly (keyof Database['generation'])[]

const attemptColumns = [
  'generationId',
  'sequence',
  'endpoint',
  'provider',
  'providerName',
  'model',
  'status',
  'latency',
  'errorKind',
  'upstreamId',
  'tier',
  'kind',
  'cost',
  'depth',
  'tool',
] as const satisfies readonly (keyof Database['generationAttempt'])[]

/** The store, with the end of its writing: `close` rejects when records are lost after `limitMs`. */
export interface ClosableGenerationStore extends GenerationStore {
  close(limitMs: number): Promise<void>
}

export function createGenerationStore(
  db: Kysely<Database>,
  writeGroup: WriteGroup,
  onError: (error: Error) => void,
): ClosableGenerationStore {
  const intoGeneration = insertSql(db, 'generation', generationColumns)
  const intoAttempt = insertSql(db, 'generationAttempt', attemptColumns)
  const inserts = (group: readonly GenerationRecord[]): readonly Insert[] => [
    { sql: intoGeneration, rows: group.map(generationRow) },
    { sql: intoAttempt, rows: group.flatMap((record) => record.attempts.map(attemptRow)) },
  ]
  const writer = new GroupWriter<GenerationRecord>({
    write: async (group) => writeGroup(inserts(group)),
    name: (record) => `Generation ${record.id} (account ${record.account}, ${record.cost} nano-USD)`,
    size: sizeOf,
    onError,
  })
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
      await writer.flush()
      return sumSpent(db, keyHash, since)
    },
    usageByModel: async (since) => {
      await writer.flush()
      return sumUsage(db, since)
    },
  }
}

/** The same row again changes nothing: a group whose answer was lost is written a second time. */
function insertSql(db: Kysely<Database>, table: keyof Database, columns: readonly string[]): string {
  const names = sql.join(columns.map((column) => sql.ref(column)))
  const values = sql.join(columns.map(() => sql.val(null)))
  return sql`insert into ${sql.table(table)} (${names}) values (${values}) on conflict do nothing`.compile(db).sql
}

/** In memory, where a character takes up to two bytes: the texts that may be long, and what all the rest of a record takes. */
function sizeOf({ metadata, trace, userAgent, httpReferer, externalUser, attempts }: GenerationRecord): number {
  const texts = [metadata, trace, userAgent, httpReferer, externalUser]
  return 2_000 + 500 * attempts.length + 2 * texts.reduce((sum, text) => sum + (text?.length ?? 0), 0)
}

const generationRow = (record: GenerationRecord) =>
  generationColumns.map((column) => {
    const value = record[column]
    return typeof value === 'boolean' ? Number(value) : value
  })

const attemptRow = (attempt: AttemptRecord) => attemptColumns.map((column) => attempt[column])

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
  return {
    ...row,
    streamed: row.streamed === 1,
    cancelled: row.cancelled === 1,
    isByok: row.isByok === 1,
    attempts,
  }
}

async function sumSpent(db: Kysely<Database>, keyHash: string, since: number): Promise<number> {
  const { total } = await db
    .selectFrom('generation')
    .select(({ fn }) => fn.sum<number | null>('cost').as('total'))
    .where('keyHash', '=', keyHash)
    .where('createdAt', '>=', since)
    .executeTakeFirstOrThrow()
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
