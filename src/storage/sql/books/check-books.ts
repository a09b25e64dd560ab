import type { Kysely } from 'kysely'
import type { BooksCheck } from '../../stores/books-store.ts'
import type { Database } from '../database.ts'
import { checkRows } from './check-rows.ts'
import { checkSums } from './check-sums.ts'
import { Mistakes } from './find-mistakes.ts'

/** Checks every invariant of the books. The database adds up; only what is wrong is read, and of that the first of each kind. */
export async function checkBooks(db: Kysely<Database>): Promise<BooksCheck> {
  const count = async (table: 'generation' | 'generationAttempt' | 'generationFee' | 'credit'): Promise<number> => {
    const { rows } = await db.selectFrom(table).select(db.fn.countAll<number>().as('rows')).executeTakeFirstOrThrow()
    return rows
  }
  const mistakes = new Mistakes()
  await checkRows(db, mistakes)
  const sumsSince = await checkSums(db, mistakes)
  return {
    generations: await count('generation'),
    attempts: await count('generationAttempt'),
    fees: await count('generationFee'),
    credits: await count('credit'),
    sumsSince,
    mistakes: mistakes.list(),
  }
}
