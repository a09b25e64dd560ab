import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { KilledGateway } from '../durability/killed-gateway.ts'

async function gateway(storage?: object): Promise<KilledGateway> {
  const directory = mkdtempSync(join(tmpdir(), 'waygate-killed-'))
  const killed = await KilledGateway.create(directory, { storage })
  onTestFinished(async () => {
    await killed.stop()
    rmSync(directory, { recursive: true, force: true })
  })
  return killed
}

test.each(['process', 'power'])(
  'durability %s: killed five times under load, every acknowledged reply is on record, once',
  async (durability) => {
    const killed = await gateway({ durability })
    for (let round = 0; round < 5; round++) {
      await killed.start()
      await killed.killUnderLoad(Math.random() * 300)
    }
    await killed.start()
    expect(await killed.faults()).toEqual([])
    expect(killed.sent.acknowledged.size).toBeGreaterThan(50)
    // What the killed processes left is in the database and deleted.
    await expect.poll(() => killed.journals().length).toBe(1)
  },
)

test('killed while another process holds the database locked, nothing is lost, and no request waits', async () => {
  const killed = await gateway()
  await killed.start()
  await killed.load(200)
  const outside = new DatabaseSync(killed.database, { timeout: 10_000 })
  onTestFinished(() => {
    if (outside.isOpen) outside.close()
  })
  outside.exec('begin immediate')
  for (let round = 0; round < 2; round++) {
    await killed.killUnderLoad(300)
    // It starts although the database is still locked.
    await killed.start()
  }
  await killed.load(300)
  outside.close()
  expect(await killed.faults()).toEqual([])
  expect(killed.sent.refused.size).toBe(0)
})

test('SIGTERM while another process holds the database locked loses none of 101 records', async () => {
  const killed = await gateway()
  await killed.start()
  const outside = new DatabaseSync(killed.database, { timeout: 10_000 })
  onTestFinished(() => {
    if (outside.isOpen) outside.close()
  })
  outside.exec('begin immediate')
  while (killed.sent.acknowledged.size < 101) await killed.ask()
  expect(await killed.end()).toBe(0)
  outside.close()
  await killed.start()
  expect(await killed.faults()).toEqual([])
  expect(killed.sent.acknowledged.size).toBe(101)
})

test('a database file that is deleted under load is told in the log and written again, with all that was in it', async () => {
  const killed = await gateway()
  await killed.start()
  await killed.load(300)
  expect(await killed.faults()).toEqual([])
  for (const suffix of ['', '-wal', '-shm']) rmSync(killed.database + suffix, { force: true })
  await killed.load(1_500)
  await expect.poll(() => killed.output).toContain('was deleted while it was in use. It was written again')
  await killed.killUnderLoad(300)
  await killed.start()
  expect(await killed.faults()).toEqual([])
  expect(killed.sent.refused.size).toBe(0)
})
