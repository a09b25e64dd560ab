import { sql, type Kysely } from 'kysely'
import type { Database } from '../sql/database.ts'
import type { Engine } from '../sql/engine.ts'
import { StorageError } from '../stores/storage-error.ts'
import { migrations } from './_registry.ts'

/**
 * Brings the schema up to date, in one transaction: processes that start on one database wait for each other, and a failed step leaves no
 * changes.
 * @throws StorageError for a database of another program or of a newer Waygate.
 */
export function migrate(engine: Engine): Promise<void> {
  return engine.changeSchema(isOutdated, async (transaction) => {
    const tables = await tablesOf(transaction)
    if (!tables.includes('schema_migration')) await begin(transaction, tables)
    const applied = await transaction.selectFrom('schemaMigration').select('name').execute()
    const done = new Set(applied.map((row) => row.name))
    for (const { name } of applied) refuseUnknown(name)
    for (const migration of migrations) {
      if (done.has(migration.name)) continue
      await migration.up(transaction)
      await transaction.insertInto('schemaMigration').values({ name: migration.name, appliedAt: Date.now() }).execute()
    }
  })
}

/** Tells whether a step is missing. It only reads, so that a start does not wait for a process that holds the database locked. */
async function isOutdated(db: Kysely<Database>): Promise<boolean> {
  if (!(await tablesOf(db)).includes('schema_migration')) return true
  const applied = await db.selectFrom('schemaMigration').select('name').execute()
  for (const { name } of applied) refuseUnknown(name)
  const done = new Set(applied.map((row) => row.name))
  return migrations.some(({ name }) => !done.has(name))
}

/** Lists the tables that a new one would stand beside. In PostgreSQL other schemas may have tables of other programs. */
async function tablesOf(db: Kysely<Database>): Promise<readonly string[]> {
  const tables = await db.introspection.getTables()
  if (tables.every(({ schema }) => schema === undefined)) return tables.map(({ name }) => name)
  const { rows } = await sql<{ readonly schema: string }>`select current_schema() as schema`.execute(db)
  return tables.filter(({ schema }) => schema === rows[0]?.schema).map(({ name }) => name)
}

async function begin(db: Kysely<Database>, tables: readonly string[]): Promise<void> {
  const other = tables[0]
  if (other !== undefined) {
    throw new StorageError(`is a database of another program (it has a table "${other}"). Move it away,`, {
      transient: false,
    })
  }
  await db.schema
    .createTable('schemaMigration')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('appliedAt', 'bigint', (column) => column.notNull())
    .execute()
}

function refuseUnknown(name: string): void {
  if (migrations.some((migration) => migration.name === name)) return
  throw new StorageError(`was written by a newer Waygate (it has the schema step "${name}"). Upgrade Waygate,`, {
    transient: false,
  })
}
