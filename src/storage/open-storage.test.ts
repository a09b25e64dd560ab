import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, describe, expect, test } from 'vitest'
import { describeAnalyticsStore } from '../../test/contract/analytics-store.ts'
import { describeByokStore, describeSharedByokStore } from '../../test/contract/byok-store.ts'
import { describeDestinationStore, describeSharedDestinationStore } from '../../test/contract/destination-store.ts'
import { describePresetStore, describeSharedPresetStore } from '../../test/contract/preset-store.ts'
import { generationRecord } from '../../test/contract/generation-record.ts'
import { describeContentStore } from '../../test/contract/content-store.ts'
import { describeFeedbackStore } from '../../test/contract/feedback-store.ts'
import { describeGenerationPages } from '../../test/contract/generation-pages.ts'
import { describeGenerationStore, describeSharedGenerationStore } from '../../test/contract/generation-store.ts'
import { describeKeyStore, describeSharedKeyStore, keyRecord } from '../../test/contract/key-store.ts'
import { toRecordText } from '../canonical/record-text.ts'
import { describeLeaseStore } from '../../test/contract/lease-store.ts'
import { describeUsageStore } from '../../test/contract/usage-store.ts'
import { openStorage } from './open-storage.ts'

const directory = mkdtempSync(join(tmpdir(), 'waygate-storage-'))
afterAll(() => rmSync(directory, { recursive: true }))

let files = 0
const newFile = (): string => join(directory, `${++files}.db`)
const newUrl = (): string => `sqlite:${newFile()}`

describeGenerationStore('SQLite file', () => openStorage(newUrl()))
describeGenerationStore('SQLite in memory', () => openStorage('sqlite::memory:'))
describeSharedGenerationStore('SQLite file', newUrl, openStorage)
describeGenerationPages('SQLite file', () => openStorage(newUrl()))
describeUsageStore('SQLite file', () => openStorage(newUrl()))
describeAnalyticsStore('SQLite file', () => openStorage(newUrl()))
describeKeyStore('SQLite file', () => openStorage(newUrl()))
describeFeedbackStore('SQLite file', () => openStorage(newUrl()))
describeContentStore('SQLite file', () => openStorage(newUrl()))
describeKeyStore('SQLite in memory', () => openStorage('sqlite::memory:'))
describeSharedKeyStore('SQLite file', newUrl, openStorage)
describeByokStore('SQLite file', () => openStorage(newUrl()))
describeByokStore('SQLite in memory', () => openStorage('sqlite::memory:'))
describeSharedByokStore('SQLite file', newUrl, openStorage)
describeDestinationStore('SQLite file', () => openStorage(newUrl()))
describeSharedDestinationStore('SQLite file', newUrl, openStorage)
describePresetStore('SQLite file', () => openStorage(newUrl()))
describePresetStore('SQLite in memory', () => openStorage('sqlite::memory:'))
describeSharedPresetStore('SQLite file', newUrl, openStorage)
describeLeaseStore('SQLite file', newUrl, async (url, statement) => {
  const outside = new DatabaseSync(url.slice('sqlite:'.length), { timeout: 10_000 })
  outside.exec(statement)
  outside.close()
})

