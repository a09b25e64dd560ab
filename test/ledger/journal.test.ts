import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join, relative } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { GenerationRecord } from '../../src/canonical/generation-record.ts'
import { toRecordText } from '../../src/canonical/record-text.ts'
import { Journal } from '../../src/ledger/journal/journal.ts'
import { lockFile } from '../../src/storage/file-lock.ts'
import { openStorage } from '../../src/storage/open-storage.ts'
import { generationRecord } from '../contract/generation-record.ts'
import {
  day,
  idsIn,
  keyHash,
  killed,
  locked,
  newDirectory,
  numbered,
  openJournal,
  segmentsIn,
} from './journal-under-test.ts'

/** Settles records in groups of a hundred, as they come under load. */
async function settleAll(journal: Journal, records: readonly GenerationRecord[]): Promise<void> {
  for (let from = 0; from < records.length; from += 100) {
    await Promise.all(records.slice(from, from + 100).map((record) => journal.settled(record)))
  }
}

const ids = (count: number): readonly string[] => numbered(count).map(({ id }) => id)

describe.each(['process', 'power'] as const)('durability %s', (durability) => {
  test('a record is in the files before its reply may end, whatever the database does', async () => {
    const { file, folder, journal } = await openJournal(newDirectory(), durability)
    locked(file)
    for (const record of numbered(20)) {
      await journal.settled(record)
      const { file: restored, journal: replayed } = await openJournal(killed(folder), durability)
      await replayed.emptied()
      expect(idsIn(restored).at(-1)).toBe(record.id)
    }
  })

  test('records that are settled together are written together, and all of them are in the files', async () => {
    const { file, folder, journal } = await openJournal(newDirectory(), durability)
    locked(file)
    await Promise.all(numbered(3000).map((record) => journal.settled(record)))
    const { file: restored, journal: replayed } = await openJournal(killed(folder), durability)
    await replayed.emptied()
    expect(idsIn(restored)).toEqual(ids(3000))
  })
})

describe('draining', () => {
  test('takes records to the database by itself, in order, and cuts the files', async () => {
    const { file, folder, journal } = await openJournal()
    // More than three files can hold.
    await settleAll(journal, numbered(6000))
    await expect.poll(() => journal.waiting).toBe(0)
    await journal.emptied()
    expect(idsIn(file)).toEqual(ids(6000))
    await expect.poll(() => segmentsIn(folder).length).toBe(2)
  })

  test('what is in the database is not replayed', async () => {
    const { folder, journal } = await openJournal()
    await Promise.all(numbered(10).map((record) => journal.settled(record)))
    await journal.emptied()
    await journal.settled(generationRecord({ id: 'gen-10' }))
    const { file: other, journal: replayed } = await openJournal(killed(folder))
    await replayed.emptied()
    expect(idsIn(other)).toEqual(['gen-10'])
  })

  test('a database that fails is tried again and reported once a second, and records are read back from the files', async () => {
    const { file, journal, errors } = await openJournal()
    const outside = new DatabaseSync(file)
    outside.exec('alter table generation rename to hidden')
    // 40 MB, of which 16 may be in memory.
    const metadata = JSON.stringify({ text: 'x'.repeat(10_000) })
    for (const record of numbered(4000, { metadata })) await journal.settled(record)
    await expect(journal.emptied()).rejects.toThrow('no such table')
    expect(await journal.find('gen-3999', 'default')).toMatchObject({ id: 'gen-3999' })
    expect(await journal.find('gen-3999', 'another')).toBeNull()
    expect(journal.waiting).toBe(4000)
    expect(journal.isFull).toBe(false)
    await expect.poll(() => errors.length).toBeGreaterThanOrEqual(2)
    expect(errors[0]).toMatch(/^The database takes no writes: no such table: .*records wait in the journal/)
    outside.exec('alter table hidden rename to generation')
    outside.close()
    await expect.poll(() => journal.waiting).toBe(0)
    expect(idsIn(file)).toEqual(ids(4000))
  })

  test('a record that the database will never accept is put aside, reported by name, and holds up no other', async () => {
    const { file, folder, journal, errors } = await openJournal()
    for (const record of numbered(50)) {
      void journal.settled(record.id === 'gen-33' ? { ...record, promptCost: Number.NaN } : record)
    }
    await journal.emptied()
    expect(idsIn(file)).toEqual(ids(50).filter((id) => id !== 'gen-33'))
    expect(errors).toEqual([expect.stringContaining('refuses Generation gen-33 (account default, 1 nano-USD)')])
    const aside = readFileSync(join(folder, 'refused.jsonl'), 'utf8')
    expect(JSON.parse(aside)).toMatchObject({ id: 'gen-33', cost: 1 })
  })

  test('what keys and accounts have spent is exact at every moment, waiting, under way or written', async () => {
    const { file, journal } = await openJournal()
    let settled = 0
    for (let round = 0; round < 40; round++) {
      const unlock = round % 10 === 5 ? locked(file) : null
      for (let index = 0; index < 60; index++) {
        const record = generationRecord({
          id: `gen-${round}-${index}`,
          createdAt: day + index,
          cost: 3,
          upstreamCost: 5,
        })
        settled += 3
        void journal.settled(record)
        if (index % 20 === 0) {
          const before = settled
          const sums = [journal.spent(keyHash, 0), journal.spent(keyHash, day), journal.spentByAccount('default', 0)]
          const byok = [journal.byokSpent(keyHash, day), journal.byokSpentByAccount('default', 0)]
          expect(await Promise.all(sums)).toEqual([before, before, before])
          expect(await Promise.all(byok)).toEqual([(before / 3) * 5, (before / 3) * 5])
        }
      }
      unlock?.()
    }
    expect(await journal.spent(keyHash, day + 86_400_000)).toBe(0)
    await journal.emptied()
    expect(await journal.spent(keyHash, 0)).toBe(settled)
    expect(await journal.byokSpent(keyHash, 0)).toBe((settled / 3) * 5)
    expect(await journal.byokSpentByAccount('another', 0)).toBe(0)
  })
})

