import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { toRecordText } from '../../src/canonical/record-text.ts'
import { openStorage, type Storage } from '../../src/storage/open-storage.ts'
import { openPostgres } from '../../src/storage/sql/dialects/postgres/postgres-engine.ts'
import { openSqlite } from '../../src/storage/sql/dialects/sqlite/sqlite-engine.ts'
import type { Engine } from '../../src/storage/sql/engine.ts'
import { deleteOld, deleteOldContents } from '../../src/storage/sql/retention.ts'
import type { AnalyticsQuery } from '../../src/storage/stores/analytics-store.ts'
import type { BooksFilter } from '../../src/storage/stores/books-store.ts'
import { describePostgres } from '../engines/engines.ts'
import { keyRecord } from './key-store.ts'
import { generations } from './usage-store.ts'

interface Query {
  readonly sql: string
  readonly parameters: readonly unknown[]
}

const period = { account: 'default', since: Date.UTC(2026, 4, 1), until: Date.UTC(2026, 5, 1) }
const position = { createdAt: Date.UTC(2026, 4, 20), id: 'gen-1' }

const everything = { ...period, keyHash: 'default-a', model: 'acme/m1', provider: 'prov-a', externalUser: 'user-1' }

/** Reads the first two pages of an export. */
const exported =
  (filter: BooksFilter) =>
  ({ books }: Storage): Promise<unknown> =>
    books.read(async (state) => {
      const pages = state.generations(filter)[Symbol.asyncIterator]()
      return [await pages.next(), await pages.next()]
    })

const ofGeneration = { generationId: 'gen-1', account: 'default', createdAt: 5 }
const content = { ...ofGeneration, input: '{}', completion: null, reasoning: null, toolCalls: null, error: null }

/** Reads a piece of each table of an analytics query. */
const analysed =
  (query: Partial<AnalyticsQuery>) =>
  ({ analytics }: Storage): Promise<unknown> =>
    Array.fromAsync(
      analytics.addUp({
        ...{ account: 'default', since: period.since - 7_200_000, until: period.until + 3_600_000 },
        ...{
          step: null,
          dimensions: [],
          conditions: [],
          measures: ['cost', 'latencyBelow50', 'webCost'],
          mostRows: 100,
        },
        ...query,
      }),
    )
const ofKey = { dimension: 'keyHash', operator: 'in', values: ['default-a'], includeUnset: false } as const
const ofUser = { dimension: 'externalUser', operator: 'in', values: ['user-1'], includeUnset: true } as const

/**
 * What reads or changes rows while the gateway runs, and for the commands that read a part of the ledger, by what it is for. A check of the
 * books reads all of it.
 */
