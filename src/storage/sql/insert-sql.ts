import { sql, type Kysely } from 'kysely'
import type { Database } from './database.ts'

/** Returns the SQL of an insert of one row, to be prepared once. The insert fails where the row exists already. */
export function insertSql(db: Kysely<Database>, table: keyof Database, columns: readonly string[]): string {
  const names = sql.join(columns.map((column) => sql.ref(column)))
  const values = sql.join(columns.map(() => sql.val(null)))
  return sql`insert into ${sql.table(table)} (${names}) values (${values})`.compile(db).sql
}
