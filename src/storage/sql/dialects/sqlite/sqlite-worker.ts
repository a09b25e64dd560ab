import { parentPort } from 'node:worker_threads'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { KeptGeneration, RecordText } from '../../../../canonical/record-text.ts'
import { addingSql } from '../../adding-sql.ts'
import { columnName } from '../../column-name.ts'
import { generationTable, partTables, readRecords, type RecordTable, valuesOf } from '../../record-tables.ts'
import { addUp, type Summary } from '../../summaries.ts'
import { OpenFile } from './open-file.ts'

/*
 * The thread that owns the only connection to a SQLite file. `node:sqlite` blocks its thread, and a commit or a checkpoint can take
 * milliseconds, for which the thread that answers requests must not be blocked. Generations are read and added up here too, for the same
 * reason.
 */

export type SqliteRequest =
  | { readonly id: number; readonly type: 'open'; readonly path: string; readonly durable: boolean }
  | { readonly id: number; readonly type: 'query'; readonly sql: string; readonly parameters: readonly unknown[] }
  | { readonly id: number; readonly type: 'begin' }
  | { readonly id: number; readonly type: 'write'; readonly records: readonly RecordText[] }
  | { readonly id: number; readonly type: 'close' }

export interface SqliteResult {
  readonly rows: readonly unknown[]
  /** The number of rows that the statement changed. */
  readonly changes: number
}

/** An error as plain data: cloning an error between threads loses SQLite's result code. */
export interface SqliteFailure {
  readonly message: string
  /** SQLite's primary result code (sqlite.org/rescode.html); null when the error did not come from SQLite. */
  readonly code: number | null
}

/** `notice` tells that the file was deleted or replaced, and what was done. */
export type SqliteReply = { readonly id: number; readonly notice?: string } & (
  | { readonly result: SqliteResult }
  | { readonly failure: SqliteFailure }
)

/** The time limit of queries. Once the file has a write-ahead log, they do not wait for a writer of another process. */
const busyTimeoutMs = 5000
const nothing: SqliteResult = { rows: [], changes: 0 }
const statementCap = 200
const statements = new Map<string, StatementSync>()
let database: DatabaseSync | null = null
let file: OpenFile | null = null
let durable = false

parentPort?.on('message', (request: SqliteRequest) => {
  parentPort?.postMessage(reply(request))
})

function reply(request: SqliteRequest): SqliteReply {
  let notice: string | undefined
  try {
    if (request.type !== 'close') notice = lookAfterFile()
    return { id: request.id, result: run(request), notice }
  } catch (error) {
    return { id: request.id, failure: describe(error), notice }
  }
}

function run(request: SqliteRequest): SqliteResult {
  if (request.type === 'open') return open(request.path, request.durable)
  if (request.type === 'query') return query(request.sql, request.parameters.map(bindable))
  if (request.type === 'begin') return begin()
  if (request.type === 'write') return write(request.records)
  return close()
}

/** Restores or reopens the file where somebody deleted or replaced it. Returns what was done. */
function lookAfterFile(): string | undefined {
  if (file === null || database === null || database.isTransaction) return undefined
  const state = file.state()
  if (state === 'there') return undefined
  statements.clear()
  if (state === 'gone') file.restore(database)
  else database.close()
  open(file.path, durable)
  return state === 'gone'
    ? `${file.path} was deleted while it was in use. It was written again from what was open.`
    : `${file.path} was replaced while it was in use. The new file is used now.`
}

function close(): SqliteResult {
  statements.clear()
  database?.close()
  database = null
  return nothing
}

function opened(): DatabaseSync {
  if (database === null) throw new Error('The database is not open.')
  return database
}

function open(path: string, survivesPower: boolean): SqliteResult {
  durable = survivesPower
  file = path === ':memory:' ? null : new OpenFile(path)
  database = new DatabaseSync(path, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true })
  // With a write-ahead log, a commit then survives a crash of the process. With `normal`, a power failure may lose the last commits but
  // cannot corrupt the file (sqlite.org/wal.html).
  database.exec(`pragma synchronous = ${durable ? 'full' : 'normal'}`)
  return nothing
}

/** Prepares a statement, or returns the one that was kept: preparing takes longer than running. The cap is for queries whose text varies. */
function prepare(sql: string): StatementSync {
  const known = statements.get(sql)
  if (known !== undefined) return known
  if (statements.size === statementCap) statements.clear()
  const statement = opened().prepare(sql)
  statements.set(sql, statement)
  return statement
}

function query(sql: string, parameters: readonly SQLInputValue[]): SqliteResult {
  const statement = prepare(sql)
  if (statement.columns().length > 0) return { rows: statement.all(...parameters), changes: 0 }
  return { rows: [], changes: Number(statement.run(...parameters).changes) }
}

/** Begins a transaction that writes, without waiting for a lock: a wait here would block every query behind it. The caller tries again. */
function begin(): SqliteResult {
  const connection = opened()
  connection.exec('pragma busy_timeout = 0')
  try {
    connection.exec('begin immediate')
    return nothing
  } finally {
    connection.exec(`pragma busy_timeout = ${busyTimeoutMs}`)
  }
}

/** Writes generations in one transaction. One that is there already, by its id, adds nothing to other tables. */
function write(texts: readonly RecordText[]): SqliteResult {
  begin()
  try {
    const added = readRecords(texts).filter((generation) => insert(generationTable, generation) > 0)
    for (const table of partTables) for (const generation of added) insert(table, generation)
    for (const [summary, rows] of addUp(added)) {
      const statement = prepare(addingSqlOf(summary))
      for (const row of rows) statement.run(...row)
    }
    opened().exec('commit')
    // The journal must not forget what went into a file that was deleted or replaced in the meantime.
    if (file !== null && file.state() !== 'there') throw new Error('The file was deleted or replaced.')
    return nothing
  } catch (error) {
    // Where the disk is full, SQLite has rolled back already. A second rollback would fail and hide the reason.
    if (opened().isTransaction) opened().exec('rollback')
    throw error
  }
}

/** Inserts what a generation has for a table, unless it is there. Returns the number of new rows. */
function insert(table: RecordTable, generation: KeptGeneration): number {
  const statement = prepare(insertSqlOf(table))
  return table
    .items(generation)
    .reduce<number>((sum, item) => sum + Number(statement.run(...valuesOf(item, table.columns)).changes), 0)
}

const insertSql = ({ table, columns }: { readonly table: string; readonly columns: readonly string[] }): string =>
  `insert into ${columnName(table)} (${columns.map(columnName).join(', ')}) values (${columns.map(() => '?').join(', ')})`

const insertSqlOf = memoized((table: RecordTable) => `${insertSql(table)} on conflict do nothing`)
const addingSqlOf = memoized((summary: Summary) => `${insertSql(summary)} ${addingSql(summary)}`)

/** Keeps the SQL of each table. */
function memoized<Table extends object>(make: (table: Table) => string): (table: Table) => string {
  const known = new WeakMap<Table, string>()
  return (table) => {
    const text = known.get(table) ?? make(table)
    known.set(table, text)
    return text
  }
}

function bindable(value: unknown): SQLInputValue {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint')
    return value
  if (typeof value === 'boolean') return Number(value)
  throw new TypeError(`SQLite stores text, numbers and null, not a value of type ${typeof value}.`)
}

function describe(error: unknown): SqliteFailure {
  if (!(error instanceof Error)) return { message: String(error), code: null }
  const code = 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : null
  return { message: error.message, code }
}
