import { type Kysely, sql } from 'kysely'
import type { MistakeKind } from '../../stores/books-store.ts'
import type { Database } from '../database.ts'
import type { Mistakes } from './find-mistakes.ts'

/** Tells whether a column is no whole number from 0 up. SQLite stores whatever it is given, also in a column of integers. */
const isBad = (column: string): string => `(${column} < 0 or ${column} <> cast(${column} as bigint))`
const anyBad = (...columns: readonly string[]): string => columns.map(isBad).join(' or ')

const part = `generation_id || ' #' || sequence`

/** For each kind of mistake: the rows that have it, by a text that names them. The same SQL runs on every engine. */
const checks: readonly (readonly [kind: MistakeKind, rows: string])[] = [
  ['parts', `select id as name from generation where cost <> prompt_cost + completion_cost + other_cost + tool_cost`],
  [
    'fees',
    `select id as name from generation
     where tool_cost <> coalesce((select sum(amount) from generation_fee where generation_id = generation.id), 0)`,
  ],
  [
    'attempt-without-generation',
    `select ${part} as name from generation_attempt
     where not exists (select 1 from generation where generation.id = generation_attempt.generation_id)`,
  ],
  [
    'fee-without-generation',
    `select ${part} as name from generation_fee
     where not exists (select 1 from generation where generation.id = generation_fee.generation_id)`,
  ],
  ['duplicate-generation', `select id as name from generation group by id having count(*) > 1`],
  [
    'duplicate-attempt',
    `select ${part} as name from generation_attempt group by generation_id, sequence having count(*) > 1`,
  ],
  // The only attempt of a generation is kept with the generation, and then has no row.
  [
    'duplicate-attempt',
    `select id as name from generation
     where attempt_latency is not null and exists (select 1 from generation_attempt where generation_id = generation.id)`,
  ],
  ['duplicate-fee', `select ${part} as name from generation_fee group by generation_id, sequence having count(*) > 1`],
  ['duplicate-credit', `select id as name from credit group by id having count(*) > 1`],
  [
    'amount-of-generation',
    `select id as name from generation where ${anyBad('cost', 'prompt_cost', 'completion_cost', 'other_cost', 'tool_cost', 'upstream_cost')}`,
  ],
  ['amount-of-attempt', `select ${part} as name from generation_attempt where ${isBad('cost')}`],
  ['amount-of-fee', `select ${part} as name from generation_fee where ${anyBad('amount', 'units')}`],
  // Credits may be taken back, so an amount may be negative.
  [
    'amount-of-credit',
    `select id as name from credit where amount = 0 or amount <> cast(amount as bigint) or ${isBad('spent_before')}`,
  ],
  // An account had not spent more when credits were added than it has by now.
  [
    'credit-before-spending',
    `select id as name from credit
     where spent_before > coalesce((select sum(cost) from key_total where key_total.account = credit.account), 0)`,
  ],
]

/** Checks what must hold of each row and of what belongs to it. */
export async function checkRows(db: Kysely<Database>, mistakes: Mistakes): Promise<void> {
  for (const [kind, rows] of checks) await mistakes.find(db, kind, sql.raw(rows), ({ name }) => String(name))
}
