/** `npm run bench -- storage`: how long the queries of the ledger take with many generations, on SQLite and on PostgreSQL. */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { openStorage, type Storage } from '../src/storage/open-storage.ts'
import { openPostgres } from '../src/storage/sql/dialects/postgres/postgres-engine.ts'
import { openSqlite } from '../src/storage/sql/dialects/sqlite/sqlite-engine.ts'
import { deleteOld } from '../src/storage/sql/retention.ts'
import type { AnalyticsQuery } from '../src/storage/stores/analytics-store.ts'
import { detailNames } from '../src/storage/stores/usage-details.ts'
import { findPostgres } from '../test/engines/find-engines.ts'
import { startPostgres, stopPostgres } from '../test/engines/postgres.ts'
import { begin, busyKey, days, end, fill, write } from './fill-storage.ts'
import { median } from './statistics.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const rounds = 30
/** How many generations are written, and how many deleted, where there are already all the others. */
const writtenAtLast = 20_000
const deletedAtMost = 20_000

const period = { account: 'default', since: end - 30 * dayMs, until: end }
const far = { createdAt: begin + 10 * dayMs, id: '' }
const page =
  (filter: object, after?: typeof far) =>
  ({ generations }: Storage): Promise<unknown> =>
    generations.page({ account: 'default', ...filter }, 50, after)

const ofBusyKey = { dimension: 'keyHash', operator: 'in', values: [busyKey], includeUnset: false } as const
const measures = ['requests', 'failures', 'cost', 'promptTokens', 'completionTokens', ...detailNames] as const

/** Adds up all that the console shows of a period, as its pages do. */
const analytics =
  (query: Partial<AnalyticsQuery>) =>
  async ({ analytics: store }: Storage): Promise<void> => {
    const whole = { ...period, step: null, dimensions: [], conditions: [], measures, mostRows: 100_000, ...query }
    for await (const rows of store.addUp(whole)) if (rows.length === 0) throw new Error('Nothing was added up.')
  }

const queries: readonly (readonly [name: string, limitMs: number, run: (storage: Storage) => Promise<unknown>])[] = [
  ['a page', 50, page({})],
  ['a page, far back', 50, page({}, far)],
  ['a page of a key', 50, page({ keyHash: 'key-7' })],
  ['a page of a model', 50, page({ model: 'acme/m7' })],
  ['a page of a provider', 50, page({ provider: 'prov-b' })],
  ['a page of a user', 50, page({ externalUser: 'user-77' })],
  ['a page of a session', 50, page({ sessionId: 'session-77' })],
  ['a page of failures', 50, page({ failed: true })],
  ['a page of a day', 50, page({ since: begin + 30 * dayMs, until: begin + 31 * dayMs })],
  ['a page of a key and a model, far back', 50, page({ keyHash: 'key-7', model: 'acme/m7' }, far)],
  ['a page of a user and a model', 50, page({ externalUser: 'user-77', model: 'acme/m7' })],
  ['a page of failures of a key', 50, page({ keyHash: 'key-7', failed: true })],
  ['a page of an app', 50, page({ app: 'https://app-3.example' })],
  ['a page of an app and a model, far back', 50, page({ app: 'https://app-3.example', model: 'acme/m7' }, far)],
  ['a page of those that cost most', 300, page({ minCost: 1_990_000 })],
  ['a page of an operation that none has', 300, page({ operation: 'rerank' })],
  ['analytics: a month by day', 300, analytics({ step: 'day' })],
  ['analytics: a month by day and model', 300, analytics({ step: 'day', dimensions: ['model'] })],
  ['analytics: a month by key', 1_000, analytics({ dimensions: ['keyHash'] })],
  ['analytics: a month of a key by model', 300, analytics({ dimensions: ['model'], conditions: [ofBusyKey] })],
  ['analytics: a day of a key by hour', 300, analytics({ step: 'hour', since: end - dayMs, conditions: [ofBusyKey] })],
  [
    'analytics: an hour by minute and provider',
    300,
    analytics({ step: 'minute', since: end - hourMs, dimensions: ['provider'] }),
  ],
  ["an account's month by model", 50, ({ usage }) => usage.byModel(period)],
  ["an account's month by key", 50, ({ usage }) => usage.byKey(period)],
  ['GET /activity', 50, ({ usage }) => usage.activity(period)],
  ['GET /activity of a key', 50, ({ usage }) => usage.activity(period, busyKey)],
  [
    'GET /key, of the key with a tenth of all',
    5,
    ({ usage }) =>
      Promise.all(
        [0, end, end - 6 * dayMs, end - 28 * dayMs].flatMap((since) => [
          usage.spent(busyKey, since),
          usage.byokSpent(busyKey, since),
        ]),
      ),
  ],
  [
    'GET /keys, 100 keys',
    50,
    ({ usage }) =>
      usage.ofKeys(
        Array.from({ length: 100 }, (_, key) => `key-${key}`),
        end,
      ),
  ],
]

