import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { GenerationRecord } from '../../src/canonical/generation-record.ts'
import { toRecordText } from '../../src/canonical/record-text.ts'
import type { Storage } from '../../src/storage/open-storage.ts'
import type { UsageSums } from '../../src/storage/stores/usage-store.ts'
import { seededChance } from '../../src/util/seeded-chance.ts'
import { generationRecord } from './generation-record.ts'

const dayMs = 86_400_000
/** A Friday, the first of a month. */
const firstDay = Date.UTC(2026, 4, 1)
const days = 40

/** Creates generations of two accounts on forty days, failed and answered, with fees and without, on own credentials and on others. */
export function generations(count: number, seed = 7): readonly GenerationRecord[] {
  const chance = seededChance(seed)
  const one = <Item>(...items: readonly Item[]): Item => {
    const item = items[Math.floor(chance() * items.length)]
    if (item === undefined) throw new Error('There is nothing to choose from.')
    return item
  }
  const upTo = (most: number): number => Math.floor(chance() * most)
  return Array.from({ length: count }, (_, index) => {
    const account = one('default', 'team')
    const answered = chance() < 0.8
    const [promptCost, completionCost, otherCost, toolCost] = [upTo(1000), upTo(1000), upTo(10), upTo(5)]
    return generationRecord({
      id: `gen-${index}`,
      account,
      keyHash: `${account}-${one('a', 'b')}`,
      createdAt: firstDay + upTo(days * dayMs),
      model: one('acme/m1', 'acme/m2'),
      endpoint: answered ? one('prov-a/x', 'prov-b/x') : null,
      provider: answered ? one('prov-a', 'prov-b') : null,
      attempts: [],
      status: answered ? 200 : 502,
      errorKind: answered ? null : 'provider_unavailable',
      errorMessage: answered ? null : 'Provider returned error',
      promptTokens: one(null, upTo(5000)),
      completionTokens: one(null, upTo(500)),
      reasoningTokens: one(null, upTo(100)),
      cachedTokens: one(null, upTo(100)),
      promptCost,
      completionCost,
      otherCost,
      toolCost,
      cost: promptCost + completionCost + otherCost + toolCost,
      ...(chance() < 0.3 && { isByok: true, upstreamCost: upTo(1000) }),
      latency: one(null, upTo(2000)),
      generationTime: upTo(9000),
      externalUser: one(null, 'user-1', 'user "ü" 🙂'),
      sessionId: one(null, 's-1', 's-2'),
      httpReferer: one(null, 'https://app.example'),
      appTitle: one(null, 'App'),
    })
  })
}

/** Adds up generations one by one: what every query of the store must return for these. */
function sumsOf(records: readonly GenerationRecord[]): UsageSums {
  const sum = (value: (record: GenerationRecord) => number | null): number =>
    records.reduce((total, record) => total + (value(record) ?? 0), 0)
  return {
    requests: records.length,
    failures: sum(({ status }) => (status === 200 ? 0 : 1)),
    promptTokens: sum(({ promptTokens }) => promptTokens),
    completionTokens: sum(({ completionTokens }) => completionTokens),
    reasoningTokens: sum(({ reasoningTokens }) => reasoningTokens),
    cachedTokens: sum(({ cachedTokens }) => cachedTokens),
    cost: sum(({ cost }) => cost),
    promptCost: sum(({ promptCost }) => promptCost),
    completionCost: sum(({ completionCost }) => completionCost),
    otherCost: sum(({ otherCost }) => otherCost),
    toolCost: sum(({ toolCost }) => toolCost),
    byokCost: sum(({ upstreamCost }) => upstreamCost),
    latency: sum(({ latency }) => latency),
    latencyRequests: sum(({ latency }) => (latency === null ? 0 : 1)),
    generationTime: sum(({ generationTime }) => generationTime),
    lastUsedAt: Math.max(...records.map(({ createdAt }) => createdAt)),
  }
}

/** Groups generations as a query does, and adds each group up. */
const grouped = (
  records: readonly GenerationRecord[],
  fields: (record: GenerationRecord) => Readonly<Record<string, unknown>>,
): readonly unknown[] =>
  [...Map.groupBy(records, (record) => JSON.stringify(fields(record)))].map(([key, group]) => ({
    ...JSON.parse(key),
    ...sumsOf(group),
  }))

