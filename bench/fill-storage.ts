import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import type { GenerationRecord } from '../src/canonical/generation-record.ts'
import { toRecordText } from '../src/canonical/record-text.ts'
import { openStorage, type Storage } from '../src/storage/open-storage.ts'
import { seededChance } from '../src/util/seeded-chance.ts'
import { generationRecord } from '../test/contract/generation-record.ts'

const dayMs = 86_400_000
export const days = 60
export const end = Date.UTC(2026, 10, 29)
export const begin = end - days * dayMs
const groupSize = 1_000

/** The key that made a tenth of all generations. */
export const busyKey = 'key-0'

/** How often the first days are copied. The copies of the sums have whole days, so these fit too. */
const copies = 20
const copyMs = (days / copies) * dayMs

/** A connection for statements that the gateway itself never runs. */
interface Statements {
  run(statement: string): Promise<unknown>
  rows(statement: string): Promise<readonly Readonly<Record<string, unknown>>[]>
  close(): Promise<void>
}

/**
 * Fills an empty database: a twentieth of the generations is written as the gateway does it, and copied to later days by SQL, with its
 * sums. `ledger verify` tells whether these are right. Returns the microseconds of a generation that was written.
 */
export async function fill(url: string, count: number): Promise<number> {
  const first = Math.ceil(count / copies)
  const storage = await openStorage(url)
  const seconds = await write(storage, 0, first, copyMs / first)
  await storage.close()
  const statements = await connect(url)
  try {
    await multiply(statements, first)
  } finally {
    await statements.close()
  }
  return (seconds / first) * 1e6
}

/**
 * Writes generations as the gateway does, in groups, oldest first. Returns the seconds that it took.
 * @param everyMs The time from one to the next.
 */
export async function write(storage: Storage, first: number, count: number, everyMs: number): Promise<number> {
  const chance = seededChance(first + 1)
  const group = (from: number): readonly string[] =>
    Array.from({ length: Math.max(0, Math.min(groupSize, first + count - from)) }, (_, index) =>
      toRecordText(generation(from + index, begin + Math.floor((from + index) * everyMs), chance)),
    )
  const before = performance.now()
  let making = group(first)
  for (let from = first; from < first + count; from += groupSize) {
    const writing = storage.generations.write(making)
    making = group(from + groupSize)
    await writing
  }
  return (performance.now() - before) / 1000
}

async function connect(url: string): Promise<Statements> {
  if (url.startsWith('sqlite:')) {
    const database = new DatabaseSync(url.slice('sqlite:'.length))
    database.exec('pragma synchronous = off; pragma cache_size = -1000000; pragma temp_store = memory')
    return {
      run: async (statement) => database.exec(statement),
      rows: async (statement) => database.prepare(statement).all(),
      close: async () => database.close(),
    }
  }
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(`set maintenance_work_mem = '1GB'`)
  return {
    run: (statement) => client.query(statement),
    rows: async (statement) => (await client.query(statement)).rows,
    close: () => client.end(),
  }
}

/** The sums of a time, and those over all times. */
const timed = {
  hourly_usage: 'hour',
  hourly_total: 'hour',
  daily_usage: 'day',
  daily_key_usage: 'day',
  daily_key_total: 'day',
}
const untimed = ['key_total', 'endpoint_total']
const dimensions = new Set(['account', 'key_hash', 'model', 'provider', 'endpoint', 'app', 'external_user'])