test('what is read while an earlier read holds up the database counts each record once', async () => {
  const { generations, usage, close } = await openStorage('sqlite::memory:')
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const [first, second] = gates
  let reads = 0
  const spent: typeof usage.spent = async (...asked) => {
    await gates[reads++]?.promise
    return usage.spent(...asked)
  }
  const onError = (error: Error): never => {
    throw error
  }
  const stores = { store: generations, usage: { ...usage, spent } }
  const journal = await Journal.open({ folder: null, durability: 'process', lockFile, ...stores, onError })
  onTestFinished(async () => {
    await journal.close()
    await close()
  })
  const [record] = numbered(1)
  if (record === undefined) throw new Error('There is a record.')
  await journal.settled(record)
  const early = journal.spent(keyHash, 0)
  const emptied = journal.emptied()
  await setImmediate()
  const late = journal.spent(keyHash, 0)
  first?.resolve()
  expect(await early).toBe(1)
  await emptied
  second?.resolve()
  expect(await late).toBe(1)
})

describe('what a process left', () => {
  test.each([
    ['in the middle of a line', 10],
    ['before the end of a line', 1],
    ['in the checksum', Number.POSITIVE_INFINITY],
  ])('a last line that is torn %s is dropped, and every line before it counts', async (_, cut) => {
    const { file, folder, journal } = await openJournal()
    locked(file)
    for (const record of numbered(3)) await journal.settled(record)
    const directory = killed(folder)
    const [segment = ''] = segmentsIn(join(directory, 'journal'))
    const text = readFileSync(segment).toString('latin1')
    const end = text.lastIndexOf('\n') + 1
    const start = text.lastIndexOf('\n', end - 2) + 1
    truncateSync(segment, Math.max(start + 3, end - cut))
    const { file: restored, journal: replayed, errors } = await openJournal(directory)
    await replayed.emptied()
    // Without its line break a line is whole.
    expect(idsIn(restored)).toEqual(ids(cut === 1 ? 3 : 2))
    expect(errors).toEqual([])
  })

  test('a piece that is damaged is reported, and the lines around it count', async () => {
    const { file, folder, journal } = await openJournal()
    locked(file)
    for (const record of numbered(3)) await journal.settled(record)
    const directory = killed(folder)
    const [segment = ''] = segmentsIn(join(directory, 'journal'))
    const text = readFileSync(segment).toString('latin1')
    writeFileSync(segment, text.replace('gen-1"', 'gen-7"'), 'latin1')
    const { file: restored, journal: replayed, errors } = await openJournal(directory)
    await replayed.emptied()
    expect(idsIn(restored)).toEqual(['gen-0', 'gen-2'])
    expect(errors).toEqual([expect.stringMatching(/\.log holds 1 pieces that are no whole records/)])
  })

  test('zeros that a power failure left between lines are passed over', async () => {
    const { file, folder, journal } = await openJournal()
    locked(file)
    for (const record of numbered(3)) await journal.settled(record)
    const directory = killed(folder)
    const [segment = ''] = segmentsIn(join(directory, 'journal'))
    const bytes = readFileSync(segment)
    const from = bytes.indexOf('gen-1"')
    bytes.fill(0, from, bytes.indexOf('\n', from) + 1)
    writeFileSync(segment, bytes)
    const { file: restored, journal: replayed, errors } = await openJournal(directory)
    await replayed.emptied()
    expect(idsIn(restored)).toEqual(['gen-0', 'gen-2'])
    expect(errors).toHaveLength(1)
  })

  test('is replayed once, although it is adopted twice before it is deleted', async () => {
    const { file, folder, journal } = await openJournal()
    locked(file)
    for (const record of numbered(3)) await journal.settled(record)
    const again = killed(folder)
    const { journal: first, file: restored, close } = await openJournal(killed(folder))
    await first.emptied()
    await close()
    writeFileSync(join(again, 'waygate.db'), readFileSync(restored))
    const { journal: second, file: twice } = await openJournal(again)
    await second.emptied()
    expect(idsIn(twice)).toEqual(ids(3))
    expect(await second.spent(keyHash, 0)).toBe(3)
  })

  test('is deleted once it is in the database', async () => {
    const { file, folder, journal } = await openJournal()
    locked(file)
    await journal.settled(generationRecord({ id: 'gen-1' }))
    const directory = killed(folder)
    const { folder: other, journal: replayed } = await openJournal(directory)
    await replayed.emptied()
    await expect
      .poll(() => readdirSync(other, { withFileTypes: true }).filter((entry) => entry.isDirectory()).length)
      .toBe(1)
  })

  test('waits while the database is locked at the start, and counts', async () => {
    const { file, folder, journal } = await openJournal()
    locked(file)
    for (const record of numbered(3)) await journal.settled(record)
    const directory = killed(folder)
    const { close } = await openJournal(join(directory))
    await close()
    const again = killed(folder)
    writeFileSync(join(again, 'waygate.db'), readFileSync(file))
    const unlock = locked(join(again, 'waygate.db'))
    const { journal: replayed, file: restored } = await openJournal(again)
    expect(replayed.waiting).toBe(3)
    expect(await replayed.spent(keyHash, 0)).toBe(3)
    unlock()
    await replayed.emptied()
    expect(idsIn(restored)).toEqual(ids(3))
  })

  test('by another version is completed where a field is missing', async () => {
    const { file, folder, journal } = await openJournal()
    locked(file)
    await journal.settled(generationRecord({ id: 'gen-1' }))
    const directory = killed(folder)
    const { encodeLine } = await import('../../src/ledger/journal/line.ts')
    const { isByok, serviceTier, promptMedia, ...older } = JSON.parse(toRecordText(generationRecord({ id: 'gen-2' })))
    expect([isByok, serviceTier, promptMedia]).toEqual([false, 'default', 2])
    delete older.attempts[0].isByok
    const [segment = ''] = segmentsIn(join(directory, 'journal'))
    const bytes = readFileSync(segment)
    bytes.write(encodeLine({ kind: 'settled', text: JSON.stringify(older) }), bytes.lastIndexOf('\n') + 1)
    writeFileSync(segment, bytes)
    const { journal: replayed, file: restored, errors } = await openJournal(directory)
    await replayed.emptied()
    expect(idsIn(restored)).toEqual(['gen-1', 'gen-2'])
    expect(await replayed.find('gen-2', 'default')).toMatchObject({
      isByok: false,
      serviceTier: null,
      promptMedia: null,
      attempts: [{ isByok: false, tier: 'default' }],
    })
    expect(errors).toEqual([])
  })
})

