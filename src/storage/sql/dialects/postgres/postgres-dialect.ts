import {
  CompiledQuery,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
} from 'kysely'
import type { Pool, PoolClient } from 'pg'
import { StorageError } from '../../../stores/storage-error.ts'
import { storable } from '../../record-tables.ts'
import { PostgresError } from './postgres-error.ts'

/** Makes a Kysely dialect of a pool of connections. Errors are PostgresErrors. */
export function postgresDialect(pool: Pool): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createQueryCompiler: () => new PostgresQueryCompiler(),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createDriver: () => driver(pool),
  }
}

function driver(pool: Pool): Driver {
  const run = async (connection: DatabaseConnection, sql: string): Promise<void> => {
    await connection.executeQuery(CompiledQuery.raw(sql))
  }
  return {
    init: () => Promise.resolve(),
    acquireConnection: async () => {
      if (pool.ending) throw new StorageError('The database is closed.', { transient: true })
      try {
        return new PostgresConnection(await pool.connect())
      } catch (error) {
        throw new PostgresError(error)
      }
    },
    beginTransaction: (connection) => run(connection, 'begin'),
    commitTransaction: (connection) => run(connection, 'commit'),
    // A connection that is lost has rolled back already.
    rollbackTransaction: (connection) => run(connection, 'rollback').catch(() => {}),
    releaseConnection: async (connection) => {
      if (connection instanceof PostgresConnection) connection.release()
    },
    destroy: () => pool.end(),
  }
}

/** A connection of the pool while it is in use. */
class PostgresConnection implements DatabaseConnection {
  readonly #client: PoolClient
  /** Why the connection is of no use any more. */
  #lost: PostgresError | null = null

  constructor(client: PoolClient) {
    this.#client = client
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#lost !== null) throw this.#lost
    try {
      const { rows, rowCount } = await this.#client.query(sql, parameters.map(bindable))
      return { rows, numAffectedRows: BigInt(rowCount ?? 0) }
    } catch (error) {
      const failure = new PostgresError(error)
      if (!failure.isAnswer) this.#lost = failure
      throw failure
    }
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncGenerator<QueryResult<R>> {
    yield await this.executeQuery<R>(query)
  }

  /** Gives the connection back to the pool, which closes it if it is lost. */
  release(): void {
    this.#client.release(this.#lost ?? undefined)
  }
}

const bindable = (value: unknown): unknown => (typeof value === 'string' ? storable(value) : value)
