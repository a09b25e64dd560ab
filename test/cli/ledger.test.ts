import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, test } from 'vitest'
import { toRecordText } from '../../src/canonical/record-text.ts'
import { encodeLine } from '../../src/ledger/journal/line.ts'
import { openStorage } from '../../src/storage/open-storage.ts'
import { readCsv } from '../../src/util/csv.ts'
import { bookedGenerations } from '../contract/books-store.ts'
import { generationRecord } from '../contract/generation-record.ts'
import { describePostgres } from '../engines/engines.ts'
import { booksDirectory, booksOf } from './books-directory.ts'
import { configured, runWaygate, temporaryDirectory } from './run-waygate.ts'

/** Reads CSV into one object a row. */
function table(text: string): readonly Readonly<Record<string, string>>[] {
  const [header = [], ...rows] = readCsv(text)
  return rows.map((row) => Object.fromEntries(header.map((name, index) => [name, row[index] ?? ''])))
}

const nano = (text = ''): number => Number(text.replace('.', ''))

describe('ledger verify', () => {
  test('finds the books of a gateway in order, while it runs and afterwards', async () => {
    const { serve, run } = await booksDirectory()
    const { ask, close } = await serve()
    for (const model of ['acme/openai', 'acme/second', 'acme/none']) await ask(model)
    expect(await run('ledger', 'verify')).toMatchObject({ code: 0, stderr: '' })
    await close()
    const { code, stdout } = await run('ledger', 'verify')
    expect(code).toBe(0)
    expect(stdout).toContain('Checked: 3 generations, 3 rows of attempts, 0 fees, 0 additions of credits.\n')
    expect(stdout).toContain('The sums were compared with all generations.\n')
    expect(stdout).toMatch(/\nThe books are in order\.\n$/)
  })

  test('names what is wrong, and ends with 1', async () => {
    const { run, sql } = await booksOf(['acme/openai'], ['acme/second'])
    // SQLite takes a fraction into a column of integers.
    sql(`update generation_attempt set cost = 0.5, generation_id = 'gen-lost' where sequence = 0`)
    const { code, stdout } = await run('ledger', 'verify')
    expect(code).toBe(1)
    expect(stdout).toContain('An attempt belongs to no generation (1):\n  gen-lost #0\n')
    expect(stdout).toContain('The cost of an attempt is no whole number from 0 up (1):\n  gen-lost #0\n')
    expect(stdout).toMatch(/\nThe books are not in order\.\n$/)
    const json = await run('ledger', 'verify', '--json')
    expect(json.code).toBe(1)
    expect(JSON.parse(json.stdout)).toMatchObject({
      inOrder: false,
      generations: 2,
      mistakes: [
        { kind: 'attempt-without-generation', count: 1, first: ['gen-lost #0'] },
        { kind: 'amount-of-attempt', count: 1, first: ['gen-lost #0'] },
      ],
      journal: { waiting: 0, underway: 0, damaged: [], refused: 0 },
    })
  })

  test('tells what waits in the journal, which lines of it are damaged, and what the database refused', async () => {
    const { directory, run } = await booksOf(['acme/openai'])
    const folder = join(directory, '.waygate/journal', `${Date.now()}-1-0123abcd`)
    mkdirSync(folder, { recursive: true })
    const lines = bookedGenerations(3).map((record) => encodeLine({ kind: 'settled', text: toRecordText(record) }))
    const [first = '', second = '', third = ''] = lines
    const underway = encodeLine({
      kind: 'underway',
      text: toRecordText(generationRecord({ id: 'gen-open' })),
    })
    const file = join(folder, '00000001.log')
    const header = 'waygate journal 1, drained 0000000001\n'
    writeFileSync(file, header + first + underway + second.replace('gen-0001', 'gen-000x') + third)
    const { code, stdout } = await run('ledger', 'verify')
    expect(code).toBe(1)
    expect(stdout).toContain(
      'The journal has 1 records that wait for the database, and 1 generations that are under way.',
    )
    expect(stdout).toContain(`Lines of the journal do not pass their checksum (1): ${file}`)
    writeFileSync(file, header + first + underway + second + third)
    const whole = await run('ledger', 'verify')
    expect(whole.code).toBe(0)
    expect(whole.stdout).toContain('The journal has 2 records that wait')
    writeFileSync(join(directory, '.waygate/journal/refused.jsonl'), '{}\n{}\n')
    const refused = await run('ledger', 'verify')
    expect(refused.code).toBe(1)
    expect(refused.stdout).toContain('The database refused records, which are in refused.jsonl and in no sum (2).')
  })

  test('makes no database where there is none', async () => {
    const directory = temporaryDirectory()
    const { code, stderr } = await runWaygate(['ledger', 'verify'], { directory })
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('There is no database at ') })
    expect(readdirSync(directory)).toEqual([])
    const inMemory = configured('storage: { url: "sqlite::memory:" }')
    expect((await runWaygate(['ledger', 'verify'], { directory: inMemory })).stderr).toContain('in memory')
  })
})

