import { describe, expect, onTestFinished, test } from 'vitest'
import type { AttemptRecord, FeeRecord, GenerationRecord } from '../../src/canonical/generation-record.ts'
import { toRecordText } from '../../src/canonical/record-text.ts'
import { openStorage } from '../../src/storage/open-storage.ts'
import type { BooksCheck } from '../../src/storage/stores/books-store.ts'
import { generationRecord } from './generation-record.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const start = Date.UTC(2026, 9, 30, 22, 15)

const attempt = (generationId: string, sequence: number, given: Partial<AttemptRecord>): AttemptRecord => ({
  generationId,
  sequence,
  endpoint: 'prov-a/turbo',
  provider: 'prov-a',
  providerName: 'Prov A',
  model: 'acme/m1',
  status: 200,
  latency: 5,
  errorKind: null,
  upstreamId: null,
  tier: 'default',
  kind: 'first',
  cost: 300,
  isByok: false,
  startedAfter: null,
  mayBillMore: false,
  depth: 0,
  tool: null,
  ...given,
})

const fee = (generationId: string, sequence: number, amount: number): FeeRecord => ({
  generationId,
  sequence,
  source: 'web',
  engine: 'exa',
  unit: 'search',
  units: 1,
  results: 5,
  amount,
})

/** Creates generations of two accounts and three keys on four days: with one attempt and with two, with fees and without, failed and answered. */
export const bookedGenerations = (count = 60): readonly GenerationRecord[] =>
  Array.from({ length: count }, (_, index) => {
    const id = `gen-${String(index).padStart(4, '0')}`
    const fees = index % 5 === 0 ? [fee(id, 0, 40), fee(id, 1, 2)] : []
    const toolCost = fees.length === 0 ? 0 : 42
    const account = index % 3 === 0 ? 'team' : 'default'
    const failed = index % 7 === 0
    return generationRecord({
      id,
      account,
      keyHash: `${account}-${index % 2}`,
      createdAt: start + Math.floor((index * 4 * dayMs) / count),
      endpoint: failed ? null : 'prov-a/turbo',
      provider: failed ? null : 'prov-a',
      model: failed ? `${'long🙂'.repeat(60)}${index}` : 'acme/m1',
      status: failed ? 404 : 200,
      errorKind: failed ? 'not_found' : null,
      errorMessage: failed ? 'There is no such model: long🙂.' : null,
      promptCost: failed ? 0 : 100,
      completionCost: failed ? 0 : 200,
      otherCost: 0,
      toolCost,
      cost: (failed ? 0 : 300) + toolCost,
      isByok: index % 4 === 0,
      upstreamCost: index % 4 === 0 && !failed ? 77 : 0,
      latency: failed ? null : 20,
      externalUser: index % 2 === 0 ? 'ü🙂'.repeat(99) : null,
      httpReferer: index % 4 === 1 ? 'https://app.example' : null,
      attempts: failed
        ? []
        : index % 6 === 1
          ? [
              attempt(id, 0, { status: 502, errorKind: 'provider_unavailable', cost: 0 }),
              attempt(id, 1, { kind: 'retry' }),
            ]
          : [attempt(id, 0, { upstreamId: 'chatcmpl-1' })],
      fees,
    })
  })