describe('opening', () => {
  test('makes the directory, for its owner alone, and keeps what is there', async () => {
    const file = join(directory, 'new', 'deeper', 'waygate.db')
    const first = await openStorage(`sqlite:${file}`)
    await first.generations.write([toRecordText(generationRecord({ id: 'gen-1' }))])
    await first.close()
    expect(statSync(join(directory, 'new')).mode & 0o777).toBe(0o700)
    const second = await openStorage(`sqlite:${file}`)
    expect(await second.generations.find('gen-1', 'default')).not.toBeNull()
    await second.close()
    expect(existsSync(`${file}-wal`)).toBe(false)
  })

  test('its files are for their owner alone, also in a directory that is open to all', async () => {
    const open = join(directory, 'open')
    mkdirSync(open)
    chmodSync(open, 0o777)
    const file = join(open, 'waygate.db')
    const umask = process.umask(0)
    try {
      const storage = await openStorage(`sqlite:${file}`)
      await storage.generations.write([toRecordText(generationRecord({ id: 'gen-1' }))])
      const modes = ['', '-wal', '-shm'].map((suffix) => [suffix, (statSync(file + suffix).mode & 0o777).toString(8)])
      expect(modes).toEqual([
        ['', '600'],
        ['-wal', '600'],
        ['-shm', '600'],
      ])
      await storage.close()
      const deeper = join(open, 'new', 'deeper')
      await (await openStorage(`sqlite:${join(deeper, 'waygate.db')}`)).close()
      for (const folder of [deeper, join(open, 'new')]) expect(statSync(folder).mode & 0o777).toBe(0o700)
      expect(statSync(open).mode & 0o777).toBe(0o777)
    } finally {
      process.umask(umask)
    }
  })

  test("an older Waygate's database is brought up to date: the call that answered cost all there was", async () => {
    const file = newFile()
    const before = await openStorage(`sqlite:${file}`)
    const [answered] = generationRecord({ id: 'gen-1' }).attempts
    if (answered === undefined) throw new Error('A generation has an attempt.')
    const attempts = [
      { ...answered, status: 502 },
      { ...answered, sequence: 1 },
    ]
    await before.generations.write([toRecordText(generationRecord({ id: 'gen-1', cost: 42, attempts }))])
    await before.close()
    const database = new DatabaseSync(file)
    for (const column of ['tier', 'kind', 'cost']) database.exec(`alter table generation_attempt drop column ${column}`)
    database.exec(`delete from schema_migration where name = '0002-attempt-costs'`)
    database.close()
    const after = await openStorage(`sqlite:${file}`)
    expect(await after.generations.find('gen-1', 'default')).toMatchObject({
      attempts: [
        { status: 502, tier: 'default', kind: 'first', cost: 0 },
        { status: 200, tier: 'default', kind: 'first', cost: 42 },
      ],
    })
    await after.close()
  })

  test('of keys that had one name before names were unique, the oldest keeps it', async () => {
    const file = newFile()
    await (await openStorage(`sqlite:${file}`)).close()
    const database = new DatabaseSync(file)
    database.exec(`drop index api_key_name; delete from schema_migration where name = '0003-unique-key-names'`)
    const insert = database.prepare(
      `insert into api_key (hash, name, label, account, management, disabled, created_at) values (?, ?, '', ?, 0, 0, ?)`,
    )
    insert.run('aaaaaaaaaa', 'dev', 'default', 2)
    insert.run('bbbbbbbbbb', 'dev', 'default', 1)
    insert.run('cccccccccc', 'dev', 'default', 2)
    insert.run('dddddddddd', 'dev', 'other', 3)
    insert.run('eeeeeeeeee', 'ops', 'default', 4)
    database.close()
    const storage = await openStorage(`sqlite:${file}`)
    expect((await storage.keys.list()).map(({ account, name }) => `${account} ${name}`)).toEqual([
      'default dev',
      'default dev (aaaaaaaa)',
      'default dev (cccccccc)',
      'other dev',
      'default ops',
    ])
    await storage.close()
  })

  test('a file that is no database is named and left alone', async () => {
    const file = newFile()
    writeFileSync(file, 'models:\n'.repeat(1000))
    await expect(openStorage(`sqlite:${file}`)).rejects.toThrow(
      `${file} is not a Waygate database. Move it away, or set storage.url to another file.`,
    )
    expect(statSync(file).size).toBe(8000)
  })

  test("another program's database is named and left alone", async () => {
    const file = newFile()
    const foreign = new DatabaseSync(file)
    foreign.exec('create table recipe (name text)')
    const before = readFileSync(file)
    await expect(openStorage(`sqlite:${file}`)).rejects.toThrow(
      `${file} is a database of another program (it has a table "recipe"). Move it away, or set storage.url`,
    )
    foreign.close()
    expect(readFileSync(file)).toEqual(before)
  })

  test("a newer Waygate's database is refused with the remedy", async () => {
    const file = newFile()
    await (await openStorage(`sqlite:${file}`)).close()
    const database = new DatabaseSync(file)
    database.exec(`insert into schema_migration (name, applied_at) values ('9999-from-the-future', 0)`)
    database.close()
    await expect(openStorage(`sqlite:${file}`)).rejects.toThrow(
      `${file} was written by a newer Waygate (it has the schema step "9999-from-the-future"). Upgrade Waygate, or`,
    )
  })

  test('a directory, and a path through a file, are named', async () => {
    const file = newFile()
    mkdirSync(file)
    await expect(openStorage(`sqlite:${file}`)).rejects.toThrow(`${file} cannot be opened (it is a directory)`)
    const blocked = newFile()
    writeFileSync(blocked, '')
    for (const below of ['x.db', 'y/x.db']) {
      const refusal = `${blocked}/${below} cannot be opened (a part of its path is a file)`
      await expect(openStorage(`sqlite:${blocked}/${below}`)).rejects.toThrow(refusal)
    }
  })

  test.runIf(process.platform === 'linux')(
    'a place where no directory can be made is named, and the attempt ends',
    async () => {
      await expect(openStorage('sqlite:/proc/none/deeper/x.db')).rejects.toThrow(
        '/proc/none/deeper/x.db cannot be opened (its directory cannot be made)',
      )
    },
  )

  test('another scheme is refused without repeating the password', async () => {
    const refusal: unknown = await openStorage('mysql://me:hunter2@host/db').catch((error: unknown) => error)
    expect(String(refusal)).toContain('"mysql:"')
    expect(String(refusal)).not.toContain('hunter2')
    await expect(openStorage('sqlite:')).rejects.toThrow('sqlite:./path/to/file.db')
    await expect(openStorage('./waygate.db')).rejects.toThrow('sqlite:./path/to/file.db')
  })
})

