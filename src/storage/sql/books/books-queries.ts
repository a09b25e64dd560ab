import type { Kysely } from 'kysely'
import { attemptFields, feeFields, type GenerationRecord } from '../../../canonical/generation-record.ts'
import { fieldNames } from '../../../canonical/record-fields.ts'
import { fromKept, keptFields } from '../../../canonical/record-text.ts'
import type { BooksFilter, BooksStore } from '../../stores/books-store.ts'
import type { Database } from '../database.ts'
import type { Engine } from '../engine.ts'
import { fromRow } from '../rows.ts'
import { checkBooks } from './check-books.ts'

const generationColumns = fieldNames(keptFields)
const attemptColumns = fieldNames(attemptFields)
const feeColumns = fieldNames(feeFields)
const pageSize = 500

/** Creates the store of the books. */
export const createBooksStore = ({ snapshot }: Engine): BooksStore => ({
  read: (work) =>
    snapshot((db) => work({ check: () => checkBooks(db), generations: (filter) => readGenerations(db, filter) })),
})

/** Reads pages of generations. Each begins after the last generation of the page before. */
async function* readGenerations(
  db: Kysely<Database>,
  { account, keyHash, since, until }: BooksFilter,
): AsyncGenerator<readonly GenerationRecord[]> {
  let first = db.selectFrom('generation').select(generationColumns).orderBy('createdAt').orderBy('id').limit(pageSize)
  if (account !== undefined) first = first.where('account', '=', account)
  if (keyHash !== undefined) first = first.where('keyHash', '=', keyHash)
  if (since !== undefined) first = first.where('createdAt', '>=', since)
  if (until !== undefined) first = first.where('createdAt', '<', until)
  let rows = await first.execute()
  for (let last = rows.at(-1); last !== undefined; last = rows.at(-1)) {
    const { createdAt, id } = last
    yield await withParts(
      db,
      rows.map((row) => fromRow(keptFields, row)),
    )
    if (rows.length < pageSize) return
    rows = await first
      .where(({ eb, refTuple, tuple }) => eb(refTuple('createdAt', 'id'), '>', tuple(createdAt, id)))
      .execute()
  }
}

type Kept = ReturnType<typeof fromRow<typeof keptFields>>

/** Adds the attempts and fees of generations. */
async function withParts(db: Kysely<Database>, kept: readonly Kept[]): Promise<readonly GenerationRecord[]> {
  const ids = kept.map(({ id }) => id)
  const attempts = await db
    .selectFrom('generationAttempt')
    .select(attemptColumns)
    .where('generationId', 'in', ids)
    .orderBy('generationId')
    .orderBy('sequence')
    .execute()
  const fees = await db
    .selectFrom('generationFee')
    .select(feeColumns)
    .where('generationId', 'in', ids)
    .orderBy('generationId')
    .orderBy('sequence')
    .execute()
  const attemptsOf = Map.groupBy(attempts, ({ generationId }) => generationId)
  const feesOf = Map.groupBy(fees, ({ generationId }) => generationId)
  return kept.map((generation) =>
    fromKept({
      ...generation,
      attempts: (attemptsOf.get(generation.id) ?? []).map((row) => fromRow(attemptFields, row)),
      fees: (feesOf.get(generation.id) ?? []).map((row) => fromRow(feeFields, row)),
    }),
  )
}