describe('a generation that is underway', () => {
  const underway = (cost: number) => () =>
    generationRecord({ id: 'gen-1', createdAt: day, cost, cancelled: true, status: 0, attempts: [] })

  test('counts with its newest line where the process is killed before its end', async () => {
    const { file, folder, journal } = await openJournal()
    locked(file)
    for (const cost of [5, 12]) {
      journal.underway('gen-1', underway(cost))
      await journal.emptied().catch(() => {})
    }
    const { file: restored, journal: replayed } = await openJournal(killed(folder))
    await replayed.emptied()
    expect(idsIn(restored)).toEqual(['gen-1'])
    expect(await replayed.find('gen-1', 'default')).toMatchObject({ cost: 12, cancelled: true, status: 0 })
  })

  test('counts once, as it ended, where its end is in the files', async () => {
    const { file, folder, journal } = await openJournal()
    locked(file)
    journal.underway('gen-1', underway(5))
    await journal.emptied().catch(() => {})
    await journal.settled(generationRecord({ id: 'gen-1', createdAt: day, cost: 20 }))
    const { file: restored, journal: replayed, folder: next } = await openJournal(killed(folder))
    await replayed.emptied()
    // Nothing was added to the journal that took it over.
    expect(segmentsIn(next).map((path) => readFileSync(path, 'latin1').includes('gen-1'))).not.toContain(true)
    expect(idsIn(restored)).toEqual(['gen-1'])
    expect(await replayed.find('gen-1', 'default')).toMatchObject({ cost: 20, cancelled: false, status: 200 })
  })

  test('is not written where it ends in the same turn', async () => {
    const { file, folder, journal } = await openJournal()
    locked(file)
    journal.underway('gen-1', () => {
      throw new Error('Nobody asks for it.')
    })
    await journal.settled(generationRecord({ id: 'gen-1' }))
    expect(readFileSync(segmentsIn(folder)[0] ?? '', 'latin1')).not.toContain(' U ')
  })

  test('keeps its file until it ends, however many other records come after it', async () => {
    const { folder, journal } = await openJournal()
    journal.underway('gen-loop', () => generationRecord({ id: 'gen-loop', cost: 9, cancelled: true, status: 0 }))
    await settleAll(journal, numbered(6000))
    await journal.emptied()
    const { journal: replayed } = await openJournal(killed(folder))
    await replayed.emptied()
    expect(await replayed.find('gen-loop', 'default')).toMatchObject({ cost: 9, cancelled: true })
    await journal.settled(generationRecord({ id: 'gen-loop', cost: 10 }))
    await journal.emptied()
    await expect.poll(() => segmentsIn(folder).length).toBe(2)
    expect(await journal.find('gen-loop', 'default')).toMatchObject({ cost: 10, cancelled: false })
  })
})