describe('a backup', () => {
  test('is a whole database for its owner alone, made while another process writes', async () => {
    const file = newFile()
    const storage = await openStorage(`sqlite:${file}`)
    await storage.generations.write([toRecordText(generationRecord({ id: 'gen-1', cost: 5 }))])
    await storage.keys.insert(keyRecord({ hash: 'a' }))
    const outside = new DatabaseSync(file, { timeout: 10_000 })
    outside.exec('begin immediate')
    const copy = newFile()
    await storage.backup(copy)
    outside.exec('commit')
    outside.close()
    expect(statSync(copy).mode & 0o777).toBe(0o600)
    await storage.close()
    const copied = await openStorage(`sqlite:${copy}`)
    expect(await copied.generations.find('gen-1', 'default')).toMatchObject({ cost: 5 })
    expect(await copied.usage.spent('ab'.repeat(32), 0)).toBe(5)
    expect(await copied.keys.list()).toHaveLength(1)
    await copied.close()
  })

  test('of a database in memory is a file', async () => {
    const storage = await openStorage('sqlite::memory:')
    await storage.keys.insert(keyRecord({ hash: 'a' }))
    const copy = newFile()
    await storage.backup(copy)
    await storage.close()
    const copied = await openStorage(`sqlite:${copy}`)
    expect(await copied.keys.list()).toHaveLength(1)
    await copied.close()
  })

  test('overwrites no file, and leaves none where it fails', async () => {
    const storage = await openStorage(newUrl())
    const there = newFile()
    writeFileSync(there, 'mine')
    await expect(storage.backup(there)).rejects.toThrow(`${there} exists already`)
    expect(readFileSync(there, 'utf8')).toBe('mine')
    const nowhere = join(directory, 'no', 'such', 'folder.db')
    await expect(storage.backup(nowhere)).rejects.toThrow(`could not be copied to ${nowhere}`)
    await storage.close()
  })
})

describe('closing', () => {
  test('lets the process end by itself', () => {
    const program = `
      const { openStorage } = await import(${JSON.stringify(new URL('open-storage.ts', import.meta.url).href)})
      const storage = await openStorage('sqlite::memory:')
      storage.keys.onChange(() => {})
      await storage.close()`
    const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
      encoding: 'utf8',
      timeout: 50_000,
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })
})

const opened = async () => {
  const file = newFile()
  return { storage: await openStorage(`sqlite:${file}`), outside: new DatabaseSync(file, { timeout: 10_000 }) }
}

const record = (id: string, cost = 1) => toRecordText(generationRecord({ id, cost }))
const keyHash = 'ab'.repeat(32)

describe('a write', () => {
  test('waits for a lock that another process holds for a moment', async () => {
    const { storage, outside } = await opened()
    outside.exec('begin immediate')
    setTimeout(() => outside.exec('commit'), 500)
    await storage.generations.write([record('gen-1')])
    outside.close()
    await storage.close()
  })

  test('while another process holds the lock, everything can be read', async () => {
    const { storage, outside } = await opened()
    await storage.generations.write([record('gen-1', 10)])
    outside.exec('begin immediate')
    const written = storage.generations.write([record('gen-2', 5)])
    const inserted = storage.keys.insert(keyRecord({ hash: 'cd'.repeat(32) }))
    for (let round = 0; round < 20; round++) {
      expect(await storage.usage.spent(keyHash, 0)).toBe(10)
      expect(await storage.generations.find('gen-1', 'default')).toMatchObject({ cost: 10 })
      expect(await storage.keys.list()).toEqual([])
    }
    outside.exec('commit')
    await Promise.all([written, inserted])
    expect(await storage.usage.spent(keyHash, 0)).toBe(15)
    expect(await storage.keys.list()).toHaveLength(1)
    outside.close()
    await storage.close()
  })

  test('that fails for a reason that may pass is told from one that would always fail', async () => {
    const { storage, outside } = await opened()
    outside.exec('alter table generation rename to hidden')
    await expect(storage.generations.write([record('gen-1')])).rejects.toMatchObject({ transient: true })
    outside.exec('alter table hidden rename to generation')
    await expect(storage.generations.write([record('gen-1', Number.NaN)])).rejects.toMatchObject({ transient: false })
    await storage.generations.write([record('gen-1')])
    outside.close()
    await storage.close()
  })
})
