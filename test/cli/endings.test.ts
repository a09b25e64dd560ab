import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { builtInProviders, createGateway } from '../../src/gateway.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { configured, runWaygate, startWaygate, temporaryDirectory } from './run-waygate.ts'

const models = (provider: string) => `models: { acme/m1: { endpoints: [{ provider: ${provider}, model: m }] } }`
const sound = `providers: { prov-a: { base_url: "http://127.0.0.1:9/v1" } }\n${models('prov-a')}`
const withoutKey = models('openai')

/** A run that does not end by itself is killed, and then has no code. */
async function ended(arguments_: readonly string[], directory: string, environment = {}) {
  const { code, stdout, stderr } = await runWaygate(arguments_, { directory, environment })
  expect(code).not.toBeNull()
  expect(stderr).not.toContain('    at ')
  return { code, stdout, stderr }
}

const serve = ['serve', '--port', '0']
const commands = [
  ['check'],
  ['models'],
  ['models', '--json'],
  ['route', 'acme/m1'],
  ['keys', 'list'],
  ['keys', 'create', '--name', 'new'],
  ['keys', 'disable', 'known'],
  ['keys', 'enable', 'known'],
  ['keys', 'set-limit', 'known', '1'],
  ['keys', 'rename', 'known', 'other'],
  ['keys', 'delete', 'known'],
]

describe('every command ends', () => {
  test.each(commands.map((command) => [command]))('%j: with 0 where all is well', async (command) => {
    const directory = configured(sound)
    const named = command.includes('known')
    if (named) await ended(['keys', 'create', '--name', 'known'], directory)
    expect(await ended(command, directory)).toMatchObject({ code: 0 })
  })

  test.each([[['check']], [['models']], [['route', 'acme/m1']], [serve]])(
    '%j: with 1 and what to set, where a model is at a provider without a key',
    async (command) => {
      expect(await ended(command, configured(withoutKey))).toEqual({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(
          /^\S+waygate\.yaml: models\.acme\/m1\.endpoints\[0\] is at openai, which has no credentials\. Set OPENAI_API_KEY, [^\n]+\n$/,
        ),
      })
    },
  )

  test.each([...commands, serve].map((command) => [command]))(
    '%j: with 1 where the configuration is wrong',
    async (command) => {
      expect(await ended(command, configured('sever: {}'))).toMatchObject({
        code: 1,
        stdout: '',
        stderr: 'waygate.yaml:1:1 sever: unknown key. Did you mean "server"?\n',
      })
    },
  )

  test.each([...commands.filter(([command]) => command === 'keys'), serve].map((command) => [command]))(
    '%j: with 1 where the database cannot be opened',
    async (command) => {
      const directory = configured(`${sound}\nstorage: { url: "sqlite:./data.db" }`)
      mkdirSync(join(directory, 'data.db'))
      const { code, stderr } = await ended(command, directory)
      expect(code).toBe(1)
      expect(stderr).toMatch(/data\.db cannot be opened [^\n]+\n$/)
    },
  )

  test.each(['serve', 'simulator'])('%s: with 1 where the port is in use', async (command) => {
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const { code, stderr } = await ended([command, '--port', String(port)], temporaryDirectory())
    expect(code).toBe(1)
    expect(stderr).toMatch(new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is taken\\. .*--port \\d+\\.\n$`))
    expect(stderr).not.toContain(`--port ${port}`)
  })

  test('route --server: with 1 where no server answers, and where another program does', async () => {
    const directory = configured(sound)
    const other = createServer((_, response) => response.end('hello')).listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const environment = { WAYGATE_API_KEY: 'sk-any' }
    expect(
      await ended(['route', 'acme/m1', '--server', `http://127.0.0.1:${port}`], directory, environment),
    ).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('does not explain: HTTP 200'),
    })
    expect(await ended(['route', 'acme/m1', '--server', 'http://127.0.0.1:1'], directory, environment)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('http://127.0.0.1:1 does not answer'),
    })
  })

  test('route: with 1 and what is missing where it cannot ask', async () => {
    const directory = configured(sound)
    writeFileSync(join(directory, 'broken.json'), '{')
    const cases: readonly (readonly [readonly string[], string])[] = [
      [['--server', 'http://127.0.0.1:8402'], 'Set WAYGATE_API_KEY to an API key of http://127.0.0.1:8402.'],
      [['--server', 'localhost:8402'], '--server must be the address of a server, such as http://127.0.0.1:8402'],
      [['--request', 'none.json'], 'none.json: there is no such file'],
      [['--request', '.'], '. cannot be read'],
      [['--request', 'broken.json'], 'broken.json must hold a JSON object'],
    ]
    for (const [flags, message] of cases) {
      const { code, stderr } = await ended(['route', 'acme/m1', ...flags], directory)
      expect(code).toBe(1)
      expect(stderr).toContain(message)
    }
  })

  test('serve and simulator: with 0 when they are told to', async () => {
    for (const command of ['serve', 'simulator']) {
      const running = startWaygate([command, '--port', '0'], { directory: configured(sound) })
      await running.printed(/listens on (\S+)/)
      expect(await running.stop('SIGTERM')).toBe(0)
    }
  })
})

describe('a gateway that cannot be created leaves nothing open', () => {
  test.each([
    ['a provider without credentials', withoutKey, 'has no credentials'],
    [
      'a model that extends none, which shows after the simulator was started',
      'models: { acme/none: { extends: true, endpoints: [{ provider: prov-a, model: m }] } }\nproviders: { prov-a: { base_url: "http://127.0.0.1:9/v1" } }',
      'no model of that name to extend',
    ],
    ['a database that is none', `${sound}\nstorage: { url: "sqlite:./broken.db" }`, 'is not a Waygate database'],
  ])('%s', async (_, text, message) => {
    const workingDirectory = configured(text)
    writeFileSync(join(workingDirectory, 'broken.db'), 'models:\n'.repeat(1000))
    const config = loadConfig({ environment: {}, workingDirectory, builtInProviders })
    const before = open()
    await expect(createGateway(config)).rejects.toThrow(message)
    // A closed socket is reported one turn later.
    await expect.poll(open).toEqual(before)
  })
})

/** Lists what keeps a process alive: listening sockets, connections and threads. */
const open = (): readonly string[] =>
  process
    .getActiveResourcesInfo()
    .filter((name) => /^(TCP|Message|Worker)/.test(name))
    .toSorted()

test('npm start passes on the signals that npm does, so that no gateway is left behind', async () => {
  const directory = configured('storage: { url: "sqlite::memory:", journal: ./journal }\ndiscovery: false\n' + sound)
  const child = spawn('npm', ['start'], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: {
      PATH: process.env['PATH'],
      HOME: directory,
      WAYGATE_CONFIG: join(directory, 'waygate.yaml'),
      WAYGATE_PORT: '0',
    },
    timeout: 50_000,
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  await expect.poll(() => stdout, { timeout: 30_000 }).toMatch(/listens on http/)
  const url = /listens on (\S+)/.exec(stdout)?.[1] ?? ''
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
  child.kill('SIGTERM')
  await once(child, 'close')
  await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed')
}, 60_000)
