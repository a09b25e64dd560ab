import { copyFileSync, globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { migrations } from '../../src/storage/migrations/_registry.ts'
import { openStorage } from '../../src/storage/open-storage.ts'
import { openSqlite } from '../../src/storage/sql/dialects/sqlite/sqlite-engine.ts'

const directory = mkdtempSync(join(tmpdir(), 'waygate-migrations-'))
afterAll(() => rmSync(directory, { recursive: true }))

const fixtures = globSync(fileURLToPath(new URL('../fixtures/databases/*.db', import.meta.url))).toSorted()
const day = Date.UTC(2026, 10, 20)
const nextDay = day + 86_400_000

/** The tables and indexes of a database, with their columns, in an order that does not depend on how they were made. */
function schemaOf(file: string): readonly unknown[] {
  const database = new DatabaseSync(file, { readOnly: true })
  const tables = database.prepare(`select name from sqlite_master where type = 'table' order by name`).all()
  const schema = tables.map(({ name }) => ({
    name,
    columns: database.prepare(`select name, type, "notnull", pk from pragma_table_info('${name}') order by name`).all(),
    indexes: database
      .prepare(
        `select sql from sqlite_master where type = 'index' and tbl_name = '${name}' and sql is not null order by sql`,
      )
      .all(),
  }))
  database.close()
  return schema
}

test('there is a database of every version up to the first with summaries, and of much later ones', () => {
  const names = fixtures.map((file) => basename(file))
  expect(names).toEqual(['0001.db', '0002.db', '0003.db', '0004.db', '0005.db', '0006.db', '0025.db', '0026.db'])
})

describe.each(fixtures)('the database %s', (fixture) => {
  const file = join(directory, basename(fixture))

  test('is brought up to date: nothing is lost, and the sums are those of its generations', async () => {
    copyFileSync(fixture, file)
    const storage = await openStorage(`sqlite:${file}`)
    const keys = await storage.keys.list()
    expect(keys.map(({ hash }) => hash)).toEqual(['a'.repeat(64), 'b'.repeat(64)])
    expect(keys[0]).toMatchObject({ name: 'dev', includeByokInLimit: false })
    expect(new Set(keys.map(({ name }) => name)).size).toBe(2)

    expect(await storage.generations.find('gen-1', 'default')).toMatchObject({
      cost: 200_000,
      toolCost: 0,
      externalUser: 'user-1',
      appTitle: null,
      promptMedia: null,
      promptAudio: null,
      completionMedia: null,
      metadata: '{"a":"b"}',
      attempts: [
        { sequence: 0, status: 502, cost: 0, mayBillMore: false },
        { sequence: 1, status: 200, cost: 200_000, kind: 'first', tier: 'default', depth: 0, tool: null },
      ],
      fees: [],
    })
    expect(await storage.generations.find('gen-4', 'default')).toMatchObject({
      errorKind: 'not_found',
      errorMessage: null,
    })
    expect((await storage.generations.page({ account: 'default' }, 10)).generations.map(({ id }) => id)).toEqual([
      'gen-4',
      'gen-3',
      'gen-2',
      'gen-1',
    ])

    for (const step of ['hour', 'day'] as const) {
      const measures = ['latencyBelow200', 'answerTimeBelow500', 'answerTimeBelow1000', 'answerTime'] as const
      const query = {
        account: 'default',
        since: day,
        until: nextDay + 86_400_000,
        dimensions: [],
        conditions: [],
        mostRows: 100,
      }
      const rows = (await Array.fromAsync(storage.analytics.addUp({ ...query, step, measures }))).flat()
      expect(rows.find(({ at }) => at === day)?.sums).toEqual({
        ...{ latencyBelow200: 1, answerTimeBelow500: 1, answerTimeBelow1000: 0, answerTime: 450 },
      })
      // The others have no content.
      expect(rows.find(({ at }) => at === nextDay)?.sums.answerTime).toBe(0)
    }
    const { usage } = storage
    expect(await usage.spent('a'.repeat(64), 0)).toBe(200_050)
    expect(await usage.spent('a'.repeat(64), nextDay)).toBe(50)
    expect(await usage.spent('b'.repeat(64), 0)).toBe(0)
    const period = { account: 'default', since: day, until: nextDay + 86_400_000 }
    const none = { promptTokens: 0, completionTokens: 0, reasoningTokens: 0, cachedTokens: 0, cost: 0, promptCost: 0 }
    const rest = { completionCost: 0, otherCost: 0, toolCost: 0, byokCost: 0, latency: 0, latencyRequests: 0 }
    const activity = await usage.activity(period)
    expect(activity.toSorted((one, other) => one.lastUsedAt - other.lastUsedAt)).toEqual([
      {
        ...{ day, model: 'acme/m1', endpoint: 'prov-a', provider: 'prov-a', requests: 1, failures: 0 },
        ...{ promptTokens: 100, completionTokens: 50, reasoningTokens: 7, cachedTokens: 3 },
        ...{ cost: 200_000, promptCost: 100_000, completionCost: 90_000, otherCost: 10_000, toolCost: 0, byokCost: 0 },
        ...{ latency: 120, latencyRequests: 1, generationTime: 450, lastUsedAt: day },
      },
      {
        ...{ day: nextDay, model: 'acme/m1', endpoint: 'prov-a', provider: 'prov-a', requests: 1, failures: 0 },
        ...{ promptTokens: 100, completionTokens: 50, reasoningTokens: 7, cachedTokens: 3 },
        ...{ cost: 50, promptCost: 30, completionCost: 20, otherCost: 0, toolCost: 0, byokCost: 50 },
        ...{ latency: 0, latencyRequests: 0, generationTime: 450, lastUsedAt: nextDay },
      },
      {
        ...{ day: nextDay, model: 'acme/m1', endpoint: '', provider: '', requests: 1, failures: 1, ...none, ...rest },
        ...{ generationTime: 450, lastUsedAt: nextDay + 1 },
      },
      // No call was made for it: its model is only a text of the caller.
      {
        ...{ day: nextDay, model: '', endpoint: '', provider: '', requests: 1, failures: 1, ...none, ...rest },
        ...{ generationTime: 450, lastUsedAt: nextDay + 2 },
      },
    ])
    const apps = await usage.byHour(period, 'app')
    expect(
      apps
        .map(({ hour, name, requests }) => ({ hour, name, requests }))
        .toSorted((a, b) => a.hour - b.hour || a.requests - b.requests),
    ).toEqual([
      { hour: day, name: 'https://app.example', requests: 1 },
      { hour: nextDay, name: '', requests: 1 },
      { hour: nextDay, name: 'https://app.example', requests: 2 },
    ])
    expect(await usage.ofModels(nextDay)).toEqual([
      { model: 'acme/m1', day: null, requests: 1, tokens: 150 },
      { model: 'acme/m1', day: nextDay, requests: 1, tokens: 150 },
    ])
    await storage.close()
  })

  test('has then the schema of a new database', async () => {
    const fresh = join(directory, `new-${basename(fixture)}`)
    await (await openStorage(`sqlite:${fresh}`)).close()
    expect(schemaOf(file)).toEqual(schemaOf(fresh))
  })
})

/** The steps that were made beside one another: a database may have a later one and lack an earlier one. */
const independent = migrations.map(({ name }) => name).filter((name) => name > '0009')

describe.each(independent)('a database that lacks the step %s', (late) => {
  test('and has all others is brought up to date: it has then the schema of a new database', async () => {
    const file = join(directory, `without-${late}.db`)
    const engine = await openSqlite(file, { durable: false, onNotice: () => {} })
    await engine.transaction(async (transaction) => {
      await transaction.schema
        .createTable('schemaMigration')
        .addColumn('name', 'text', (column) => column.primaryKey())
        .addColumn('appliedAt', 'bigint', (column) => column.notNull())
        .execute()
      for (const { name, up } of migrations) {
        if (name === late) continue
        await up(transaction)
        await transaction.insertInto('schemaMigration').values({ name, appliedAt: 1 }).execute()
      }
    })
    await engine.close()
    await (await openStorage(`sqlite:${file}`)).close()
    const fresh = join(directory, `new-${late}.db`)
    await (await openStorage(`sqlite:${fresh}`)).close()
    expect(schemaOf(file)).toEqual(schemaOf(fresh))
  })
})
