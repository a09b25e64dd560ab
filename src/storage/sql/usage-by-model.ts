import { sql, type Kysely } from 'kysely'
import type { ModelUsageRow } from '../stores/usage-store.ts'
import type { Database } from './database.ts'

const tokens = sql<number>`sum(prompt_tokens + completion_tokens)`.as('tokens')
const requests = sql<number>`sum(requests)`.as('requests')

/**
 * Adds up the usage of each model by day, and before. The totals and the days are read in one query, so that both have the same
 * generations.
 */
export async function usageByModel(db: Kysely<Database>, since: number): Promise<readonly ModelUsageRow[]> {
  const rows = await db
    .selectFrom('endpointTotal')
    .select(['model', sql<number | null>`cast(null as bigint)`.as('day'), requests, tokens])
    .where('endpoint', '!=', '')
    .groupBy('model')
    .unionAll(
      db
        .selectFrom('dailyUsage')
        .select(['model', sql<number | null>`day`.as('day'), requests, tokens])
        .where('day', '>=', since)
        .where('endpoint', '!=', '')
        .groupBy(['model', 'day']),
    )
    .execute()
  const days = Map.groupBy(
    rows.filter(({ day }) => day !== null),
    ({ model }) => model,
  )
  const before = rows
    .filter(({ day }) => day === null)
    .map((total) =>
      (days.get(total.model) ?? []).reduce(
        (rest, day) => ({ ...rest, requests: rest.requests - day.requests, tokens: rest.tokens - day.tokens }),
        total,
      ),
    )
  return [...before.filter((row) => row.requests > 0), ...[...days.values()].flat()]
}
