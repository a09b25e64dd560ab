import { expect, test } from 'vitest'
import type { AnalyticsRow, AnalyticsStore } from '../../storage/stores/analytics-store.ts'
import { Analytics, type AnalyticsQuestion } from './analytics.ts'
import { percentile } from './percentile.ts'

const question: AnalyticsQuestion = {
  ...{ account: 'default', since: 0, until: 3_600_000, conditions: [] },
  granularity: 'day',
  dimensions: ['externalUser'],
  metrics: ['request_count'],
}
const journal = { emptied: () => Promise.resolve() }

/** A store whose pieces never end. */
const endless = (piece: (index: number) => readonly AnalyticsRow[]): AnalyticsStore => ({
  async *addUp() {
    for (let index = 0; ; index++) yield piece(index)
  },
})

test('a query that takes too long ends with 408', async () => {
  let time = 0
  const clock = { now: () => time, monotonic: () => time }
  const store = endless(() => {
    time += 3_000
    return []
  })
  await expect(new Analytics(store, journal, clock).answer(question)).rejects.toMatchObject({ status: 408 })
  expect(time).toBe(12_000)
})

test('a query with too many rows ends with 400', async () => {
  const clock = { now: () => 0, monotonic: () => 0 }
  const store = endless((piece) =>
    Array.from({ length: 30_000 }, (_, index) => ({ at: 0, values: [`${piece}-${index}`], sums: { requests: 1 } })),
  )
  await expect(new Analytics(store, journal, clock).answer(question)).rejects.toMatchObject({ status: 400 })
})

test('a query whose rows are too many in one piece ends with 400, and the store is asked for no more than one too many', async () => {
  const clock = { now: () => 0, monotonic: () => 0 }
  const asked: number[] = []
  const store: AnalyticsStore = {
    async *addUp({ mostRows }) {
      asked.push(mostRows)
      yield Array.from({ length: mostRows }, (_, index) => ({ at: 0, values: [`${index}`], sums: { requests: 1 } }))
    },
  }
  await expect(new Analytics(store, journal, clock).answer(question)).rejects.toMatchObject({ status: 400 })
  expect(asked).toEqual([100_001])
})

test('percentiles of a histogram', () => {
  expect(percentile('latency', {}, 0.5)).toBeNull()
  expect(percentile('latency', { latencyBelow100: 10 }, 0.5)).toBe(75)
  expect(percentile('latency', { latencyBelow50: 1, latencyBelow100: 1 }, 0.5)).toBe(50)
  expect(percentile('latency', { latencyBelow50: 94, latencyBelow3000: 6 }, 0.95)).toBe(2_167)
  expect(percentile('answerTime', { answerTimeMore: 3 }, 0.95)).toBe(120_000)
})
