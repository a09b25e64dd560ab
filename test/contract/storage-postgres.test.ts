import { expect, onTestFinished, test, vi } from 'vitest'
import { openStorage } from '../../src/storage/open-storage.ts'
import { describePostgres } from '../engines/engines.ts'
import { describeGenerationPages } from './generation-pages.ts'
import { describeGenerationStore, describeSharedGenerationStore } from './generation-store.ts'
import { describeKeyStore, keyRecord } from './key-store.ts'
import { describeUsageStore } from './usage-store.ts'

describePostgres('stores', ({ newDatabase, query }) => {
  const open = async () => openStorage(await newDatabase())
  describeGenerationStore('PostgreSQL', open)
  describeGenerationPages('PostgreSQL', open)
  describeUsageStore('PostgreSQL', open)
  describeKeyStore('PostgreSQL', open)
  describeSharedGenerationStore('PostgreSQL', newDatabase, openStorage)

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