describe('several processes', () => {
  const main = fileURLToPath(new URL('journal-process-main.ts', import.meta.url))
  const start = async (directory: string, name: string) => {
    const child = spawn(process.execPath, [main, directory, name], { stdio: ['pipe', 'pipe', 'inherit'] })
    onTestFinished(() => void child.kill('SIGKILL'))
    const [line] = await once(child.stdout, 'data')
    return { child, line: String(line) }
  }

  test('share the folder: each has its own journal, and only one that ended is adopted', async () => {
    const { directory, file, folder, close } = await openJournal()
    await close()
    const unlock = locked(file)
    const one = await start(directory, 'one')
    const two = await start(directory, 'two')
    // Both have settled a record that the locked database does not take. Neither was adopted by the other.
    expect([one.line, two.line]).toEqual(['one waits 1\n', 'two waits 1\n'])
    one.child.kill('SIGKILL')
    await once(one.child, 'close')
    const three = await start(directory, 'three')
    expect(three.line).toBe('three waits 2\n')
    unlock()
    await expect.poll(() => idsIn(file).toSorted()).toEqual(['gen-one', 'gen-three', 'gen-two'])
    for (const { child } of [two, three]) {
      child.stdin.end()
      expect((await once(child, 'close'))[0]).toBe(0)
    }
    expect(readdirSync(folder).filter((name) => /^\d/.test(name))).toEqual([])
  })
})