describe('ledger export', () => {
  test('has a row for each amount, and those that an account bears sum to what it was charged', async () => {
    const { directory, run } = await booksOf(['acme/openai'], ['acme/openai', 'odd'], ['=cmd|calc', 'odd'])
    const records = bookedGenerations()
    const storage = await openStorage(`sqlite:${directory}/.waygate/waygate.db`)
    await storage.generations.write(records.map(toRecordText))
    await storage.close()
    const { code, stdout } = await run('ledger', 'export')
    expect(code).toBe(0)
    const rows = table(stdout)
    const sums = new Map<string, number>()
    for (const row of rows) {
      expect(row['amount_usd']).toMatch(/^\d+\.\d{9}$/)
      const id = row['generation_id'] ?? ''
      if (row['borne_by'] === 'account') sums.set(id, (sums.get(id) ?? 0) + nano(row['amount_usd']))
    }
    for (const { id, cost } of records) expect(sums.get(id) ?? 0).toBe(cost)
    const [prompt, completion, ...fees] = rows.filter(({ generation_id }) => generation_id === 'gen-0005')
    expect(prompt).toMatchObject({ kind: 'prompt', unit: 'token', units: '100', amount_usd: '0.000000100' })
    expect(completion).toMatchObject({ kind: 'completion', unit: 'token', units: '50', amount_usd: '0.000000200' })
    expect(fees).toMatchObject([
      { kind: 'tool', provider: 'web', engine: 'exa', unit: 'search', units: '1', amount_usd: '0.000000040' },
      { kind: 'tool', provider: 'web', engine: 'exa', unit: 'search', units: '1', amount_usd: '0.000000002' },
    ])
    // The names come from outside. A spreadsheet would take them for formulas.
    const odd = rows.filter(({ account, key }) => account === 'team' && key !== '')
    expect(new Set(odd.map(({ key }) => key))).toEqual(new Set([`'=1+1`]))

    const lines = (await run('ledger', 'export', '--format', 'jsonl')).stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(rows.length)
    const objects = lines.map((line) => JSON.parse(line))
    expect(objects.map(({ amount_usd }) => amount_usd)).toEqual(rows.map((row) => row['amount_usd']))
    expect(new Set(objects.map(({ key }) => key))).toEqual(new Set(['', 'dev', '=1+1']))
  })

  test('tells what the operator bears, by the call that caused it', async () => {
    const { run, sql } = await booksOf(['acme/second'])
    sql(`update generation_attempt set cost = 700 where status <> 200`)
    const rows = table((await run('ledger', 'export')).stdout)
    expect(rows.map(({ kind, provider, amount_usd, borne_by }) => [kind, provider, amount_usd, borne_by])).toEqual([
      ['prompt', 'openrouter', '0.000001000', 'account'],
      ['completion', 'openrouter', '0.000024000', 'account'],
      // The endpoint was called, and called again.
      ['attempt', 'openai', '0.000000700', 'operator'],
      ['attempt', 'openai', '0.000000700', 'operator'],
    ])
  })

  test('takes a period, an account and a key, and a new file', async () => {
    const { directory, run, sql } = await booksOf(['acme/openai'], ['acme/anthropic', 'odd'], ['acme/openrouter'])
    sql(`update generation set created_at = ${Date.UTC(2026, 0, 1)} where provider = 'openai'`)
    const providers = async (...options: readonly string[]): Promise<readonly string[]> => {
      const { code, stdout, stderr } = await run('ledger', 'export', ...options)
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      return [...new Set(table(stdout).map(({ provider = '' }) => provider))]
    }
    expect(await providers('--until', '2026-01-02')).toEqual(['openai'])
    expect(await providers('--since', '2026-01-01T00:00:01Z')).toEqual(['anthropic', 'openrouter'])
    expect(await providers('--account', 'team')).toEqual(['anthropic'])
    expect(await providers('--key', 'dev')).toEqual(['openai', 'openrouter'])
    expect(await run('ledger', 'export', '--key', 'nobody')).toMatchObject({ code: 1, stdout: '' })
    const file = join(directory, 'amounts.csv')
    expect(await run('ledger', 'export', '--key', '=1+1', '--output', file)).toEqual({
      code: 0,
      stdout: `The amounts were written to ${file}.\n`,
      stderr: '',
    })
    expect(table(readFileSync(file, 'utf8'))).toMatchObject([{ provider: 'anthropic' }, { provider: 'anthropic' }])
    const backwards = await run('ledger', 'export', '--since', '2026-02-01', '--until', '2026-01-01')
    expect(backwards).toMatchObject({ code: 1, stderr: '--since must be before --until.\n' })
    const nobody = await run('ledger', 'export', '--account', 'nobody')
    expect(nobody).toMatchObject({
      code: 1,
      stdout: '',
      stderr: expect.stringContaining('There is no account "nobody"'),
    })
    const again = await run('ledger', 'export', '--output', file)
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('exists already') })
  })
})

