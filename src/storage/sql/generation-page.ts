import type { Kysely } from 'kysely'
import { generationFields } from '../../canonical/generation-record.ts'
import { fieldNames } from '../../canonical/record-fields.ts'
import type { GenerationFilter, GenerationPosition, ListedGeneration } from '../stores/generation-store.ts'
import type { Database } from './database.ts'
import { fromRow } from './rows.ts'

const columns = fieldNames(generationFields)
const equal = ['account', 'keyHash', 'model', 'provider', 'externalUser', 'sessionId'] as const

/**
 * Lists generations, newest first. A page begins after the last generation of the page before, so that the hundredth page costs what the first
 * does. Each field of the filter has an index in this order (migration 0008).
 */
export async function pageOfGenerations(
  db: Kysely<Database>,
  filter: GenerationFilter,
  limit: number,
  after: GenerationPosition | undefined,
): Promise<readonly ListedGeneration[]> {
  let query = db
    .selectFrom('generation')
    .select(columns)
    .orderBy('createdAt', 'desc')
    .orderBy('id', 'desc')
    .limit(limit)
  for (const name of equal) {
    const value = filter[name]
    if (value !== undefined) query = query.where(name, '=', value)
  }
  // The index has the rows with this very condition. As a parameter the value would be unknown when the query is planned.
  if (filter.failed === true) query = query.where('errorKind', 'is not', null)
  if (filter.since !== undefined) query = query.where('createdAt', '>=', filter.since)
  if (filter.until !== undefined) query = query.where('createdAt', '<', filter.until)
  if (after !== undefined) {
    const { createdAt, id } = after
    query = query.where(({ eb, refTuple, tuple }) => eb(refTuple('createdAt', 'id'), '<', tuple(createdAt, id)))
  }
  return (await query.execute()).map((row) => fromRow(generationFields, row))
}