/** Fills both engines with `count` generations and prints the times of the queries. Returns whether all are within their limits. */
export async function measureStorage(count: number, only: string): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), 'waygate-bench-storage-'))
  const programs = findPostgres()
  try {
    console.log(`${count.toLocaleString('en')} generations, ${days} days, 100 keys, 20 models, 5,000 users\n`)
    let isWithin = true
    if (only !== 'postgres') {
      const file = join(directory, 'waygate.db')
      isWithin = await measureEngine('SQLite', `sqlite:${file}`, count)
      console.log(`  file: ${Math.round(statSync(file).size / count)} bytes a generation\n`)
      rmSync(file)
    }
    if (only === 'sqlite') return isWithin
    if (programs === null) {
      console.log('PostgreSQL is not installed: apt-get install postgresql')
      return isWithin
    }
    const server = await startPostgres(programs, directory)
    return (await measureEngine('PostgreSQL', `${server}/postgres`, count)) && isWithin
  } finally {
    await stopPostgres(directory)
    rmSync(directory, { recursive: true, force: true })
  }
}

async function measureEngine(name: string, url: string, count: number): Promise<boolean> {
  const filling = performance.now()
  const written = await fill(url, count)
  console.log(
    `${name}: filled in ${secondsSince(filling)} s; written as the gateway does: ${written.toFixed(0)} µs a generation`,
  )
  // The server does this by itself, some time after so many rows were written.
  if (name === 'PostgreSQL') await analyze(url)
  const storage = await openStorage(url)
  let isWithin = true
  for (const [query, limitMs, run] of queries) {
    const times: number[] = []
    for (let round = 0; round < rounds; round++) {
      const before = performance.now()
      await run(storage)
      times.push(performance.now() - before)
    }
    isWithin &&= median(times) <= limitMs
    console.log(`  ${query.padEnd(42)} ${figures(times)}${median(times) <= limitMs ? '' : `: MORE THAN ${limitMs} ms`}`)
  }
  const last = await write(storage, count, writtenAtLast, 10)
  console.log(`  ${'to write a generation to all of them'.padEnd(42)} ${((last / writtenAtLast) * 1e6).toFixed(0)} µs`)
  await measureRetention(storage, url, count + writtenAtLast)
  const isRight = await verify(storage)
  await storage.close()
  return isWithin && isRight
}

const secondsSince = (before: number): string => ((performance.now() - before) / 1000).toFixed(0)

function figures(times: readonly number[]): string {
  const [shortest, longest] = [Math.min(...times), Math.max(...times)]
  return `median ${median(times).toFixed(2)} ms, from ${shortest.toFixed(2)} to ${longest.toFixed(2)} ms`
}

/** Deletes the oldest generations, while others are written, and prints how long these waited. */
async function measureRetention(storage: Storage, url: string, next: number): Promise<void> {
  const engine = url.startsWith('sqlite:')
    ? await openSqlite(url.slice('sqlite:'.length), { durable: false, onNotice: () => {} })
    : await openPostgres(url)
  const oldest = await engine.db
    .selectFrom('generation')
    .select('createdAt')
    .orderBy('createdAt')
    .offset(deletedAtMost)
    .limit(1)
    .executeTakeFirst()
  const ended = new AbortController()
  const before = performance.now()
  const kept = { days: 0, bytes: null }
  const deleting = deleteOld(engine, kept, oldest?.createdAt ?? end, ended.signal).finally(() => ended.abort())
  const waits: number[] = []
  while (!ended.signal.aborted) {
    const writing = performance.now()
    await write(storage, next + waits.length * 10, 10, 10)
    waits.push(performance.now() - writing)
    await pause(50)
  }
  await deleting
  const perSecond = deletedAtMost / ((performance.now() - before) / 1000)
  await engine.close()
  console.log(
    `  ${'retention'.padEnd(42)} ${perSecond.toFixed(0)} a second; groups of ten written meanwhile: ${figures(waits)}`,
  )
}

/** Checks the books as `waygate ledger verify` does. */
async function verify({ books }: Storage): Promise<boolean> {
  const before = performance.now()
  const { generations, mistakes } = await books.read((state) => state.check())
  const found =
    mistakes.length === 0
      ? 'no mistake'
      : mistakes.map(({ kind, count, first }) => `${count} ${kind}: ${first[0]}`).join(', ')
  console.log(
    `  ${'ledger verify'.padEnd(42)} ${secondsSince(before)} s, ${generations.toLocaleString('en')} generations: ${found}`,
  )
  return mistakes.length === 0
}

async function analyze(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query('vacuum analyze')
  await client.end()
}
