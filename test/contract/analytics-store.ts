import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { GenerationRecord } from '../../src/canonical/generation-record.ts'
import { toRecordText } from '../../src/canonical/record-text.ts'
import type { Storage } from '../../src/storage/open-storage.ts'
import type { AnalyticsCondition, AnalyticsQuery, Measure } from '../../src/storage/stores/analytics-store.ts'
import { buckets, histograms } from '../../src/storage/stores/usage-details.ts'
import type { UsageDimension } from '../../src/storage/stores/usage-store.ts'
import { generations } from './usage-store.ts'

const minuteMs = 60_000
const hourMs = 60 * minuteMs
const dayMs = 24 * hourMs
const firstDay = Date.UTC(2026, 4, 1)

/** Some have fees, and some times are exactly on the limits of buckets. */
const records: readonly GenerationRecord[] = generations(600, 11).map((record, index) => {
  const fee = { generationId: record.id, source: 'web', engine: 'exa', units: 1, results: null }
  const limits = [...histograms.latency, ...histograms.answerTime]
  return {
    ...record,
    ...(index % 5 === 0 && { latency: limits[index % limits.length] ?? 0, generationTime: limits[index % 13] ?? 0 }),
    fees:
      index % 7 === 0
        ? [
            { ...fee, sequence: 0, unit: 'search', amount: 4 },
            { ...fee, sequence: 1, unit: 'parsed-page', amount: 2 },
            { ...fee, sequence: 2, unit: 'fetch', amount: 1 },
          ]
        : [],
  }
})

/** What each measure is of one generation, by its definition. */
const measured: Readonly<Partial<Record<Measure, (record: GenerationRecord) => number>>> = {
  requests: () => 1,
  failures: ({ errorKind }) => (errorKind === null ? 0 : 1),
  promptTokens: ({ promptTokens }) => promptTokens ?? 0,
  cost: ({ cost }) => cost,
  byokCost: ({ upstreamCost }) => upstreamCost,
  latencyRequests: ({ latency }) => (latency === null ? 0 : 1),
  answerTime: ({ latency, generationTime }) => (latency === null ? 0 : generationTime),
  webCost: ({ fees }) => fees.reduce((sum, fee) => sum + (fee.unit === 'parsed-page' ? 0 : fee.amount), 0),
  fileCost: ({ fees }) => fees.reduce((sum, fee) => sum + (fee.unit === 'parsed-page' ? fee.amount : 0), 0),
  latencyBelow50: ({ latency }) => Number(latency !== null && latency < 50),
  latencyBelow100: ({ latency }) => Number(latency !== null && latency >= 50 && latency < 100),
  latencyBelow2000: ({ latency }) => Number(latency !== null && latency >= 1_500 && latency < 2_000),
  latencyMore: ({ latency }) => Number(latency !== null && latency >= 30_000),
  answerTimeBelow100: ({ latency, generationTime }) => Number(latency !== null && generationTime < 100),
  answerTimeBelow7500: ({ latency, generationTime: time }) => Number(latency !== null && time >= 5_000 && time < 7_500),
}
const measures: readonly Measure[] = [
  'requests',
  'failures',
  'promptTokens',
  'cost',
  'byokCost',
  'latencyRequests',
  'answerTime',
  'webCost',
  'fileCost',
  'latencyBelow50',
  'latencyBelow100',
  'latencyBelow2000',
  'latencyMore',
  'answerTimeBelow100',
  'answerTimeBelow7500',
]

const valueOf = (record: GenerationRecord, dimension: UsageDimension): string => {
  switch (dimension) {
    case 'keyHash':
      return record.keyHash
    case 'model':
      return record.endpoint === null ? '' : record.model
    case 'provider':
      return record.provider ?? ''
    case 'app':
      return record.httpReferer ?? record.appTitle ?? ''
    case 'externalUser':
      return record.externalUser ?? ''
  }
}

const meets = (record: GenerationRecord, condition: AnalyticsCondition): boolean => {
  const value = valueOf(record, condition.dimension)
  if ('value' in condition) {
    const { operator, value: bound } = condition
    if (value === '') return false
    if (operator === '>') return value > bound
    if (operator === '>=') return value >= bound
    return operator === '<' ? value < bound : value <= bound
  }
  if (value === '') return condition.includeUnset || (condition.operator === 'in' && condition.values.includes(''))
  return condition.values.includes(value) === (condition.operator === 'in')
}

