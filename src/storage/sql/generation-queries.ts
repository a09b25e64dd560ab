import type { Kysely } from 'kysely'
import { attemptFields, feeFields, type GenerationRecord } from '../../canonical/generation-record.ts'
import { fieldNames } from '../../canonical/record-fields.ts'
import { fromKept, keptFields } from '../../canonical/record-text.ts'
import type { GenerationStore } from '../stores/generation-store.ts'
import type { Database } from './database.ts'
import type { Engine } from './engine.ts'
import { pageOfGenerations } from './generation-page.ts'
import { fromRow } from './rows.ts'

const generationColumns = fieldNames(keptFields)
const attemptColumns = fieldNames(attemptFields)
const feeColumns = fieldNames(feeFields)

/** Creates the store of generations. */
export const createGenerationStore = ({ db, write }: Engine): GenerationStore => ({
  write,
  find: (id, account) => find(db, id, account),
  page: (filter, limit, after) => pageOfGenerations(db, filter, limit, after),
})

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
  const fees = await db
    .selectFrom('generationFee')
    .select(feeColumns)
    .where('generationId', '=', id)
    .orderBy('sequence')
    .execute()
  return fromKept({
    ...fromRow(keptFields, row),
    attempts: attempts.map((attempt) => fromRow(attemptFields, attempt)),
    fees: fees.map((fee) => fromRow(feeFields, fee)),
  })
}
