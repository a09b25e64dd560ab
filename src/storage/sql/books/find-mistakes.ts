import { type Kysely, type RawBuilder, sql } from 'kysely'
import type { Mistake, MistakeKind } from '../../stores/books-store.ts'
import type { Database } from '../database.ts'

/** How many rows of one kind of mistake are named. */
const mostNamed = 20

type Row = Readonly<Record<string, string | number | null>>
type Query = RawBuilder<unknown>

/** Mistakes that were found so far, by kind. */
export class Mistakes {
  readonly #found = new Map<MistakeKind, { count: number; readonly first: string[] }>()

  /** Lists what was found. */
  list(): readonly Mistake[] {
    return [...this.#found].map(([kind, { count, first }]) => ({ kind, count, first }))
  }

  /**
   * Runs a query that returns a row for each mistake, and nothing where all is well. The database adds up and counts; only the rows that are
   * named are read.
   * @param describe Returns what names a row.
   */
  async find(db: Kysely<Database>, kind: MistakeKind, query: Query, describe: (row: Row) => string): Promise<void> {
    const { rows } = await sql<Row>`select * from (${query}) as found limit ${mostNamed + 1}`.execute(db)
    if (rows.length === 0) return
    const known = this.#found.get(kind) ?? { count: 0, first: [] }
    this.#found.set(kind, known)
    known.count += rows.length <= mostNamed ? rows.length : await countOf(db, query)
    known.first.push(...rows.slice(0, mostNamed - known.first.length).map(describe))
  }
}

async function countOf(db: Kysely<Database>, query: Query): Promise<number> {
  const { rows } = await sql<{ readonly count: number }>`select count(*) as count from (${query}) as found`.execute(db)
  return rows[0]?.count ?? 0
}
