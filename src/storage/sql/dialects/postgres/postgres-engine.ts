import { randomUUID } from 'node:crypto'
import { CamelCasePlugin, Kysely, sql, type KyselyConfig } from 'kysely'
import type { DatabaseChange } from '../../../../canonical/happening.ts'
import { atMost } from '../../../../util/at-most.ts'
import { loadDriver } from '../../../load-driver.ts'
import { StorageError } from '../../../stores/storage-error.ts'
import type { Database } from '../../database.ts'
import type { Engine } from '../../engine.ts'
import { channel, heartbeatMs, type Listening, listenForChanges } from './listen-for-changes.ts'
import { postgresDialect } from './postgres-dialect.ts'
import { PostgresError } from './postgres-error.ts'
import { describeDatabase, postgresSettings } from './postgres-settings.ts'
import { writeRecords } from './write-records.ts'
import { messageOf } from '../../../../util/message-of.ts'

const mostConnections = 10
/** How long a statement may take that may have to read all generations: a step of the schema, or a check of the books. */
const longMs = 3_600_000
const closeMs = 5_000
/** How long a read that is urgent waits for a connection that was in use before, and how long it may take over a new one. */
const urgentMs = { known: 500, fresh: 5_000 }
/** The number of the lock under which the schema is changed. Any number would do that other programs do not use. */
const schemaLock = 8_402_013

/**
 * Opens a PostgreSQL database. Connects only when it is used.
 * @param onConnection Called when the connection that listens for changes is lost, and when it is back.
 */
export async function openPostgres(
  url: string,
  log?: KyselyConfig['log'],
  onConnection: (change: DatabaseChange) => void = () => {},
): Promise<Engine> {
  const name = describeDatabase(url)
  const pg = await loadDriver(
    () => import('pg'),
    'storage.url names a PostgreSQL database, for which the package pg is missing. Install it with `npm install pg`, or set storage.url to a SQLite file.',
  )
  const settings = postgresSettings(pg, url)
  const connect = (max: number, statementMs?: number, maxUses = Infinity) => {
    const limits = { max, maxUses, ...(statementMs !== undefined && { query_timeout: statementMs }) }
    const pool = new pg.Pool({ ...settings, ...limits })
    // A connection that is lost while nobody uses it is replaced when one is needed. Without these listeners the process would end.
    pool.on('error', () => {})
    pool.on('connect', (client) => client.on('error', () => {}))
    return { pool, db: new Kysely<Database>({ dialect: postgresDialect(pool), plugins: [new CamelCasePlugin()], log }) }
  }
  const { pool, db } = connect(mostConnections)
  const fresh = connect(2, urgentMs.fresh, 1)
  const self = randomUUID()
  const newListener = () => new pg.Client({ ...settings, query_timeout: heartbeatMs })
  /** All of them share one connection, which is open while there is any. */
  const listeners = new Set<() => void>()
  let stopListening: (() => void) | null = null
  let isAway = false
  const listening: Listening = {
    changed() {
      for (const listener of listeners) listener()
    },
    connected() {
      if (isAway) onConnection({ kind: 'back' })
      isAway = false
    },
    lost(error: unknown) {
      if (!isAway) onConnection({ kind: 'away', reason: messageOf(error) })
      isAway = true
    },
  }
  const close = async (): Promise<void> => {
    stopListening?.()
    await atMost(closeMs, Promise.all([pool.end(), fresh.pool.end()]))
  }
  let closing: Promise<void> | null = null
  return {
    db,
    isShared: true,
    now: sql`cast(extract(epoch from clock_timestamp()) * 1000 as bigint)`,
    transaction: (work) => db.transaction().execute(work),
    async readSoon(read) {
      const known = read(db)
      const answered = known.then(
        () => true,
        () => false,
      )
      return (await atMost(urgentMs.known, answered)) ? known : Promise.any([known, read(fresh.db)]).catch(() => known)
    },
    async snapshot(work) {
      const patient = connect(1, longMs)
      try {
        return await patient.db.connection().execute(async (reading) => {
          await sql`begin isolation level repeatable read read only`.execute(reading)
          return work(reading)
        })
      } finally {
        await patient.pool.end()
      }
    },
    async changeSchema(isNeeded, work) {
      if (!(await isNeeded(db))) return
      const patient = connect(1, longMs)
      try {
        await patient.db.transaction().execute(async (transaction) => {
          await sql`select pg_advisory_xact_lock(${sql.lit(schemaLock)})`.execute(transaction)
          await work(transaction)
        })
      } finally {
        await patient.pool.end()
      }
    },
    write: (records) => db.transaction().execute((transaction) => writeRecords(transaction, records)),
    async announce(transaction) {
      await sql`select pg_notify(${sql.lit(channel)}, ${self})`.execute(transaction)
    },
    watch(listener) {
      listeners.add(listener)
      stopListening ??= listenForChanges(newListener, self, listening)
      return () => {
        listeners.delete(listener)
        if (listeners.size > 0) return
        stopListening?.()
        stopListening = null
      }
    },
    backup: (target) =>
      Promise.reject(
        new StorageError(
          `A PostgreSQL database is copied with its own tool: pg_dump --format=custom --file=${target} and the address of the database.`,
          { transient: false },
        ),
      ),
    explain: (error) => explain(name, error),
    close: () => (closing ??= close()),
  }
}

function explain(name: string, error: unknown): StorageError {
  const remedy = 'or set storage.url to another database.'
  const details = { transient: false, cause: error }
  if (error instanceof StorageError && !(error instanceof PostgresError)) {
    return new StorageError(`${name} ${error.message} ${remedy}`, details)
  }
  const reason = messageOf(error)
  return new StorageError(
    `${name} cannot be opened (${reason}). Check that it runs and lets this user in, ${remedy}`,
    details,
  )
}