/** Statements that break the books, with the kinds of mistakes that follow, and what names the row of the first kind. */
const breaks: readonly (readonly [title: string, sql: readonly string[], kinds: readonly string[], named: string])[] = [
  [
    'the parts of a generation do not sum to its cost',
    [
      `update generation set prompt_cost = prompt_cost + 1, completion_cost = completion_cost - 2 where id = 'gen-0001'`,
    ],
    ['parts', 'sums-of-days', 'sums-of-hours'],
    'gen-0001',
  ],
  [
    'the fees of a generation do not sum to its tool cost',
    [`update generation_fee set amount = 41 where generation_id = 'gen-0005' and sequence = 0`],
    ['fees', 'sums-of-days', 'sums-of-hours'],
    'gen-0005',
  ],
  [
    'a fee is gone',
    [`delete from generation_fee where generation_id = 'gen-0010' and sequence = 1`],
    ['fees', 'sums-of-days', 'sums-of-hours'],
    'gen-0010',
  ],
  [
    'an attempt belongs to no generation',
    [`update generation_attempt set generation_id = 'gen-lost' where generation_id = 'gen-0013' and sequence = 0`],
    ['attempt-without-generation'],
    'gen-lost #0',
  ],
  [
    'a fee belongs to no generation',
    [`update generation_fee set generation_id = 'gen-lost' where generation_id = 'gen-0005' and sequence = 1`],
    ['fee-without-generation', 'fees', 'sums-of-days', 'sums-of-hours'],
    'gen-lost #1',
  ],
  [
    'a generation is there twice',
    [`insert into generation select * from generation where id = 'gen-0002'`],
    ['duplicate-generation', 'sums-of-days', 'sums-of-hours'],
    'gen-0002',
  ],
  [
    'an attempt is there twice',
    [
      `insert into generation_attempt select * from generation_attempt where generation_id = 'gen-0013' and sequence = 1`,
    ],
    ['duplicate-attempt'],
    'gen-0013 #1',
  ],
  [
    'an attempt is kept with the generation and has a row',
    [`update generation set attempt_latency = 5 where id = 'gen-0019'`],
    ['duplicate-attempt'],
    'gen-0019',
  ],
  [
    'a fee is there twice',
    [`insert into generation_fee select * from generation_fee where generation_id = 'gen-0005' and sequence = 0`],
    ['duplicate-fee', 'fees', 'sums-of-days', 'sums-of-hours'],
    'gen-0005 #0',
  ],
  ['credits are there twice', [`insert into credit select * from credit`], ['duplicate-credit'], 'credit-1'],
  [
    'a cost is negative',
    [`update generation set prompt_cost = -100, completion_cost = 400 where id = 'gen-0001'`],
    ['amount-of-generation', 'sums-of-days', 'sums-of-hours'],
    'gen-0001',
  ],
  [
    'the cost of an attempt is negative',
    [`update generation_attempt set cost = -1 where generation_id = 'gen-0013' and sequence = 1`],
    ['amount-of-attempt'],
    'gen-0013 #1',
  ],
  [
    'a fee is negative',
    [
      `update generation_fee set amount = -2 where generation_id = 'gen-0005' and sequence = 1`,
      `update generation_fee set amount = 44 where generation_id = 'gen-0005' and sequence = 0`,
    ],
    ['amount-of-fee'],
    'gen-0005 #1',
  ],
  ['credits are 0', [`update credit set amount = 0`], ['amount-of-credit'], 'credit-1'],
  [
    'credits were added after more spending than there is',
    [`update credit set spent_before = 1000000000`],
    ['credit-before-spending'],
    'credit-1',
  ],
  [
    'a sum by hour is too large',
    [
      `update hourly_usage set cost = cost + 1 where account = 'team' and hour = (select max(hour) from hourly_usage where account = 'team')`,
    ],
    ['sums-among-sums', 'sums-of-hours'],
    'hourly_total and hourly_usage: ',
  ],
  [
    'a sum by key and day is too small',
    [
      `update daily_key_usage set completion_tokens = completion_tokens - 1 where key_hash = 'team-0' and endpoint <> ''`,
    ],
    ['sums-among-sums', 'sums-of-days'],
    'and daily_key_usage: ',
  ],
  [
    'the total of a day is too large',
    [`update daily_usage set requests = requests + 1 where account = 'team'`],
    ['sums-among-sums'],
    'daily_usage and daily_key_usage: account team, day 2026-',
  ],
  [
    'what a key spent on a day is too small',
    [`update daily_key_total set cost = 0 where key_hash = 'default-1'`],
    ['sums-among-sums'],
    'daily_key_total and ',
  ],
  [
    'what a key spent in all is too small, beside the totals of its days',
    [`update key_total set cost = 0, requests = 0 where key_hash = 'default-1'`],
    ['sums-among-sums'],
    'key_total and daily_key_total: keyHash default-1, account default',
  ],
  [
    'a bucket of an hour counts one too many',
    [
      `update hourly_usage set latency_below50 = latency_below50 + 1
       where account = 'team' and hour = (select max(hour) from hourly_usage where account = 'team')`,
    ],
    ['sums-of-hours'],
    'account team',
  ],
  [
    'the fees for searches of a day are too small',
    [`update daily_usage set web_cost = web_cost - 1 where account = 'team'`],
    ['sums-among-sums'],
    'daily_usage and daily_key_usage: account team, day 2026-',
  ],
  [
    'the total of an endpoint is too large',
    [`update endpoint_total set latency = latency + 1 where endpoint <> ''`],
    ['sums-among-sums'],
    'endpoint_total and daily_key_usage: ',
  ],
  [
    'the total of an hour is gone',
    [`delete from hourly_total where hour = (select min(hour) from hourly_total)`],
    ['sums-among-sums'],
    'hourly_total and hourly_usage: ',
  ],
  [
    'the time of the last use is wrong',
    [`update daily_key_usage set last_used_at = last_used_at + 1 where key_hash = 'team-1' and endpoint <> ''`],
    ['sums-among-sums', 'sums-of-days'],
    'and daily_key_usage: ',
  ],
  [
    'generations in the middle were deleted',
    [
      `delete from generation_fee where generation_id = 'gen-0030'`,
      `delete from generation_attempt where generation_id = 'gen-0030'`,
      `delete from generation where id = 'gen-0030'`,
    ],
    ['sums-of-days', 'sums-of-hours'],
    'keyHash team-0, day 2026-11-01T00:00:00.000Z, model acme/m1',
  ],
]

/** What a test can do to a database that the store never does. */
export interface BreakableDatabase {
  readonly url: string
  /** Runs statements under which no constraint holds. */
  run(statements: readonly string[]): Promise<void>
}