/** Returns the beginning of the step that a moment is in. The first day of the records is a Friday, and the first of a month. */
function stepOf(step: AnalyticsQuery['step'], at: number): number | null {
  switch (step) {
    case null:
      return null
    case 'minute':
      return at - (at % minuteMs)
    case 'hour':
      return at - (at % hourMs)
    case 'day':
      return at - (at % dayMs)
    case 'week': {
      const firstMonday = firstDay + 3 * dayMs
      return firstMonday + Math.floor((at - firstMonday) / (7 * dayMs)) * 7 * dayMs
    }
    case 'month':
      return at < Date.UTC(2026, 5, 1) ? firstDay : Date.UTC(2026, 5, 1)
  }
}

/** Adds up generations one by one, by the definition of the query. */
function expected(query: AnalyticsQuery): ReadonlyMap<string, readonly number[]> {
  const groups = new Map<string, number[]>()
  for (const record of records) {
    const { account, createdAt } = record
    if (account !== query.account || createdAt < query.since || createdAt >= query.until) continue
    if (!query.conditions.every((condition) => meets(record, condition))) continue
    const at = stepOf(query.step, createdAt)
    const key = JSON.stringify([at, query.dimensions.map((dimension) => valueOf(record, dimension))])
    const sums = groups.get(key) ?? measures.map(() => 0)
    groups.set(
      key,
      sums.map((sum, index) => sum + (measured[measures[index] ?? 'requests']?.(record) ?? 0)),
    )
  }
  return groups
}

async function answered(storage: Storage, query: AnalyticsQuery): Promise<ReadonlyMap<string, readonly number[]>> {
  const groups = new Map<string, number[]>()
  for await (const rows of storage.analytics.addUp(query)) {
    for (const { at, values, sums } of rows) {
      const own = measures.map((measure) => sums[measure] ?? 0)
      if (own[0] === 0) continue
      const key = JSON.stringify([at, values])
      const known = groups.get(key) ?? measures.map(() => 0)
      groups.set(
        key,
        known.map((sum, index) => sum + (own[index] ?? 0)),
      )
    }
  }
  return groups
}

