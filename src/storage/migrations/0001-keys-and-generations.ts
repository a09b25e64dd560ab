import type { Kysely } from 'kysely'
import type { Database } from '../sql/database.ts'
import { defineMigration } from './migration.ts'

/** Amounts in nano-USD and times in Unix milliseconds are `bigint`: the largest `integer` of Postgres is about two dollars. */
export default defineMigration({
  name: '0001-keys-and-generations',
  async up(db) {
    await createApiKey(db)
    await createGeneration(db)
    await createGenerationAttempt(db)
  },
})

const createApiKey = (db: Kysely<Database>): Promise<void> =>
  db.schema
    .createTable('apiKey')
    .addColumn('hash', 'text', (column) => column.primaryKey())
    .addColumn('name', 'text', (column) => column.notNull())
    .addColumn('label', 'text', (column) => column.notNull())
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('limit', 'bigint')
    .addColumn('management', 'integer', (column) => column.notNull())
    .addColumn('disabled', 'integer', (column) => column.notNull())
    .addColumn('expiresAt', 'bigint')
    .addColumn('createdAt', 'bigint', (column) => column.notNull())
    .addColumn('updatedAt', 'bigint')
    .execute()

async function createGeneration(db: Kysely<Database>): Promise<void> {
  await db.schema
    .createTable('generation')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('requestId', 'text', (column) => column.notNull())
    .addColumn('upstreamId', 'text')
    .addColumn('account', 'text', (column) => column.notNull())
    .addColumn('keyHash', 'text', (column) => column.notNull())
    .addColumn('createdAt', 'bigint', (column) => column.notNull())
    .addColumn('operation', 'text', (column) => column.notNull())
    .addColumn('requestedModel', 'text', (column) => column.notNull())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('provider', 'text')
    .addColumn('providerName', 'text')
    .addColumn('endpoint', 'text')
    .addColumn('streamed', 'integer', (column) => column.notNull())
    .addColumn('cancelled', 'integer', (column) => column.notNull())
    .addColumn('status', 'integer', (column) => column.notNull())
    .addColumn('errorKind', 'text')
    .addColumn('finishReason', 'text')
    .addColumn('nativeFinishReason', 'text')
    .addColumn('serviceTier', 'text')
    .addColumn('promptTokens', 'bigint')
    .addColumn('completionTokens', 'bigint')
    .addColumn('reasoningTokens', 'bigint')
    .addColumn('cachedTokens', 'bigint')
    .addColumn('cacheWriteTokens', 'bigint')
    .addColumn('imageTokens', 'bigint')
    .addColumn('cost', 'bigint', (column) => column.notNull())
    .addColumn('promptCost', 'bigint', (column) => column.notNull())
    .addColumn('completionCost', 'bigint', (column) => column.notNull())
    .addColumn('otherCost', 'bigint', (column) => column.notNull())
    .addColumn('costProvenance', 'text', (column) => column.notNull())
    .addColumn('isByok', 'integer', (column) => column.notNull())
    .addColumn('latency', 'bigint')
    .addColumn('generationTime', 'bigint', (column) => column.notNull())
    .addColumn('sessionId', 'text')
    .addColumn('externalUser', 'text')
    .addColumn('userAgent', 'text')
    .addColumn('httpReferer', 'text')
    .addColumn('metadata', 'text')
    .addColumn('trace', 'text')
    .execute()
  // The cost is in the index so that a key's spending is summed without touching the table.
  await db.schema.createIndex('generationSpending').on('generation').columns(['keyHash', 'createdAt', 'cost']).execute()
}

const createGenerationAttempt = (db: Kysely<Database>): Promise<void> =>
  db.schema
    .createTable('generationAttempt')
    .addColumn('generationId', 'text', (column) => column.notNull().references('generation.id').onDelete('cascade'))
    .addColumn('sequence', 'integer', (column) => column.notNull())
    .addColumn('endpoint', 'text', (column) => column.notNull())
    .addColumn('provider', 'text', (column) => column.notNull())
    .addColumn('providerName', 'text', (column) => column.notNull())
    .addColumn('model', 'text', (column) => column.notNull())
    .addColumn('status', 'integer', (column) => column.notNull())
    .addColumn('latency', 'bigint', (column) => column.notNull())
    .addColumn('errorKind', 'text')
    .addColumn('upstreamId', 'text')
    .addPrimaryKeyConstraint('generationAttemptKey', ['generationId', 'sequence'])
    .execute()