/** Lets every table take what its constraints would refuse. */
export const withoutKeys = (tables: readonly string[]): readonly string[] =>
  tables.flatMap((table) => [
    `alter table ${table} rename to ${table}_old`,
    `create table ${table} as select * from ${table}_old`,
  ])

export const breakableTables = ['generation', 'generation_attempt', 'generation_fee', 'credit']

/** Describes how the store of the books works, on every engine. */
export function describeBooksStore(engine: string, newDatabase: () => Promise<BreakableDatabase>): void {
  describe(`the books on ${engine}`, () => {
    /** Fills a database, breaks it, and checks it. */
    async function checked(statements: readonly string[], records = bookedGenerations()): Promise<BooksCheck> {
      const { url, run } = await newDatabase()
      const filled = await openStorage(url)
      await filled.generations.write(records.map(toRecordText))
      const spentBefore = 20
      await filled.credits.add({
        id: 'credit-1',
        account: 'team',
        amount: 5,
        spentBefore,
        createdAt: start,
        note: null,
      })
      await filled.close()
      if (statements.length > 0) await run(statements)
      const storage = await openStorage(url)
      onTestFinished(() => storage.close())
      return storage.books.read((books) => books.check())
    }

    test('are in order as they are written', async () => {
      expect(await checked([])).toEqual({
        generations: 60,
        attempts: 34,
        fees: 24,
        credits: 1,
        sumsSince: { hours: 0, days: 0 },
        mistakes: [],
      })
    })

    test.each(breaks)('a check finds that %s', async (_, sql, kinds, named) => {
      const { mistakes } = await checked(sql)
      expect(mistakes.map(({ kind }) => kind).toSorted()).toEqual(kinds)
      const first = mistakes.find(({ kind }) => kind === kinds[0])
      expect(first?.first.join('\n')).toContain(named)
      expect(first?.count).toBe(first?.first.length)
    })

    test('a check names twenty mistakes of a kind and counts all', async () => {
      const { mistakes } = await checked(['update generation set cost = cost + 1'])
      expect(mistakes.find(({ kind }) => kind === 'parts')).toMatchObject({ count: 60, first: { length: 20 } })
    })

    test('a check of books whose oldest part was deleted says since when the sums could be compared', async () => {
      const oldest = start + dayMs
      const retained = [
        `delete from generation_fee where generation_id in (select id from generation where created_at < ${oldest})`,
        `delete from generation_attempt where generation_id in (select id from generation where created_at < ${oldest})`,
        `delete from generation where created_at < ${oldest}`,
      ]
      const { mistakes, sumsSince } = await checked(retained)
      expect(mistakes).toEqual([])
      expect(sumsSince).toEqual({ hours: Date.UTC(2026, 9, 31, 23), days: Date.UTC(2026, 10, 1) })
      const wrong = `update hourly_usage set cost = cost + 1 where hour = (select min(hour) from hourly_usage)`
      expect((await checked([...retained, wrong])).mistakes).toMatchObject([{ kind: 'sums-among-sums' }])
      const recent = `update hourly_usage set requests = requests + 1 where hour = (select max(hour) from hourly_usage)`
      expect((await checked([...retained, recent])).mistakes.map(({ kind }) => kind)).toContain('sums-of-hours')
    })

    test('generations are read whole, oldest first, over the ends of pages', async () => {
      const records = bookedGenerations(1201)
      const { url } = await newDatabase()
      const storage = await openStorage(url)
      onTestFinished(() => storage.close())
      await storage.generations.write(records.toReversed().map(toRecordText))
      const readAll = (filter: Parameters<Parameters<Parameters<typeof storage.books.read>[0]>[0]['generations']>[0]) =>
        storage.books.read(async (books) => (await Array.fromAsync(books.generations(filter))).flat())
      expect(await readAll({})).toEqual(records)
      const [since, until] = [start + dayMs, start + 2 * dayMs]
      expect(await readAll({ account: 'team', keyHash: 'team-1', since, until })).toEqual(
        records.filter(
          ({ account, keyHash, createdAt }) =>
            account === 'team' && keyHash === 'team-1' && createdAt >= since && createdAt < until,
        ),
      )
    })

    test('what is written while they are read does not appear', async () => {
      const { url } = await newDatabase()
      const [reader, writer] = [await openStorage(url), await openStorage(url)]
      onTestFinished(async () => {
        await reader.close()
        await writer.close()
      })
      const [first, second] = bookedGenerations(2).map(toRecordText)
      await writer.generations.write([first ?? ''])
      await reader.books.read(async (books) => {
        expect(await books.check()).toMatchObject({ generations: 1 })
        await writer.generations.write([second ?? ''])
        expect(await books.check()).toMatchObject({ generations: 1, mistakes: [] })
      })
      expect(await reader.books.read((books) => books.check())).toMatchObject({ generations: 2, mistakes: [] })
    })
  })
}