/** Describes the behaviour of every AnalyticsStore. `open` returns an empty storage. */
export function describeAnalyticsStore(name: string, open: () => Promise<Storage>): void {
  describe(`analytics store: ${name}`, () => {
    let storage: Storage
    beforeAll(async () => {
      storage = await open()
      const texts = records.map(toRecordText)
      // What is written twice counts once.
      for (let begin = 0; begin < texts.length; begin += 90)
        await storage.generations.write(texts.slice(begin, begin + 120))
    })
    afterAll(() => storage.close())

    const whole = { account: 'default', since: firstDay, until: firstDay + 40 * dayMs }
    const odd = { account: 'default', since: firstDay + 3 * dayMs + 5 * hourMs, until: firstDay + 30 * dayMs + hourMs }
    const within = { account: 'team', since: firstDay + 4 * dayMs + hourMs, until: firstDay + 4 * dayMs + 9 * hourMs }
    const all = { conditions: [], mostRows: 100_000 }
    const unfiltered = { ...all, measures }
    const among = (dimension: UsageDimension, values: readonly string[], includeUnset = false) =>
      ({ dimension, operator: 'in', values, includeUnset }) as const
    const notAmong = (dimension: UsageDimension, values: readonly string[], includeUnset = false) =>
      ({ dimension, operator: 'not in', values, includeUnset }) as const

    test.each<[string, AnalyticsQuery]>([
      ['a period as a whole', { ...whole, ...unfiltered, step: null, dimensions: [] }],
      ['another account', { ...whole, account: 'team', ...unfiltered, step: null, dimensions: ['model'] }],
      ['days by model and provider', { ...whole, ...unfiltered, step: 'day', dimensions: ['model', 'provider'] }],
      ['days that begin and end within one', { ...odd, ...unfiltered, step: 'day', dimensions: ['model'] }],
      ['days of keys', { ...odd, ...unfiltered, step: 'day', dimensions: ['keyHash', 'model'] }],
      ['days of users', { ...odd, ...unfiltered, step: 'day', dimensions: ['externalUser', 'app'] }],
      ['weeks', { ...odd, ...unfiltered, step: 'week', dimensions: ['model'] }],
      ['weeks of users', { ...whole, ...unfiltered, step: 'week', dimensions: ['externalUser'] }],
      ['months', { ...whole, ...unfiltered, step: 'month', dimensions: [] }],
      ['months of keys', { ...odd, ...unfiltered, step: 'month', dimensions: ['keyHash', 'model'] }],
      ['hours', { ...odd, ...unfiltered, step: 'hour', dimensions: ['provider'] }],
      ['a part of one day', { ...within, ...unfiltered, step: null, dimensions: ['app'] }],
      [
        'minutes',
        {
          ...{ ...whole, until: firstDay + 2 * dayMs },
          ...unfiltered,
          step: 'minute',
          dimensions: ['model', 'externalUser'],
        },
      ],
      [
        'filters',
        {
          ...odd,
          ...unfiltered,
          step: null,
          dimensions: ['model'],
          conditions: [among('provider', ['prov-a', 'none'])],
        },
      ],
      [
        'filters that take what is unset',
        {
          ...{ ...odd, ...unfiltered, step: 'day', dimensions: ['externalUser'] },
          conditions: [among('app', ['App'], true), notAmong('externalUser', ['user-1'], true)],
        },
      ],
      [
        'filters that leave out what is unset',
        { ...odd, ...unfiltered, step: null, dimensions: ['app'], conditions: [notAmong('app', ['App'])] },
      ],
      [
        'an empty list',
        {
          ...odd,
          ...unfiltered,
          step: null,
          dimensions: ['app'],
          conditions: [among('app', []), notAmong('model', [])],
        },
      ],
      [
        'comparisons',
        {
          ...{ ...odd, ...unfiltered, step: null, dimensions: ['keyHash'] },
          conditions: [
            { dimension: 'model', operator: '>', value: 'acme/m1' },
            { dimension: 'provider', operator: '<=', value: 'prov-a' },
          ],
        },
      ],
      [
        'filters of minutes',
        {
          ...{ ...whole, until: firstDay + 4 * dayMs, ...unfiltered, step: 'minute', dimensions: ['keyHash'] },
          conditions: [among('model', ['acme/m1']), notAmong('app', ['x'], true)],
        },
      ],
    ])('adds up %s', async (what, query) => {
      const sums = await answered(storage, query)
      if (!['an empty list'].includes(what)) expect(sums.size).toBeGreaterThan(0)
      expect(Object.fromEntries(sums)).toEqual(Object.fromEntries(expected(query)))
    })

    test('each histogram counts each generation with content once', async () => {
      const names = [...buckets.latency, ...buckets.answerTime]
      const query = { ...whole, ...all, step: null, dimensions: [], measures: names }
      const [rows = []] = await Array.fromAsync(storage.analytics.addUp(query))
      const sums = rows[0]?.sums ?? {}
      const withContent = records.filter(({ account, latency }) => account === 'default' && latency !== null).length
      for (const histogram of ['latency', 'answerTime'] as const) {
        const counted = buckets[histogram].reduce((sum, name) => sum + (sums[name] ?? 0), 0)
        expect(counted).toBe(withContent)
      }
    })

    test('builds no more rows of a piece than it may', async () => {
      for (const step of ['hour', 'day', 'week', 'month', null] as const) {
        const query = { ...odd, ...unfiltered, step, dimensions: ['model', 'externalUser'] } as const
        const pieces = await Array.fromAsync(storage.analytics.addUp({ ...query, mostRows: 2 }))
        expect(Math.max(...pieces.map((rows) => rows.length))).toBe(2)
      }
    })

    test('the books are in order', async () => {
      const check = await storage.books.read((books) => books.check())
      expect(check.mistakes.filter(({ kind }) => kind.startsWith('sums'))).toEqual([])
    })
  })
}
