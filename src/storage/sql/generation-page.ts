import { type Kysely, sql } from 'kysely'
import { generationFields } from '../../canonical/generation-record.ts'
import { fieldNames } from '../../canonical/record-fields.ts'
import type { GenerationFilter, GenerationPage, GenerationPosition } from '../stores/generation-store.ts'
import type { Database } from './database.ts'
import { fromRow } from './rows.ts'

const columns = fieldNames(generationFields)
const app = sql<string>`coalesce(http_referer, app_title)`
/** How many generations a page looks through that fit the first of its filters, and perhaps not the others. */
const mostSearched = 20_000

/**
 * The filters that have an index in the order of the list (migrations 0008 and 0024), those that usually leave fewest first. The first one
 * that is set finds the generations; the others are checked.
 */
const indexed = ['sessionId', 'externalUser', 'app', 'keyHash', 'failed', 'provider', 'model'] as const
type Indexed = (typeof indexed)[number]

/**
 * Lists generations, newest first. A page begins after the last generation of the page before, so that the hundredth page costs what the first
 * does.
 */
export async function pageOfGenerations(
  db: Kysely<Database>,
  filter: GenerationFilter,
  limit: number,
  after: GenerationPosition | undefined,
  searched = mostSearched,
): Promise<GenerationPage> {
  const set = indexed.filter((name) => filter[name] !== undefined)
  const isFound = set.length <= 1 && filter.minCost === undefined && filter.operation === undefined
  const end = isFound ? null : await endOfSearch(db, filter, set[0], after, searched)
  let query = listed(db, filter, set, after).select(columns).limit(limit)
  if (filter.operation !== undefined) query = query.where('operation', '=', filter.operation)
  if (filter.minCost !== undefined) query = query.where('cost', '>=', filter.minCost)
  if (end !== null) {
    query = query.where(({ eb, refTuple, tuple }) =>
      eb(refTuple('createdAt', 'id'), '>=', tuple(end.createdAt, end.id)),
    )
  }
  const generations = (await query.execute()).map((row) => fromRow(generationFields, row))
  const last = generations.at(-1)
  return { generations, next: last !== undefined && generations.length === limit ? positionOf(last) : end }
}

const positionOf = ({ createdAt, id }: GenerationPosition): GenerationPosition => ({ createdAt, id })

/** Finds the generation at which a page ends its search; null where it can look through all that are left. */
async function endOfSearch(
  db: Kysely<Database>,
  filter: GenerationFilter,
  first: Indexed | undefined,
  after: GenerationPosition | undefined,
  searched: number,
): Promise<GenerationPosition | null> {
  const query = listed(db, filter, first === undefined ? [] : [first], after).select(['createdAt', 'id'])
  return (
    (await query
      .limit(1)
      .offset(searched - 1)
      .executeTakeFirst()) ?? null
  )
}

/** Selects the generations of an account that meet some of the filters, newest first. */
function listed(
  db: Kysely<Database>,
  filter: GenerationFilter,
  names: readonly Indexed[],
  after: GenerationPosition | undefined,
) {
  let query = db
    .selectFrom('generation')
    .where('account', '=', filter.account)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
  for (const name of names) {
    // The indexes have the rows with these very conditions. As a parameter the value would be unknown when the query is planned.
    if (name === 'failed') query = query.where('errorKind', 'is not', null)
    else if (name === 'app') query = query.where(app, '=', filter.app ?? '').where(app, 'is not', null)
    else query = query.where(name, '=', filter[name] ?? '')
  }
  if (filter.since !== undefined) query = query.where('createdAt', '>=', filter.since)
  if (filter.until !== undefined) query = query.where('createdAt', '<', filter.until)
  if (after === undefined) return query
  const { createdAt, id } = after
  return query.where(({ eb, refTuple, tuple }) => eb(refTuple('createdAt', 'id'), '<', tuple(createdAt, id)))
}