test('its files are for their owner alone, whatever the mode of the folder', async () => {
  const directory = newDirectory()
  mkdirSync(join(directory, 'journal'))
  chmodSync(join(directory, 'journal'), 0o777)
  const umask = process.umask(0)
  onTestFinished(() => void process.umask(umask))
  const { folder, journal } = await openJournal(directory)
  await journal.settled({ ...generationRecord({ id: 'gen-1' }), promptCost: Number.NaN })
  await journal.emptied()
  const own = readdirSync(folder).find((name) => /^\d/.test(name)) ?? ''
  const modes = [own, ...segmentsIn(folder).map((path) => relative(folder, path)), 'refused.jsonl'].map(
    (name) => statSync(join(folder, name)).mode & 0o777,
  )
  expect(modes).toEqual([0o700, 0o600, 0o600, 0o600])
})

describe('closing', () => {
  test('under a lock keeps everything in the files, soon', async () => {
    const { directory, file, journal, close, errors } = await openJournal()
    const unlock = locked(file)
    for (const record of numbered(101)) await journal.settled(record)
    const startedAt = performance.now()
    await close()
    expect(performance.now() - startedAt).toBeLessThan(5_000)
    expect(errors).toEqual([])
    unlock()
    expect(idsIn(file)).toEqual([])
    const { journal: next } = await openJournal(directory)
    await next.emptied()
    expect(idsIn(file)).toEqual(ids(101))
  })

  test('leaves no folder where everything is in the database', async () => {
    const { folder, journal, file, close } = await openJournal()
    for (const record of numbered(3)) await journal.settled(record)
    await close()
    expect(idsIn(file)).toEqual(ids(3))
    expect(readdirSync(folder).filter((name) => /^\d/.test(name))).toEqual([])
  })
})

describe('a disk', () => {
  test('without room for the next file is told before it is needed: the records underway still fit', async () => {
    const { file, folder, journal, errors } = await openJournal()
    locked(file)
    const own = readdirSync(folder).find((name) => /^\d/.test(name)) ?? ''
    const obstacle = join(folder, own, '00000003.log')
    mkdirSync(obstacle)
    let count = 0
    const records = numbered(10_000)
    while (!journal.isFull && count < records.length)
      await journal.settled(records[count++] ?? generationRecord({ id: '' }))
    expect(count).toBeGreaterThan(1300)
    expect(errors).toEqual([expect.stringContaining('The next file of the journal cannot be made')])
    for (let more = 0; more < 1000; more++) await journal.settled(records[count++] ?? generationRecord({ id: '' }))
    const left = killed(folder)
    rmSync(join(left, 'journal', own, '00000003.log'), { recursive: true })
    const { file: restored, journal: replayed } = await openJournal(left)
    await replayed.emptied()
    expect(idsIn(restored)).toEqual(ids(count))
    rmSync(obstacle, { recursive: true })
    await expect.poll(() => journal.isFull).toBe(false)
  })

  test('from which somebody deletes the files is noticed, and they are made again', async () => {
    const { folder, journal, errors } = await openJournal()
    const old = segmentsIn(folder)
    rmSync(folder, { recursive: true })
    await expect.poll(() => existsSync(folder) && segmentsIn(folder).length === 2).toBe(true)
    expect(errors).toEqual([expect.stringContaining('was deleted while it was in use')])
    expect(segmentsIn(folder)).not.toEqual(old)
    await journal.settled(generationRecord({ id: 'gen-1' }))
    await journal.emptied()
    expect(await journal.find('gen-1', 'default')).not.toBeNull()
  })
})
