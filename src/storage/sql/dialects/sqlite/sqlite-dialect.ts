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

/** Kysely over a connection in another thread. Kysely hands the one connection to one user at a time. */
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
    // Takes the write lock at once: a deferred transaction that reads first cannot wait for it and fails instead.
    beginTransaction: () => run('begin immediate'),
    commitTransaction: () => run('commit'),
    // A full disk rolls back by itself, and then there is nothing left to do.
    rollbackTransaction: () => run('rollback').catch(() => {}),
    releaseConnection: () => Promise.resolve(),
    destroy: () => connection.close(),
  }
}

function databaseConnection(connection: SqliteConnection): DatabaseConnection {
  const executeQuery = async <R>(compiled: CompiledQuery): Promise<QueryResult<R>> => {
    const { rows, changes } = await connection.query(compiled.sql, compiled.parameters)
    // The one place where a row gets its type: Kysely derived R from the query that chose the columns.
    return { rows: rows as R[], numAffectedRows: BigInt(changes) }
  }
  return {
    executeQuery,
    async *streamQuery<R>(compiled: CompiledQuery) {
      yield await executeQuery<R>(compiled)
    },
  }
}