const sorted = (rows: readonly unknown[]): readonly unknown[] =>
  rows.toSorted((one, other) => (canonical(one) < canonical(other) ? -1 : 1))
const canonical = (row: unknown): string =>
  JSON.stringify(Object.entries(Object(row)).toSorted(([one], [other]) => (one < other ? -1 : 1)))

/** Describes the behaviour of every UsageStore. `open` returns an empty storage. */
export function describeUsageStore(name: string, open: () => Promise<Storage>): void {
  describe(`usage store: ${name}`, () => {
    const records = generations(700)
    let storage: Storage
    beforeEach(async () => {
      storage = await open()
      const texts = records.map(toRecordText)
      // In groups that overlap: what is written twice counts once.
      for (let begin = 0; begin < texts.length; begin += 90)
        await storage.generations.write(texts.slice(begin, begin + 120))
      await storage.generations.write(texts.slice(0, 50))
    })
    afterEach(() => storage.close())

    const period = { account: 'default', since: firstDay + 3 * dayMs, until: firstDay + 33 * dayMs }
    const inPeriod = records.filter(
      ({ account, createdAt }) => account === period.account && createdAt >= period.since && createdAt < period.until,
    )
    const dayOf = ({ createdAt }: GenerationRecord): number => createdAt - (createdAt % dayMs)
    // No endpoint answered and no call was made: the model is only a text of the caller.
    const modelOf = ({ endpoint, model }: GenerationRecord): string => (endpoint === null ? '' : model)

    test("an account's period by model and by key is the sum of its generations", async () => {
      expect(sorted(await storage.usage.byModel(period))).toEqual(
        sorted(grouped(inPeriod, (record) => ({ model: modelOf(record) }))),
      )
      expect(sorted(await storage.usage.byKey(period))).toEqual(
        sorted(grouped(inPeriod, ({ keyHash }) => ({ keyHash }))),
      )
    })

    test('the activity by day, model, endpoint and provider is the sum of the generations, of all keys and of one', async () => {
      const fields = (record: GenerationRecord) => ({
        day: dayOf(record),
        model: modelOf(record),
        endpoint: record.endpoint ?? '',
        provider: record.provider ?? '',
      })
      const rows = await storage.usage.activity(period)
      expect(sorted(rows)).toEqual(sorted(grouped(inPeriod, fields)))
      expect(rows.map(({ day }) => day)).toEqual(rows.map(({ day }) => day).toSorted((one, other) => other - one))
      const ofKey = inPeriod.filter(({ keyHash }) => keyHash === 'default-a')
      expect(sorted(await storage.usage.activity(period, 'default-a'))).toEqual(sorted(grouped(ofKey, fields)))
      expect(await storage.usage.activity({ ...period, account: 'team' }, 'default-a')).toEqual([])
    })

    test('the usage of hours by each dimension is the sum of the generations', async () => {
      const hourOf = ({ createdAt }: GenerationRecord): number => createdAt - (createdAt % 3_600_000)
      const names = {
        keyHash: ({ keyHash }: GenerationRecord) => keyHash,
        model: modelOf,
        provider: ({ provider }: GenerationRecord) => provider ?? '',
        app: ({ httpReferer, appTitle }: GenerationRecord) => httpReferer ?? appTitle ?? '',
        externalUser: ({ externalUser }: GenerationRecord) => externalUser ?? '',
      }
      for (const dimension of ['keyHash', 'model', 'provider', 'app', 'externalUser'] as const) {
        const expected = grouped(inPeriod, (record) => ({ hour: hourOf(record), name: names[dimension](record) }))
        expect(sorted(await storage.usage.byHour(period, dimension))).toEqual(sorted(expected))
      }
    })

    test('what keys have spent in all, today, this week and this month is the sum of their generations', async () => {
      // A Wednesday.
      const now = Date.UTC(2026, 5, 3, 13)
      const known = records.filter(({ createdAt }) => createdAt <= now)
      const other = await open()
      await other.generations.write(known.map(toRecordText))
      const spent = (keyHash: string, since: number) => {
        const { cost, byokCost } = sumsOf(
          known.filter((record) => record.keyHash === keyHash && record.createdAt >= since),
        )
        return { cost, byokCost }
      }
      const usage = await other.usage.ofKeys(['default-a', 'team-b', 'unused'], now)
      for (const keyHash of ['default-a', 'team-b']) {
        expect(usage.get(keyHash)).toEqual({
          total: spent(keyHash, 0),
          daily: spent(keyHash, Date.UTC(2026, 5, 3)),
          weekly: spent(keyHash, Date.UTC(2026, 5, 1)),
          monthly: spent(keyHash, Date.UTC(2026, 5, 1)),
          lastUsedAt: sumsOf(known.filter((record) => record.keyHash === keyHash)).lastUsedAt,
        })
        expect(await other.usage.spent(keyHash, 0)).toBe(spent(keyHash, 0).cost)
        expect(await other.usage.spent(keyHash, Date.UTC(2026, 5, 1))).toBe(spent(keyHash, Date.UTC(2026, 5, 1)).cost)
        expect(await other.usage.byokSpent(keyHash, 0)).toBe(spent(keyHash, 0).byokCost)
        expect(await other.usage.byokSpent(keyHash, Date.UTC(2026, 5, 1))).toBe(
          spent(keyHash, Date.UTC(2026, 5, 1)).byokCost,
        )
      }
      const nothing = { cost: 0, byokCost: 0 }
      const unused = { total: nothing, daily: nothing, weekly: nothing, monthly: nothing, lastUsedAt: null }
      expect(usage.get('unused')).toEqual(unused)
      expect(await other.usage.ofKeys([], now)).toEqual(new Map())
      await other.close()
    })

    test('a week that began in the month before is read whole', async () => {
      // A Friday, the first of a month.
      const now = Date.UTC(2026, 4, 1, 12)
      const at = (id: string, createdAt: number, cost: number) =>
        toRecordText(generationRecord({ id, keyHash: 'k', createdAt, cost }))
      await storage.generations.write([
        at('w-1', Date.UTC(2026, 3, 26, 23, 59), 1),
        at('w-2', Date.UTC(2026, 3, 27), 10),
        at('w-3', Date.UTC(2026, 3, 30, 23, 59), 100),
        at('w-4', Date.UTC(2026, 4, 1), 1000),
      ])
      expect((await storage.usage.ofKeys(['k'], now)).get('k')).toMatchObject({
        total: { cost: 1111 },
        weekly: { cost: 1110 },
        monthly: { cost: 1000 },
        daily: { cost: 1000 },
      })
    })

    test('a group that fails leaves no sums', async () => {
      const before = await storage.usage.spent('default-a', 0)
      const bad = [
        generationRecord({ id: 'new', keyHash: 'default-a' }),
        generationRecord({ id: 'bad', cost: Number.NaN }),
      ]
      await expect(storage.generations.write(bad.map(toRecordText))).rejects.toMatchObject({ transient: false })
      expect(await storage.usage.spent('default-a', 0)).toBe(before)
    })

    test('texts of callers are summed by, whatever they contain and however long they are', async () => {
      const texts = ['\0 \ud800', 'x'.repeat(512), 'ü🙂'.repeat(170), "'; drop table generation; --"]
      const records = texts.map((externalUser, index) =>
        generationRecord({
          id: `text-${index}`,
          account: 'texts',
          externalUser,
          model: externalUser,
          sessionId: externalUser.slice(0, 256),
          httpReferer: externalUser,
          userAgent: externalUser,
        }),
      )
      await storage.generations.write(records.map(toRecordText))
      const period = { account: 'texts', since: 0, until: 2_000_000_000_000 }
      const rows = await storage.usage.byHour(period, 'externalUser')
      expect(rows).toHaveLength(4)
      expect(rows.map(({ requests }) => requests)).toEqual([1, 1, 1, 1])
      expect(await storage.generations.find('text-0', 'texts')).toMatchObject({ externalUser: '\uFFFD \uFFFD' })
      expect(await storage.generations.find('text-2', 'texts')).toMatchObject({ externalUser: texts[2] })
    })
  })
}