async function multiply(statements: Statements, first: number): Promise<void> {
  const { run } = statements
  const indexes = await indexesOf(statements)
  for (const { name } of indexes) await run(`drop index ${name}`)
  const idOf = (column: string, copy: number): string =>
    `'gen-' || (cast(substr(${column}, 5, 10) as bigint) + ${copy * first}) || substr(${column}, 15)`
  const before = `'gen-${1_700_000_000 + first}'`
  for (let copy = 1; copy < copies; copy++) {
    const later = (column: string): string => `${column} + ${copy * copyMs}`
    const generation = { id: idOf('id', copy), created_at: later('created_at') }
    await copyRows(statements, 'generation', generation, `id < ${before}`)
    const attempt = { generation_id: idOf('generation_id', copy) }
    await copyRows(statements, 'generation_attempt', attempt, `generation_id < ${before}`)
    for (const [table, time] of Object.entries(timed)) {
      const changed = { [time]: later(time), last_used_at: later('last_used_at') }
      const account = table === 'hourly_usage' ? `account = 'default' and ` : ''
      await copyRows(statements, table, changed, `${account}${time} < ${begin + copyMs}`)
    }
  }
  for (const table of untimed) {
    const columns = (await columnsOf(statements, table)).filter((name) => !dimensions.has(name))
    const changed = columns.map((name) =>
      name === 'last_used_at' ? `${name} = ${name} + ${(copies - 1) * copyMs}` : `${name} = ${name} * ${copies}`,
    )
    await run(`update ${table} set ${changed.join(', ')}`)
  }
  for (const { definition } of indexes) await run(definition)
}

async function copyRows(
  statements: Statements,
  table: string,
  changed: Readonly<Record<string, string>>,
  condition: string,
): Promise<void> {
  const columns = await columnsOf(statements, table)
  const values = columns.map((name) => changed[name] ?? name)
  await statements.run(
    `insert into ${table} (${columns.join(', ')}) select ${values.join(', ')} from ${table} where ${condition}`,
  )
}

async function columnsOf({ rows }: Statements, table: string): Promise<readonly string[]> {
  const [row] = await rows(`select * from ${table} limit 1`)
  return Object.keys(row ?? {})
}

/** Lists the indexes of generations that are no constraints: to fill them row by row would take longest of all. */
async function indexesOf({
  rows,
}: Statements): Promise<readonly { readonly name: string; readonly definition: string }[]> {
  const sqlite = `select name, sql as definition from sqlite_master
    where type = 'index' and tbl_name = 'generation' and sql is not null`
  const postgres = `select indexname as name, indexdef as definition from pg_indexes
    where tablename = 'generation' and indexname not like '%_pkey'`
  const found = await rows(sqlite).catch(() => rows(postgres))
  return found.map(({ name, definition }) => ({ name: String(name), definition: String(definition) }))
}

function generation(index: number, createdAt: number, chance: () => number): GenerationRecord {
  const upTo = (most: number): number => Math.floor(chance() * most)
  const id = `gen-${1_700_000_000 + index}-${chance().toString(36).slice(2, 14)}`
  const failed = chance() < 0.02
  const model = `acme/m${upTo(20)}`
  const provider = `prov-${'abc'[upTo(3)]}`
  const [promptCost, completionCost] = [upTo(1_000_000), upTo(1_000_000)]
  const isByok = chance() < 0.05
  const record = generationRecord({
    id,
    keyHash: chance() < 0.1 ? busyKey : `key-${1 + upTo(99)}`,
    createdAt,
    requestedModel: model,
    model,
    provider,
    endpoint: provider,
    status: failed ? 502 : 200,
    errorKind: failed ? 'provider_unavailable' : null,
    errorMessage: failed ? 'Provider returned error' : null,
    cost: promptCost + completionCost,
    promptCost,
    completionCost,
    otherCost: 0,
    isByok,
    upstreamCost: isByok ? upTo(2_000_000) : 0,
    externalUser: `user-${upTo(5_000)}`,
    sessionId: chance() < 0.2 ? `session-${upTo(50_000)}` : null,
    httpReferer: `https://app-${upTo(5)}.example`,
    attempts: [],
  })
  const [attempt] = generationRecord({ id }).attempts
  if (attempt === undefined) return record
  // Most are one call that answered, which has no row of its own.
  return { ...record, attempts: [{ ...attempt, model, provider, endpoint: provider, cost: record.cost }] }
}
