import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { nanoUsd } from '../../src/canonical/money.ts'
import { openStorage } from '../../src/storage/open-storage.ts'
import { runWaygate, temporaryDirectory } from './run-waygate.ts'

async function run(directory: string, ...arguments_: readonly string[]) {
  const { code, stdout, stderr } = await runWaygate(arguments_, { directory })
  return { code, stdout, stderr }
}

test('`keys create`, `set-limit` and `set-rate` set limits that begin anew, and limits per minute', async () => {
  const directory = temporaryDirectory()
  const limits = [
    '--limit',
    '5',
    '--reset',
    'daily',
    '--include-byok',
    '--requests-per-minute',
    '60',
    '--tokens-per-minute',
    '90000',
  ]
  expect((await run(directory, 'keys', 'create', '--name', 'team', ...limits)).code).toBe(0)
  expect((await run(directory, 'keys', 'list')).stdout).toContain('$5 daily with BYOK')
  const stored = async () => {
    const storage = await openStorage(`sqlite:${directory}/.waygate/waygate.db`)
    const [key] = await storage.keys.list()
    await storage.close()
    return key
  }
  expect(await stored()).toMatchObject({
    limit: nanoUsd(5),
    limitReset: 'daily',
    includeByokInLimit: true,
    requestsPerMinute: 60,
    tokensPerMinute: 90_000,
  })
  expect((await run(directory, 'keys', 'set-limit', 'team', '7', '--reset', 'monthly')).stdout).toContain(
    'may spend $7 monthly',
  )
  expect(await run(directory, 'keys', 'set-rate', 'team', '--requests', 'none')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('is limited in a minute, requests: as configured.'),
  })
  expect((await run(directory, 'keys', 'list')).stdout).toContain('90000 tokens')
  writeFileSync(join(directory, 'waygate.yaml'), 'limits: { requests_per_minute: 30 }')
  expect((await run(directory, 'keys', 'list')).stdout).toContain('30 requests, 90000 tokens')
  expect(await run(directory, 'keys', 'set-rate', 'team')).toMatchObject({ code: 2, stdout: '' })
  expect(await stored()).toMatchObject({
    limit: nanoUsd(7),
    limitReset: 'monthly',
    includeByokInLimit: false,
    requestsPerMinute: null,
    tokensPerMinute: 90_000,
  })
  expect((await run(directory, 'keys', 'set-limit', 'team', '8', '--include-byok')).stdout).toContain(
    'may spend $8 in all, with BYOK',
  )
  expect(await stored()).toMatchObject({ limit: nanoUsd(8), limitReset: null, includeByokInLimit: true })
  expect(await run(directory, 'keys', 'set-limit', 'team', '7', '--reset', 'hourly')).toMatchObject({ code: 2 })
})

test('`--reset` and `--include-byok` without a limit are refused', async () => {
  const directory = temporaryDirectory()
  const made = await run(directory, 'keys', 'create', '--name', 'team', '--reset', 'daily')
  expect(made).toMatchObject({ code: 2, stdout: '', stderr: expect.stringContaining('Add --limit USD.') })
  expect((await run(directory, 'keys', 'create', '--name', 'team')).code).toBe(0)
  const changed = await run(directory, 'keys', 'set-limit', 'team', 'none', '--reset', 'daily')
  expect(changed).toMatchObject({ code: 2, stderr: expect.stringContaining('needs a limit that begins anew') })
  const included = await run(directory, 'keys', 'set-limit', 'team', 'none', '--include-byok')
  expect(included).toMatchObject({ code: 2, stderr: expect.stringContaining("'--include-byok' needs a limit") })
})

test('`credits add` and `credits list`', async () => {
  const directory = temporaryDirectory()
  expect(await run(directory, 'credits', 'add', '12.5', '--account', 'team-a', '--note', 'invoice 7')).toEqual({
    code: 0,
    stdout: '12.5 USD were added to the credits of the account "team-a".\n',
    stderr: expect.stringContaining('The database is new: '),
  })
  expect((await run(directory, 'credits', 'add', '-2', '--account', 'team-a')).stdout).toBe(
    '2 USD were taken from the credits of the account "team-a".\n',
  )
  const { stdout } = await run(directory, 'credits', 'list')
  expect(
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
  ).toEqual([
    ['ACCOUNT', 'ADDED', 'WHEN', 'NOTE'],
    ['team-a', '$12.5', expect.stringMatching(/^\d{4}-/), 'invoice 7'],
    ['team-a', '$-2', expect.stringMatching(/^\d{4}-/)],
  ])
  for (const amount of ['0', 'ten', '1e3']) expect((await run(directory, 'credits', 'add', amount)).code).toBe(2)
})
