import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { exportFormats } from '../../src/gateway.ts'
import { readExport } from '../../src/ledger/books/read-export.ts'
import { usageThere } from '../../src/ledger/books/reconcile.ts'
import { booksOf } from './books-directory.ts'
import { runWaygate, temporaryDirectory } from './run-waygate.ts'

const folder = fileURLToPath(new URL('../fixtures/exports', import.meta.url))
const files = globSync('*.{csv,json}', { cwd: folder }).toSorted()
const fixture = (file: string): string => readFileSync(join(folder, file), 'utf8')
const day = Date.UTC(2026, 10, 20, 12)

/** Two generations of each vendor, and others, all on the day of the fixtures. */
async function reconciled(...others: readonly string[]) {
  const vendors = ['acme/openai', 'acme/anthropic', 'acme/openrouter']
  const books = await booksOf(...[...vendors, ...vendors, ...others].map((model) => [model] as const))
  books.sql(`update generation set created_at = ${day}`)
  return books
}

describe('ledger reconcile', () => {
  test.each(['openai-usage.csv', 'anthropic-cost.json', 'openrouter-generations.csv'])(
    'agrees with %s',
    async (file) => {
      const books = await reconciled()
      const { code, stdout, stderr } = await books.run('ledger', 'reconcile', join(folder, file), '--json')
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
      const { agrees, provider, rows } = JSON.parse(stdout)
      expect({ agrees, provider }).toEqual({ agrees: true, provider: file.slice(0, file.indexOf('-')) })
      const status = { day: '2026-11-20', model: 'steady', status: 'matched', errorPercent: 0 }
      expect(rows).toMatchObject([{ ...status, here: { promptTokens: 2, completionTokens: 24, cost: 50_000 } }])
    },
  )

  test('refuses a provider that is neither known nor in the books', async () => {
    const books = await reconciled()
    const reconcile = (provider: string) =>
      books.run('ledger', 'reconcile', join(folder, 'openai-usage.csv'), '--provider', provider)
    expect(await reconcile('opnai')).toEqual({
      code: 1,
      stdout: '',
      stderr: '--provider opnai: there is no such provider, and no call to one in the books. Did you mean "openai"?\n',
    })
    // A provider that was never called is a difference, not a mistake.
    expect(await reconcile('groq')).toMatchObject({
      code: 1,
      stderr: '',
      stdout: expect.stringContaining('missing here'),
    })
  })

  test('tells what differs and what is missing on either side, and ends with 1', async () => {
    const books = await reconciled('acme/openrouter')
    const later = '(select max(rowid) from generation)'
    books.sql(`update generation set created_at = ${day + 86_400_000} where rowid = ${later}`)
    const file = join(books.directory, 'activity.csv')
    const row = fixture('openrouter-models.csv').trimEnd()
    const changed = row.replace('"24"', '"20"').replace('"0.00005"', '"0.00004"')
    writeFileSync(file, `${changed}\n"2026-11-21 00:00:00","acme/other","1.5","0","1","10","20","0"\n`)
    const { code, stdout } = await books.run('ledger', 'reconcile', file)
    expect(code).toBe(1)
    const lines = stdout.split('\n').map((line) => line.split(/ {2,}/))
    expect(lines).toContainEqual([
      '2026-11-20',
      'steady',
      'differing',
      '25.00 %',
      '2',
      '2',
      '24',
      '20',
      '0.000050000',
      '0.000040000',
    ])
    expect(lines).toContainEqual([
      '2026-11-21',
      'acme/other',
      'missing here',
      '100.00 %',
      '-',
      '10',
      '-',
      '20',
      '-',
      '1.500000000',
    ])
    expect(lines).toContainEqual([
      '2026-11-21',
      'steady',
      'missing there',
      '100.00 %',
      '1',
      '-',
      '12',
      '-',
      '0.000025000',
      '-',
    ])
    expect(stdout).toContain('0 matched, 1 differing, 1 missing here, 1 missing there.')
  })

  test('takes what differs by no more than the tolerance for matched', async () => {
    const books = await reconciled()
    const file = join(books.directory, 'activity.csv')
    writeFileSync(file, fixture('openrouter-models.csv').replace('"0.00005"', '"0.0000505"'))
    expect(await books.run('ledger', 'reconcile', file)).toMatchObject({ code: 0 })
    expect(await books.run('ledger', 'reconcile', file, '--tolerance', '0.9')).toMatchObject({ code: 1 })
    writeFileSync(file, fixture('openrouter-models.csv').replace('"0.00005"', '"0.000051"'))
    expect(await books.run('ledger', 'reconcile', file)).toMatchObject({ code: 1 })
    expect(await books.run('ledger', 'reconcile', file, '--tolerance', '2')).toMatchObject({ code: 0 })
  })

  test('counts a failed call only with its cost, and the answer of another provider not at all', async () => {
    const books = await booksOf(['acme/second'], ['acme/openai'])
    books.sql(`update generation set created_at = ${day}`)
    const { stdout } = await books.run('ledger', 'reconcile', join(folder, 'openai-usage.json'), '--json')
    expect(JSON.parse(stdout).rows).toMatchObject([
      { model: 'steady', here: { promptTokens: 1, completionTokens: 12, cost: 25_000 }, errorPercent: 50 },
    ])
  })

  test('compares the calls to a provider that was named', async () => {
    const books = await reconciled()
    const { code, stdout } = await books.run(
      'ledger',
      'reconcile',
      join(folder, 'openai-usage.json'),
      '--provider',
      'anthropic',
    )
    expect(code).toBe(0)
    expect(stdout).toContain('compared with the calls to anthropic')
  })
})

