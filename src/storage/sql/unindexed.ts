import { type RawBuilder, sql } from 'kysely'

/**
 * Returns a text column as an expression that no index has. SQLite keeps no statistics here: between an index by account and day and one by
 * key and day it takes the first, which has the rows of all keys of the account, a hundred times those of the key.
 */
export const unindexed = (column: string): RawBuilder<string> => sql<string>`coalesce(${sql.ref(column)}, '')`
