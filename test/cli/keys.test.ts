import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, onTestFinished, test } from 'vitest'
import { noLimits } from '../../src/canonical/principal.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { builtInProviders, createGateway, type Gateway } from '../../src/gateway.ts'
import { openStorage } from '../../src/storage/open-storage.ts'
import { noOwner } from '../../src/storage/stores/key-store.ts'
import { makeApiKey } from '../../src/util/api-key.ts'
import { objectOf } from '../../src/util/json.ts'
import { configured, runWaygate, startWaygate, temporaryDirectory } from './run-waygate.ts'

const config = `
server: { port: 0 }
discovery: false
keys:
  - { name: dev, key: sk-dev-0123456789abcdef }
  - { name: old, key: sk-old-0123456789abcdef, disabled: true }
`

const rows = (table: string): readonly (readonly string[])[] =>
  table
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(/ {2,}/))

/** Puts keys into the database of a directory, as `keys create` would, and returns the last of them. */
async function makeKeys(
  directory: string,
  ...made: readonly { readonly name: string; readonly account?: string; readonly expiresAt?: number }[]
) {
  const storage = await openStorage(`sqlite:${directory}/.waygate/waygate.db`)
  let last = ''
  for (const [index, { name, account = 'default', expiresAt = null }] of made.entries()) {
    const { key, hash, label } = makeApiKey()
    const fresh = { ...noLimits, management: false, disabled: false, expiresAt, updatedAt: null, ...noOwner }
    await storage.keys.insert({ ...fresh, hash, label, name, account, createdAt: index })
    last = key
  }
  await storage.close()
  return last
}

/** Runs `waygate keys …`, which must succeed. */
async function keys(directory: string, ...arguments_: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await runWaygate(['keys', ...arguments_], { directory })
  expect({ code, stderr }).toEqual({ code: 0, stderr: arguments_[0] === 'create' ? expect.any(String) : '' })
  return stdout
}

/** Starts a gateway that keeps running, and returns how it reports a key: its limit, or the status of the refusal. */
async function running(directory: string) {
  const gateway = await createGateway(loadConfig({ environment: {}, workingDirectory: directory, builtInProviders }), {
    logOutput: { write() {} },
  })
  onTestFinished(() => gateway.close())
  const { url } = await gateway.listen()
  const received = async (key: string): Promise<unknown> => {
    const reply = await fetch(`${url}/api/v1/key`, { headers: { authorization: `Bearer ${key}` } })
    return reply.status === 200 ? objectOf(objectOf(await reply.json())?.['data'])?.['limit'] : reply.status
  }
  return (key: string, expected: unknown) => expect.poll(() => received(key), { interval: 50 }).toBe(expected)
}

describe('the first key', () => {
  test('is not made by a start that fails', async () => {
    const directory = temporaryDirectory()
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    expect(await runWaygate(['serve', '--port', String(port)], { directory })).toMatchObject({ code: 1, stdout: '' })
    expect(rows(await keys(directory, 'list'))).toEqual([])
  })

  test('is shown by the first start that listens, works, and is not shown again', async () => {
    const directory = temporaryDirectory()
    const first = startWaygate(['serve', '--port', '0'], { directory })
    const key = await first.printed(/API key, shown this once: (sk-or-v1-[0-9a-f]{64})\n/)
    const url = await first.printed(/listens on (\S+)/)
    const reply = await fetch(`${url}/api/v1/key`, { headers: { authorization: `Bearer ${key}` } })
    expect(reply.status).toBe(200)
    expect(await first.stop('SIGTERM')).toBe(0)
    const second = startWaygate(['serve', '--port', '0'], { directory })
    await second.printed(/(waygate keys create)/)
    expect(await second.stop('SIGTERM')).toBe(0)
    expect(second.stdout()).not.toContain('sk-or-v1-')
  })

  test('is made by one of several gateways that begin to listen at once on one database', async () => {
    const workingDirectory = configured('server: { port: 0 }\ndiscovery: false')
    const started: Gateway[] = []
    for (let time = 0; time < 3; time++) {
      const gateway = await createGateway(loadConfig({ environment: {}, workingDirectory, builtInProviders }))
      onTestFinished(() => gateway.close())
      started.push(gateway)
    }
    const listening = await Promise.all(started.map((gateway) => gateway.listen()))
    expect(listening.filter(({ firstKey }) => firstKey !== null)).toHaveLength(1)
  })
})

describe('a running server notices that a key', () => {
  test('was made to replace another, which was deleted', async () => {
    const directory = configured(config)
    const first = await makeKeys(directory, { name: 'first' })
    const becomes = await running(directory)
    await becomes(first, null)
    const second = (await keys(directory, 'create', '--name', 'second')).trim()
    await becomes(second, null)
    expect(await keys(directory, 'delete', 'first')).toBe('The key "first" of account "default" is deleted.\n')
    await becomes(first, 401)
    await becomes(second, null)
  })

  test('is disabled, and enabled again', async () => {
    const directory = configured(config)
    const key = await makeKeys(directory, { name: 'team' })
    const becomes = await running(directory)
    expect(await keys(directory, 'disable', 'team')).toBe('The key "team" of account "default" is disabled.\n')
    await becomes(key, 401)
    expect(rows(await keys(directory, 'list')).at(-1)?.[7]).toBe('disabled')
    await keys(directory, 'enable', 'team')
    await becomes(key, null)
  })

  test('has another limit and another name', async () => {
    const directory = configured(config)
    const key = await makeKeys(directory, { name: 'team' })
    const becomes = await running(directory)
    expect(await keys(directory, 'set-limit', 'team', '2.5')).toContain('may spend $2.5 in all')
    await becomes(key, 2.5)
    await keys(directory, 'rename', 'team', 'crew')
    expect(rows(await keys(directory, 'list')).at(-1)).toMatchObject({ 0: 'crew', 4: '$2.5', 7: 'active' })
    await keys(directory, 'set-limit', 'crew', 'none')
    await becomes(key, null)
  })
})

