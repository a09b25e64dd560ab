import { randomUUID } from 'node:crypto'
import { CamelCasePlugin, CompiledQuery, Kysely, sql, type KyselyConfig, type Transaction } from 'kysely'
import { StorageError } from '../../../storage-error.ts'
import { addingSql } from '../../adding-sql.ts'
import { columnName, snakeCase } from '../../column-name.ts'
import type { Database } from '../../database.ts'
import type { Engine } from '../../engine.ts'
import type { Rows } from '../../written-rows.ts'
import { sleep } from '../../../../util/sleep.ts'
import { channel, listenForChanges } from './listen-for-changes.ts'
import { loadPg } from './load-pg.ts'
import { postgresDialect } from './postgres-dialect.ts'
import { PostgresError } from './postgres-error.ts'
import { describeDatabase, postgresSettings } from './postgres-settings.ts'

const mostConnections = 10
/** How long a step of the schema may take: it may have to read all generations. */
const schemaMs = 3_600_000
const closeMs = 5_000
/** The number of the lock under which the schema is changed. Any number would do that other programs do not use. */
const schemaLock = 8_402_013

/** Opens a PostgreSQL database. Connects only when it is used. */
export async function openPostgres(url: string, log?: KyselyConfig['log']): Promise<Engine> {
  const name = describeDatabase(url)
  const pg = await loadPg()
  const settings = postgresSettings(pg, url)
  const connect = (max: number, statementMs?: number) => {
    const pool = new pg.Pool({ ...settings, max, ...(statementMs !== undefined && { query_timeout: statementMs }) })
    // A connection that is lost while nobody uses it is replaced when one is needed. Without these listeners the process would end.
    pool.on('error', () => {})
    pool.on('connect', (client) => client.on('error', () => {}))
    return new Kysely<Database>({ dialect: postgresDialect(pool), plugins: [new CamelCasePlugin()], log })
  }
  const db = connect(mostConnections)
  const self = randomUUID()
  const watches = new Set<() => void>()
  return {
    db,
    transaction: (work) => db.transaction().execute(work),
    async changeSchema(work) {
      const patient = connect(1, schemaMs)
      try {
        await patient.transaction().execute(async (transaction) => {
          await sql`select pg_advisory_xact_lock(${sql.lit(schemaLock)})`.execute(transaction)
          await work(transaction)
        })
      } finally {
        await patient.destroy()
      }
    },
    async insertNew(transaction, rows) {
      const id = columnName(rows.columns[0] ?? '')
      const inserted = await run(transaction, `${insertSql(rows)} on conflict do nothing returning ${id} as id`, rows)
      return new Set(inserted.map((row) => Object(row).id))
    },
    async addSums(transaction, rows) {
      await run(transaction, `${insertSql(rows)} ${addingSql(rows)}`, rows)
    },
    async announce(transaction) {
      await sql`select pg_notify(${sql.lit(channel)}, ${self})`.execute(transaction)
    },
    watch(listener) {
      const stop = listenForChanges(() => new pg.Client(settings), self, listener)
      watches.add(stop)
      return () => {
        watches.delete(stop)
        stop()
      }
    },
    backup: () =>
      Promise.reject(
        new StorageError(
          'A PostgreSQL database is copied with its own tool: pg_dump --format=custom --file=waygate.dump and the address of the database.',
          { transient: false },
        ),
      ),
    explain: (error) => explain(name, error),
    async close() {
      for (const stop of watches) stop()
      const limit = new AbortController()
      await Promise.race([db.destroy(), sleep(closeMs, limit.signal)])
      limit.abort()
    },
  }
}

/** Runs a statement over rows. All are sent as one text: a group of 500 generations would be 20,000 parameters. */
async function run(transaction: Transaction<Database>, sql: string, rows: Rows): Promise<readonly unknown[]> {
  if (rows.rows.length === 0) return []
  const names = rows.columns.map(snakeCase)
  const objects = rows.rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index] ?? null])))
  return (await transaction.executeQuery(CompiledQuery.raw(sql, [JSON.stringify(objects)]))).rows
}

function insertSql({ table, columns }: Rows): string {
  const names = columns.map(columnName).join(', ')
  const into = columnName(table)
  return `insert into ${into} (${names}) select ${names} from json_populate_recordset(null::${into}, $1::json)`
}

function explain(name: string, error: unknown): StorageError {
  const remedy = 'or set storage.url to another database.'
  const details = { transient: false, cause: error }
  if (error instanceof StorageError && !(error instanceof PostgresError)) {
    return new StorageError(`${name} ${error.message} ${remedy}`, details)
  }
  const reason = error instanceof Error ? error.message : String(error)
  return new StorageError(`${name} cannot be opened (${reason}). Check that it runs and lets this user in, ${remedy}`, details)
}