describe('an export', () => {
  const read = (text: string) => readExport(text, exportFormats)

  test.each(files)('%s is read', (file) => {
    expect(files).toHaveLength(11)
    const { format, usage } = read(fixture(file))
    expect(format.provider).toBe(file.slice(0, file.indexOf('-')))
    const all = { promptTokens: 2, completionTokens: 24, cost: 50_000 }
    const rows = [...usageThere(usage)]
    expect(rows).toHaveLength(1)
    const [key, counted] = rows[0] ?? []
    expect(key).toBe('2026-11-20\0steady')
    const told = Object.fromEntries(Object.entries(counted ?? {}).filter(([, value]) => value !== null))
    expect(all).toMatchObject(told)
    expect(Object.keys(told).length).toBeGreaterThan(0)
  })

  test.each(files)('%s with an unknown column is refused by its name', (file) => {
    const text = fixture(file)
    const changed = file.endsWith('.csv')
      ? text.replace(/^([^\n]*)/, '$1,surcharge')
      : text.replace(/("output_tokens"|"amount"|"usage"):/, '"surcharge": 1, $1:')
    expect(changed).not.toBe(text)
    expect(() => read(changed)).toThrow(/unknown columns: "surcharge"/)
  })

  test('that is not there is refused', async () => {
    const directory = temporaryDirectory()
    // Makes the database.
    await runWaygate(['keys', 'create', '--name', 'any'], { directory })
    const { code, stderr } = await runWaygate(['ledger', 'reconcile', 'nothing.csv'], { directory })
    expect({ code, stderr }).toEqual({ code: 1, stderr: 'nothing.csv: there is no such file.\n' })
  })

  test('of no vendor is refused with its columns', () => {
    expect(() => read('day,tokens\n2026-11-20,5\n')).toThrow(/^No export is known with the columns "day", "tokens"/)
    expect(() => read('{"data":[]}')).toThrow('It has no rows.')
    expect(() => read('{"data":')).toThrow('It is neither CSV nor JSON.')
  })

  test.each([
    [
      'openai-costs.csv',
      '"steady-2026-08-06, input"',
      '',
      'Entry 2: line_item is empty. Export with group_by=line_item',
    ],
    ['openai-costs.csv', 'usd', 'eur', 'Entry 2: amount_currency is "eur", and only USD can be compared.'],
    ['openai-usage.json', '"steady"', 'null', 'Entry 1: model is empty. Export with group_by=model'],
    ['anthropic-usage.csv', '2026-11-20', '2026-11-31', 'Entry 1: usage_date_utc is "2026-11-31"'],
    ['anthropic-cost.csv', '0.000002,0', 'much,0', 'Entry 1: cost_usd is "much", which is no number.'],
    ['openrouter-models.csv', '"0"\n', '"0","1"\n', 'Entry 1 has 9 cells, and the header 8.'],
  ])('%s in which %s is “%s” is refused', (file, before, after, message) => {
    const text = fixture(file)
    expect(text).toContain(before)
    expect(() => read(text.replace(before, after))).toThrow(message)
  })
})