describe('names', () => {
  const refused: readonly (readonly [readonly string[], string])[] = [
    [['create', '--name', 'team'], 'The account "default" has a key "team" already. Choose another name.'],
    [['rename', 'other', 'team'], 'The account "default" has a key "team" already. Choose another name.'],
    [['create', '--name', 'dev'], 'The account "default" has a key "dev" in the configuration already.'],
    [['rename', 'other', 'old'], 'The account "default" has a key "old" in the configuration already.'],
    [['delete', 'team'], 'Several keys are called "team", of the accounts "default", "b". Say which with --account.'],
    [['disable', 'nobody'], 'There is no key "nobody". `waygate keys list` shows those there are.'],
    [['disable', 'other', '--account', 'b'], 'There is no key "other".'],
    // Keys of the configuration are changed in the configuration.
    [['disable', 'old'], 'waygate.yaml: change keys[1] there, and a running server follows within two seconds.'],
    [['enable', 'old'], 'waygate.yaml: change keys[1] there'],
    [['delete', 'old'], 'waygate.yaml: change keys[1] there'],
    [['set-limit', 'old', '1'], 'waygate.yaml: change keys[1] there'],
    [['rename', 'old', 'new'], 'waygate.yaml: change keys[1] there'],
  ]
  test.each(refused)('%j is refused: %s', async (arguments_, message) => {
    const directory = configured(config)
    await makeKeys(directory, { name: 'team' }, { name: 'other' }, { name: 'team', account: 'b' })
    const before = await keys(directory, 'list')
    const { code, stdout, stderr } = await runWaygate(['keys', ...arguments_], { directory })
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    expect(stderr).toContain(message)
    expect(await keys(directory, 'list')).toBe(before)
  })

  test('are distinguished by the account, and a key may be renamed to its own name', async () => {
    const directory = configured(config)
    await makeKeys(directory, { name: 'team' }, { name: 'team', account: 'b' })
    await keys(directory, 'disable', 'team', '--account', 'b')
    await keys(directory, 'rename', 'team', 'team', '--account', 'default')
    expect(rows(await keys(directory, 'list')).map((row) => `${row[0]} ${row[2]} ${row[7]}`)).toEqual([
      'dev default active',
      'old default disabled',
      'team default active',
      'team b disabled',
    ])
  })
})

test('the list is correct for keys of the file, also for one that is in both places', async () => {
  const { key: made, hash, label } = makeApiKey()
  const directory = configured(`
keys:
  - { name: dev, key: sk-dev-0123456789abcdef }
  - { name: admin, key: sk-admin-0123456789, management: true, disabled: true, limit: 3, expires_at: 2099-01-01 }
  - { name: late, key: sk-late-0123456789, expires_at: 2020-01-01 }
  - { name: mine, key: ${made}, disabled: true }
`)
  const storage = await openStorage(`sqlite:${directory}/.waygate/waygate.db`)
  const fresh = { ...noLimits, management: false, disabled: false, expiresAt: null, updatedAt: null, ...noOwner }
  await storage.keys.insert({ ...fresh, hash, label, name: 'made', account: 'default', createdAt: 0 })
  await storage.close()
  const table = await keys(directory, 'list')
  expect(rows(table).map(([name, , , ...received]) => [name, ...received])).toEqual([
    ['dev', 'inference', 'none', 'no limit', 'never', 'active', 'configuration'],
    ['admin', 'management', '$3', 'no limit', '2099-01-01T00:00:00Z', 'disabled', 'configuration'],
    ['late', 'inference', 'none', 'no limit', '2020-01-01T00:00:00Z', 'expired', 'configuration'],
    ['mine', 'inference', 'none', 'no limit', 'never', 'disabled', 'configuration'],
    ['made', 'inference', 'none', 'no limit', 'never', 'replaced by the configuration', 'database'],
  ])
  expect(table).not.toContain(made)
})

test('a key that has expired is listed as such', async () => {
  const directory = configured(config)
  await makeKeys(directory, { name: 'past', expiresAt: Date.parse('2020-01-01T00:00:00Z') })
  expect(
    rows(await keys(directory, 'list'))
      .at(-1)
      ?.slice(-3),
  ).toEqual(['2020-01-01T00:00:00Z', 'expired', 'database'])
})

describe('where there is no database', () => {
  const memory = `storage: { url: "sqlite::memory:" }${config}`

  test.each([
    ['keys', 'create', '--name', 'ci'],
    ['keys', 'disable', 'ci'],
    ['credits', 'add', '5'],
  ])('%s %s is refused where the database is in the memory of a server', async (...arguments_) => {
    const { code, stdout, stderr } = await runWaygate(arguments_, { directory: configured(memory) })
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: expect.stringMatching(/in memory.*sqlite:\./),
    })
  })

  test.each([
    ['in a file', config],
    ['in memory', memory],
  ])('lists show what the configuration has, and make none (%s)', async (_, text) => {
    const directory = configured(text)
    expect(rows(await keys(directory, 'list')).map(([name]) => name)).toEqual(['dev', 'old'])
    const credits = await runWaygate(['credits', 'list'], { directory })
    expect(credits).toMatchObject({ code: 0, stdout: expect.stringContaining('ACCOUNT') })
    expect(readdirSync(directory)).toEqual(['waygate.yaml'])
  })
})