const reads: Readonly<Record<string, (storage: Storage, engine: Engine) => Promise<unknown>>> = {
  'a generation': ({ generations }) => generations.find('gen-1', 'default'),
  'a page': ({ generations }) => generations.page({ account: 'default' }, 50),
  'a later page': ({ generations }) => generations.page({ account: 'default' }, 50, position),
  'a page of a key': ({ generations }) => generations.page({ account: 'default', keyHash: 'default-a' }, 50, position),
  'a page of a model': ({ generations }) => generations.page({ account: 'default', model: 'acme/m1' }, 50, position),
  'a page of a provider': ({ generations }) =>
    generations.page({ account: 'default', provider: 'prov-a' }, 50, position),
  'a page of a user': ({ generations }) =>
    generations.page({ account: 'default', externalUser: 'user-1' }, 50, position),
  'a page of a session': ({ generations }) => generations.page({ account: 'default', sessionId: 's-1' }, 50, position),
  'a page of an app': ({ generations }) =>
    generations.page({ account: 'default', app: 'https://app.example' }, 50, position),
  'a page of expensive ones': ({ generations }) =>
    generations.page({ account: 'default', minCost: 900, operation: 'chat' }, 50, position),
  'a page of failures': ({ generations }) => generations.page({ account: 'default', failed: true }, 50, position),
  'a page of a period': ({ generations }) => generations.page(period, 50),
  'a page of everything at once': ({ generations }) =>
    generations.page({ ...everything, sessionId: 's-1', failed: true, app: 'App', minCost: 5 }, 50, position),
  'an export of an account': exported({ account: 'default' }),
  'an export of an account since a time': exported({ account: 'default', since: period.since }),
  'an export of a key in a month': exported({ keyHash: 'default-a', since: period.since, until: period.until }),
  'an export of a month': exported({ since: period.since, until: period.until }),
  'what a key spent': ({ usage }) => usage.spent('default-a', 0),
  'what a key spent in a month': ({ usage }) => usage.spent('default-a', period.since),
  'what a key spent, besides': ({ usage }) => usage.spent('default-a', period.since, ['gen-1', 'gen-2']),
  'what an account spent': ({ usage }) => usage.spentByAccount('default', 0),
  'what an account spent in a month': ({ usage }) => usage.spentByAccount('default', period.since),
  'what a key used with keys of its account': ({ usage }) => usage.byokSpent('default-a', 0),
  'what a key used with keys of its account, besides': ({ usage }) =>
    usage.byokSpent('default-a', period.since, ['gen-1']),
  'what an account used with its keys in a month': ({ usage }) => usage.byokSpentByAccount('default', period.since),
  'what an account spent, besides': ({ usage }) => usage.spentByAccount('default', period.since, ['gen-1']),
  'the keys of an account': ({ byok }) => byok.list('default'),
  'all keys': ({ keys }) => keys.list(),
  'all credits': ({ credits }) => credits.list(),
  'a new key': ({ keys }) => keys.insert(keyRecord({ hash: 'a', name: 'made' })),
  'the change of a key': ({ keys }) => keys.update('a', { disabled: true, updatedAt: 1 }),
  'the deletion of a key': ({ keys }) => keys.delete('a'),
  'the usage of keys': ({ usage }) => usage.ofKeys(['default-a', 'default-b'], period.until),
  'a month by model': ({ usage }) => usage.byModel(period),
  'a month by key': ({ usage }) => usage.byKey(period),
  'the activity': ({ usage }) => usage.activity(period),
  'the activity of a key': ({ usage }) => usage.activity(period, 'default-a'),
  'the hours of a period': ({ usage }) => usage.byHour(period, 'app'),
  'the hours of a period by user': ({ usage }) => usage.byHour(period, 'externalUser'),
  'analytics of a year by model': analysed({ step: 'day', dimensions: ['model', 'provider'] }),
  'analytics of a year by key': analysed({ step: null, dimensions: ['keyHash'] }),
  'analytics of a year of a key': analysed({ dimensions: ['model'], conditions: [ofKey] }),
  'analytics of a year by user': analysed({ step: 'day', dimensions: ['externalUser'] }),
  'analytics of hours': analysed({ step: 'hour', dimensions: ['app'], conditions: [ofUser] }),
  'analytics of minutes': analysed({ step: 'minute', until: period.since + 3_600_000 }),
  'the feedback on a generation': ({ feedback }) => feedback.list('gen-1', 'default'),
  'the content of a generation': ({ contents }) => contents.find('gen-1', 'default'),
  'the usage of models': ({ usage }) => usage.ofModels(period.since),
  'a feedback': ({ feedback }) =>
    feedback.put({ ...ofGeneration, keyHash: 'default-a', category: 'other', comment: null }),
  'a new content': ({ contents }) => contents.write([content]),
  'retention of contents': (_, engine) => deleteOldContents(engine, 1, period.until, unended),
  'retention by age': (_, engine) => deleteOld(engine, { days: 1, bytes: null }, period.since, unended),
  'retention by size': (_, engine) => deleteOld(engine, { days: 4_000, bytes: 100_000 }, period.until, unended),
}

const unended = new AbortController().signal

