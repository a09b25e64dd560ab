/** `npm run bench -- storage`: how long the queries of the ledger take with many generations, on SQLite and on PostgreSQL. */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import type { GenerationRecord } from '../src/canonical/generation-record.ts'
import { toRecordText } from '../src/canonical/record-text.ts'
import { openStorage, type Storage } from '../src/storage/open-storage.ts'
import { seededChance } from '../src/util/seeded-chance.ts'
import { findPostgres } from '../test/engines/find-engines.ts'
import { startPostgres, stopPostgres } from '../test/engines/postgres.ts'
import { generationRecord } from '../test/contract/generation-record.ts'
import { median } from './statistics.ts'

const dayMs = 86_400_000
const days = 60
const end = Date.UTC(2026, 10, 29)
const begin = end - days * dayMs
const groupSize = 1_000
const rounds = 30

/** The key that made a tenth of all generations. */
const busyKey = 'key-0'
const period = { account: 'default', since: end - 30 * dayMs, until: end }

const queries: readonly (readonly [name: string, limitMs: number, run: (storage: Storage) => Promise<unknown>])[] = [
  ['a page', 50, ({ generations }) => generations.page({ account: 'default' }, 50)],
  ['a page of a model', 50, ({ generations }) => generations.page({ account: 'default', model: 'acme/m7' }, 50)],
  ['a page of a user', 50, ({ generations }) => generations.page({ account: 'default', externalUser: 'user-77' }, 50)],
  ['a page of failures', 50, ({ generations }) => generations.page({ account: 'default', failed: true }, 50)],
  [
    'a page of a key and a model, far back',
    50,
    ({ generations }) =>
      generations.page({ account: 'default', keyHash: 'key-7', model: 'acme/m7' }, 50, {
        createdAt: begin + 10 * dayMs,
        id: '',
      }),
  ],
  ["an account's month by model", 50, ({ usage }) => usage.byModel(period)],
  ["an account's month by key", 50, ({ usage }) => usage.byKey(period)],
  ['GET /activity', 50, ({ usage }) => usage.activity(period)],
  ['GET /activity of a key', 50, ({ usage }) => usage.activity(period, busyKey)],
  ['GET /key', 5, ({ usage }) => usage.ofKeys([busyKey], end)],
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
export async function measureStorage(count: number): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), 'waygate-bench-storage-'))
  const programs = findPostgres()
  try {
    console.log(`${count.toLocaleString('en')} generations, ${days} days, 100 keys, 20 models, 5,000 users\n`)
    const file = join(directory, 'waygate.db')
    const sqlite = await measureEngine('SQLite', `sqlite:${file}`, count)
    console.log(`  file: ${Math.round(statSync(file).size / count)} bytes a generation\n`)
    if (programs === null) {
      console.log('PostgreSQL is not installed: apt-get install postgresql')
      return sqlite
    }
    const server = await startPostgres(programs, directory)
    const postgres = await measureEngine('PostgreSQL', `${server}/postgres`, count)
    return sqlite && postgres
  } finally {
    await stopPostgres(directory)
    rmSync(directory, { recursive: true, force: true })
  }
}

async function measureEngine(name: string, url: string, count: number): Promise<boolean> {
  const storage = await openStorage(url)
  const seconds = await fill(storage, count)
  console.log(`${name}: filled in ${seconds.toFixed(0)} s, ${((seconds / count) * 1e6).toFixed(0)} µs a generation`)
  // The server does this by itself, some time after so many rows were written.
  if (name === 'PostgreSQL') await analyze(url)
  let isWithin = true
  for (const [query, limitMs, run] of queries) {
    const times: number[] = []
    for (let round = 0; round < rounds; round++) {
      const before = performance.now()
      await run(storage)
      times.push(performance.now() - before)
    }
    const middle = median(times)
    isWithin &&= middle <= limitMs
    const [shortest, longest] = [Math.min(...times), Math.max(...times)]
    const figures = `median ${middle.toFixed(2)} ms, from ${shortest.toFixed(2)} to ${longest.toFixed(2)} ms`
    console.log(`  ${query.padEnd(40)} ${figures}${middle <= limitMs ? '' : `: MORE THAN ${limitMs} ms`}`)
  }
  await storage.close()
  return isWithin
}

async function analyze(url: string): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query('vacuum analyze')
  await client.end()
}

/** Writes generations as the gateway does, in groups, oldest first. Returns the seconds that it took. */
async function fill(storage: Storage, count: number): Promise<number> {
  const chance = seededChance(1)
  const before = performance.now()
  let making = group(0, count, chance)
  for (let first = 0; first < count; first += groupSize) {
    const writing = storage.generations.write(making)
    making = group(first + groupSize, count, chance)
    await writing
  }
  return (performance.now() - before) / 1000
}

const group = (first: number, count: number, chance: () => number): readonly string[] =>
  Array.from({ length: Math.max(0, Math.min(groupSize, count - first)) }, (_, index) =>
    toRecordText(generation(first + index, count, chance)),
  )

function generation(index: number, count: number, chance: () => number): GenerationRecord {
  const upTo = (most: number): number => Math.floor(chance() * most)
  const id = `gen-${1_700_000_000 + index}-${chance().toString(36).slice(2, 14)}`
  const failed = chance() < 0.02
  const model = `acme/m${upTo(20)}`
  const provider = `prov-${'abc'[upTo(3)]}`
  const [promptCost, completionCost] = [upTo(1_000_000), upTo(1_000_000)]
  const record = generationRecord({
    id,
    keyHash: chance() < 0.1 ? busyKey : `key-${1 + upTo(99)}`,
    createdAt: begin + Math.floor((index / count) * days * dayMs),
    requestedModel: model,
    model,
    provider,
    endpoint: provider,
    status: failed ? 502 : 200,
    errorKind: failed ? 'provider_unavailable' : null,
    cost: promptCost + completionCost,
    promptCost,
    completionCost,
    otherCost: 0,
    externalUser: `user-${upTo(5_000)}`,
    httpReferer: `https://app-${upTo(5)}.example`,
    attempts: [],
  })
  const [attempt] = generationRecord({ id }).attempts
  if (attempt === undefined) return record
  // Most are one call that answered, which has no row of its own.
  return { ...record, attempts: [{ ...attempt, model, provider, endpoint: provider, cost: record.cost }] }
}
