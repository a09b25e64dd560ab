import { CamelCasePlugin, Kysely, sql, type KyselyConfig } from 'kysely'
import type { Database } from '../../database.ts'
import type { Engine } from '../../engine.ts'
import { backupSqlite } from './backup-sqlite.ts'
import { onceUnlocked } from './once-unlocked.ts'
import { explainSqlite, openSqliteFile } from './open-sqlite-file.ts'
import type { ConnectionOptions } from './sqlite-connection.ts'
import { sqliteDialect } from './sqlite-dialect.ts'
import { watchForeignChanges } from './watch-foreign-changes.ts'

/** How long a transaction waits for another process: in general, and where the other one may be changing the schema of a large file. */
const lockMs = { usual: 5_000, schema: 600_000 }

/**
 * Opens a SQLite file, which is created when it is absent, or `:memory:`.
 * @throws StorageError that names the file and explains what to do.
 */
export async function openSqlite(path: string, options: ConnectionOptions, log?: KyselyConfig['log']): Promise<Engine> {
  const connection = await openSqliteFile(path, options).catch((error: unknown) => {
    throw explainSqlite(path, error)
  })
  const db = new Kysely<Database>({ dialect: sqliteDialect(connection), plugins: [new CamelCasePlugin()], log })
  return {
    db,
    isShared: false,
    now: sql`cast(unixepoch('subsec') * 1000 as integer)`,
    transaction: (work) => onceUnlocked(() => db.transaction().execute(work), lockMs.usual),
    // The connection is held for the whole time. Only commands that have a process of their own read like this.
    readSoon: (read) => read(db),
    snapshot: (work) =>
      db.connection().execute(async (reading) => {
        await connection.query('begin')
        try {
          return await work(reading)
        } finally {
          await connection.query('rollback')
        }
      }),
    async changeSchema(isNeeded, work) {
      if (await isNeeded(db)) await onceUnlocked(() => db.transaction().execute(work), lockMs.schema)
      // Other processes can then read while this one writes. The file keeps the setting, so it is made only once it is clear that the file
      // is a database of Waygate. SQLite does not wait here for a process that makes the same setting.
      await onceUnlocked(() => connection.query('pragma journal_mode = wal'), lockMs.usual)
    },
    // Kysely gives the connection to one user at a time, so that a group is never written inside another transaction. Between two tries the
    // connection is released, so that others can read.
    write: (records) => onceUnlocked(() => db.connection().execute(() => connection.write(records)), lockMs.usual),
    // Other processes see by themselves that the file has changed.
    announce: () => Promise.resolve(),
    watch: (listener) => watchForeignChanges(connection, listener),
    backup: (target) => backupSqlite(connection, path, target),
    explain: (error) => explainSqlite(path, error),
    close: () => connection.close(),
  }
}