/** Opens a database with some generations, and collects the queries of what is read. */
async function collect(url: string): Promise<(name: string) => Promise<readonly Query[]>> {
  const collected: Query[] = []
  const log = ({ query: { sql, parameters } }: { readonly query: Query }): void => {
    if (/^(select|insert|update|delete)/.test(sql) && !sql.includes('pg_notify')) collected.push({ sql, parameters })
  }
  const storage = await openStorage(url, { log })
  const engine = url.startsWith('sqlite:')
    ? await openSqlite(url.slice('sqlite:'.length), { durable: false, onNotice: () => {} }, log)
    : await openPostgres(url, log)
  await storage.generations.write(generations(700).map(toRecordText))
  return async (name) => {
    collected.length = 0
    await reads[name]?.(storage, engine)
    expect(collected).not.toHaveLength(0)
    return [...collected]
  }
}

/**
 * `endpoint_total` has one row for each endpoint that was ever used, and is read when the first list of models is asked for. Keys and credits
 * are kept in memory, and read whole when they change.
 */
const small: ReadonlySet<string> = new Set(['endpoint_total', 'api_key', 'credit'])

describe('query plans: SQLite', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'waygate-plans-'))
  const file = join(directory, 'waygate.db')
  const queriesOf = await collect(`sqlite:${file}`)
  const database = new DatabaseSync(file)

  test.for(Object.keys(reads))('%s is found by indexes, in order', async (name) => {
    for (const { sql, parameters } of await queriesOf(name)) {
      const plan = database.prepare(`explain query plan ${sql}`).all(...parameters.map(String))
      const steps = plan.map(({ detail }) => String(detail))
      // Names of subqueries, which have one row each, begin with the parenthesis.
      const scanned = steps.flatMap((step) => /^SCAN (\w+)/.exec(step)?.[1] ?? [])
      // `sum` and `excepted` are subqueries, which have one row each.
      expect(scanned.filter((table) => !small.has(table) && !['sum', 'excepted', 'CONSTANT'].includes(table))).toEqual(
        [],
      )
      // The rows of one key are found without those of the other keys of its account.
      if (/\ba key\b/.test(name)) {
        expect(steps.filter((step) => /^SEARCH daily_key_usage (?!.*\bkey_hash=)/.test(step))).toEqual([])
      }
      if (name.includes('page')) expect(steps.filter((step) => step.includes('TEMP B-TREE'))).toEqual([])
    }
  })

  test('the check would notice a scan', () => {
    const plan = database.prepare('explain query plan select * from generation where cost > 5').all()
    expect(String(plan[0]?.['detail'])).toMatch(/^SCAN/)
    database.close()
    rmSync(directory, { recursive: true })
  })
})

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Cond'?: string
  readonly Plans?: readonly PlanNode[]
}

describePostgres('query plans', ({ newDatabase, query }) => {
  const opened = newDatabase().then(async (url) => ({ url, queriesOf: await collect(url) }))

  /** Lists the nodes of a plan. The table is so small that PostgreSQL would rather scan and sort it: it may, where no index will do. */
  async function nodesOf(sql: string, parameters: readonly unknown[]): Promise<readonly PlanNode[]> {
    const { url } = await opened
    const settings = ['enable_seqscan', 'enable_sort', 'enable_bitmapscan'].map((name) => `-c ${name}=off`).join(' ')
    const [row] = await query(
      `${url}?options=${encodeURIComponent(settings)}`,
      `explain (format json) ${sql}`,
      parameters,
    )
    return flat(Object(row)['QUERY PLAN'][0].Plan)
  }
  const flat = (node: PlanNode): readonly PlanNode[] => [node, ...(node.Plans ?? []).flatMap(flat)]
  const isScan = (node: PlanNode): boolean =>
    node['Relation Name'] !== undefined &&
    node['Node Type'] !== 'ModifyTable' &&
    !small.has(node['Relation Name']) &&
    node['Index Cond'] === undefined

  test.for(Object.keys(reads))('%s is found by indexes, in order', async (name) => {
    const { queriesOf } = await opened
    for (const { sql, parameters } of await queriesOf(name)) {
      const nodes = await nodesOf(sql, parameters)
      expect(nodes.filter(isScan)).toEqual([])
      if (name.includes('page')) expect(nodes.filter((node) => node['Node Type'].includes('Sort'))).toEqual([])
    }
  })

  test('the check would notice a scan', async () => {
    expect((await nodesOf('select * from generation where cost > 5', [])).filter(isScan)).toHaveLength(1)
  })
})
