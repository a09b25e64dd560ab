import {
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely'
import type { SqliteConnection } from './sqlite-connection.ts'

/** Makes a Kysely dialect of a connection in another thread. Kysely gives the connection to one user at a time. */
export function sqliteDialect(connection: SqliteConnection): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createDriver: () => driver(connection),
  }
}

function driver(connection: SqliteConnection): Driver {
  const shared = databaseConnection(connection)
  const run = async (sql: string): Promise<void> => {
    await connection.query(sql)
  }
  return {
    init: () => Promise.resolve(),
    acquireConnection: () => Promise.resolve(shared),
    // The transaction takes the write lock at once. A deferred transaction that reads first cannot wait for the lock, and fails.
    beginTransaction: () => connection.begin(),
    commitTransaction: () => run('commit'),
    // Where the disk is full, SQLite has rolled back already, and a second rollback fails.
    rollbackTransaction: () => run('rollback').catch(() => {}),
    releaseConnection: () => Promise.resolve(),
    destroy: () => connection.close(),
  }
}

function databaseConnection(connection: SqliteConnection): DatabaseConnection {
  const executeQuery = async <R>(compiled: CompiledQuery): Promise<QueryResult<R>> => {
    const { rows, changes } = await connection.query(compiled.sql, compiled.parameters)
    // This is the only cast of a row: Kysely derives R from the columns that the query selects.
    return { rows: rows as R[], numAffectedRows: BigInt(changes) }
  }
  return {
    executeQuery,
    async *streamQuery<R>(compiled: CompiledQuery) {
      yield await executeQuery<R>(compiled)
    },
  }
}