describe('backup', () => {
  test('copies the database while a server writes, and the copy is in order', async () => {
    const { directory, serve, run } = await booksDirectory()
    const { ask } = await serve()
    for (let count = 0; count < 20; count++) await ask('acme/openai')
    const stop = new AbortController()
    const writing = (async () => {
      while (!stop.signal.aborted) await ask('acme/anthropic')
    })()
    const copied = await run('backup', 'copy.db')
    stop.abort()
    await writing
    expect(copied).toMatchObject({ code: 0, stdout: `The database was copied to ${directory}/copy.db.\n` })
    const of = configured(`storage: { url: "sqlite:${directory}/copy.db" }`)
    const verified = await runWaygate(['ledger', 'verify', '--json'], { directory: of })
    expect(JSON.parse(verified.stdout)).toMatchObject({ inOrder: true, mistakes: [] })
    const database = new DatabaseSync(join(directory, 'copy.db'))
    const { count } = database.prepare('select count(*) as count from generation').get() ?? {}
    database.close()
    expect(count).toBeGreaterThanOrEqual(1)
    expect(await run('backup', 'copy.db')).toMatchObject({ code: 1, stderr: expect.stringContaining('exists already') })
  })
})

describePostgres('the commands of the ledger', ({ newDatabase }) => {
  test('verify and export read it, and backup answers with pg_dump', async () => {
    const url = await newDatabase()
    const storage = await openStorage(url)
    await storage.generations.write(bookedGenerations().map(toRecordText))
    await storage.close()
    const directory = configured(`storage: { url: "${url}" }`)
    const verified = await runWaygate(['ledger', 'verify'], { directory })
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('Checked: 60 generations') })
    const exported = table((await runWaygate(['ledger', 'export'], { directory })).stdout)
    expect(new Set(exported.map((row) => row['generation_id'])).size).toBe(60)
    const copied = await runWaygate(['backup', 'waygate.dump'], { directory })
    expect(copied.code).toBe(1)
    expect(copied.stderr).toContain(`pg_dump --format=custom --file=${directory}/waygate.dump`)
  })
})
