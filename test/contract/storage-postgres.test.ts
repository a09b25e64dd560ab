import { inspect } from 'node:util'
import { expect, onTestFinished, test, vi } from 'vitest'
import { toRecordText } from '../../src/canonical/record-text.ts'
import { openStorage, type Storage } from '../../src/storage/open-storage.ts'
import { describePostgres } from '../engines/engines.ts'
import { describeDestinationStore, describeSharedDestinationStore } from './destination-store.ts'
import { describeByokStore, describeSharedByokStore } from './byok-store.ts'
import { describeContentStore } from './content-store.ts'
import { describeFeedbackStore } from './feedback-store.ts'
import { describeGenerationPages } from './generation-pages.ts'
import { generationRecord } from './generation-record.ts'
import { describeGenerationStore, describeSharedGenerationStore } from './generation-store.ts'
import { describeKeyStore, keyRecord } from './key-store.ts'
import { describeLeaseStore } from './lease-store.ts'
import { describePresetStore, describeSharedPresetStore } from './preset-store.ts'
import { describeAnalyticsStore } from './analytics-store.ts'
import { describeUsageStore } from './usage-store.ts'

describePostgres('stores', ({ newDatabase, query }) => {
  const open = async () => openStorage(await newDatabase())
  describeGenerationStore('PostgreSQL', open)
  describeGenerationPages('PostgreSQL', open)
  describeUsageStore('PostgreSQL', open)
  describeAnalyticsStore('PostgreSQL', open)
  describeKeyStore('PostgreSQL', open)
  describeFeedbackStore('PostgreSQL', open)
  describeContentStore('PostgreSQL', open)
  describeByokStore('PostgreSQL', open)
  describeSharedByokStore('PostgreSQL', newDatabase, openStorage)
  describeDestinationStore('PostgreSQL', open)
  describeSharedDestinationStore('PostgreSQL', newDatabase, openStorage)
  describePresetStore('PostgreSQL', open)
  describeSharedPresetStore('PostgreSQL', newDatabase, openStorage)
  describeSharedGenerationStore('PostgreSQL', newDatabase, openStorage)
  describeLeaseStore('PostgreSQL', newDatabase, async (url, statement) => void (await query(url, statement)))

  test('a backup is left to pg_dump', async () => {
    const storage = await open()
    await expect(storage.backup('/tmp/never')).rejects.toThrow('pg_dump')
    await storage.close()
  })

  test('nothing is kept open once it is closed', async () => {
    const url = await newDatabase()
    const storage = await openStorage(url)
    storage.keys.onChange(() => {})
    await storage.keys.list()
    await storage.close()
    const name = new URL(url).pathname.slice(1)
    const open = `select count(*) from pg_stat_activity where datname = '${name}'`
    await expect.poll(async () => (await query(new URL('/postgres', url).href, open))[0]?.['count']).toBe('0')
  })

  test('a database of another program is named and left alone', async () => {
    const url = await newDatabase()
    await query(url, 'create table recipe (name text)')
    await expect(openStorage(url)).rejects.toThrow(
      /^The PostgreSQL database test_\w+ at 127.0.0.1:\d+ is a database of another program \(it has a table "recipe"\)/,
    )
    expect(await query(url, `select 1 from pg_tables where tablename = 'schema_migration'`)).toEqual([])
  })

  test('tables of another schema do not matter', async () => {
    const url = await newDatabase()
    await query(url, 'create table recipe (name text); create schema waygate')
    const storage = await openStorage(`${url}?options=${encodeURIComponent('-c search_path=waygate')}`)
    await storage.keys.insert(keyRecord({ hash: 'a' }))
    await storage.close()
    expect(await query(url, 'select hash from waygate.api_key')).toEqual([{ hash: 'a' }])
  })

  test('no failure quotes the password', async () => {
    const url = await newDatabase()
    const { port } = new URL(url)
    const secret = 'hunter2-canary'
    const broken = [
      `postgres://waygate:${secret}@127.0.0.1:${port}/no_such_database`,
      `postgres://nobody:${secret}@127.0.0.1:${port}/postgres`,
      `postgres://waygate:${secret}@127.0.0.1:1/postgres`,
      `postgres://waygate:${secret}@no-such-host.invalid/postgres`,
      `postgres://waygate:${secret}%@[::bad/postgres`,
    ]
    for (const address of broken) {
      const failure: unknown = await openStorage(address).catch((error: unknown) => error)
      expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain(secret)
      expect(String(failure)).toMatch(/The PostgreSQL database .* at .* cannot be opened|not a valid address/)
    }
  })

  test('a record is written by two nodes at once, and counts once', async () => {
    const url = await newDatabase()
    const nodes = [await openStorage(url), await openStorage(url)]
    const texts = Array.from({ length: 400 }, (_, index) =>
      toRecordText(generationRecord({ id: `gen-${index}`, cost: 1, keyHash: `key-${index % 7}` })),
    )
    const write = async (storage: Storage, group: readonly string[]): Promise<void> => {
      // Two that wait for each other are told so: then one tries again, as the journal does.
      await storage.generations.write(group).catch(async (error: unknown) => {
        expect(error).toMatchObject({ transient: true })
        await write(storage, group)
      })
    }
    await Promise.all(nodes.flatMap((node, index) => [write(node, index === 0 ? texts : texts.toReversed())]))
    let spent = 0
    for (let key = 0; key < 7; key++) spent += (await nodes[0]?.usage.spent(`key-${key}`, 0)) ?? 0
    expect(spent).toBe(400)
    for (const node of nodes) await node.close()
  })

  /** Opens a database twice, as two nodes do, and counts what the first one is told. */
  async function twoNodes() {
    const url = await newDatabase()
    const [one, other] = [await openStorage(url), await openStorage(url)]
    const listener = vi.fn<() => void>()
    one.keys.onChange(listener)
    onTestFinished(async () => {
      await one.close()
      await other.close()
    })
    // It is called once when it begins to listen.
    await expect.poll(() => listener.mock.calls.length).toBe(1)
    return { url, other, calls: () => listener.mock.calls.length }
  }

  test('a node is told of a change by another node, and is told nothing more', async () => {
    const { other, calls } = await twoNodes()
    await other.keys.insert(keyRecord({ hash: 'a' }))
    await expect.poll(calls).toBe(2)
    await other.keys.update('a', { disabled: true, updatedAt: 1 })
    await expect.poll(calls).toBe(3)
    await other.keys.list()
    expect(calls()).toBe(3)
  })

  test('all stores of a node share one connection that listens, which ends with the last of them', async () => {
    const [url, looked] = [await newDatabase(), vi.fn<() => void>()]
    const storage = await openStorage(url)
    const name = new URL(url).pathname.slice(1)
    const listening = `select count(*) from pg_stat_activity where datname = '${name}' and query in ('listen waygate_change', 'select 1')`
    const count = async () => (await query(new URL('/postgres', url).href, listening))[0]?.['count']
    const stops = [storage.keys.onChange(() => {}), storage.presets.onChange(looked), storage.byok.onChange(() => {})]
    await expect.poll(() => looked.mock.calls.length).toBe(1)
    expect(await count()).toBe('1')
    stops[0]?.()
    const other = await openStorage(url)
    await other.keys.insert(keyRecord({ hash: 'a' }))
    await expect.poll(() => looked.mock.calls.length).toBe(2)
    for (const stop of stops) stop()
    await expect.poll(count).toBe('0')
    await Promise.all([storage.close(), other.close()])
  })

  test('a node whose listening connection is lost looks by itself, and listens again', async () => {
    const { url, other, calls } = await twoNodes()
    const name = new URL(url).pathname.slice(1)
    const server = new URL('/postgres', url).href
    const listening = `from pg_stat_activity where datname = '${name}' and query in ('listen waygate_change', 'select 1')`
    await query(server, `alter database ${name} allow_connections false`)
    await query(server, `select pg_terminate_backend(pid) ${listening}`)
    await expect.poll(calls).toBeGreaterThan(3)
    await query(server, `alter database ${name} allow_connections true`)
    await expect.poll(async () => (await query(server, `select count(*) ${listening}`))[0]?.['count']).toBe('1')
    await expect.poll(calls).toBeGreaterThan(4)
    const before = calls()
    await other.keys.insert(keyRecord({ hash: 'a' }))
    await expect.poll(calls).toBeGreaterThan(before)
  })
})
