import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { startWaygate, temporaryDirectory } from '../cli/run-waygate.ts'
import { eventually } from '../faults/eventually.ts'
import { testKey } from '../gateway.ts'

const otherKey = 'sk-or-v1-test-key-that-is-another'
const text = (key: string, more = ''): string =>
  `server: { port: 0 }\nlog: { format: json }\ndiscovery: false\nkeys: [{ name: test, key: ${key} }]\n${more}`

/** Starts `waygate serve`, and waits until it takes requests. */
async function serving(directory: string, options: readonly string[] = [], environment = {}) {
  const running = startWaygate(['serve', ...options], { directory, environment })
  const url = await running.printed(/listens on (\S+)/)
  /** The lines of the log about configurations. */
  const told = (): readonly Record<string, unknown>[] =>
    running
      .stdout()
      .split('\n')
      .filter((line) => line.includes('configuration') && line.startsWith('{'))
      .map((line) => JSON.parse(line))
  const accepts = async (key: string): Promise<boolean> => {
    const { status } = await fetch(`${url}/api/v1/key`, { headers: { authorization: `Bearer ${key}` } })
    return status === 200
  }
  return {
    ...running,
    url,
    told,
    accepts,
    hangUp: () => running.child.kill('SIGHUP'),
    /** Waits until the log has told of so many readings. */
    read: (times: number) => eventually(() => (told().length >= times ? told() : null)),
    turnsTo: (key: string) => eventually(async () => ((await accepts(key)) ? true : null)),
  }
}

test('SIGHUP reads the file again, tells what changed, and refuses what is wrong', async () => {
  const directory = temporaryDirectory()
  const file = join(directory, 'waygate.yaml')
  writeFileSync(file, text(testKey))
  const gateway = await serving(directory, ['--config', file])
  expect(await gateway.accepts(testKey)).toBe(true)

  writeFileSync(file, text(otherKey))
  gateway.hangUp()
  await gateway.turnsTo(otherKey)
  expect(await gateway.accepts(testKey)).toBe(false)
  writeFileSync(file, text(testKey, 'timeouts:\n  total_ms: soon\n'))
  gateway.hangUp()
  const [changed, refused] = await gateway.read(2)
  expect(changed).toMatchObject({ level: 30, msg: 'the configuration was reloaded: keys changed' })
  expect(refused).toMatchObject({
    level: 50,
    problems: [expect.stringMatching(/waygate\.yaml:6:13 timeouts\.total_ms: must be/)],
  })
  expect(await gateway.accepts(otherKey)).toBe(true)

  // What the signal has read is no news for the watch.
  await pause(2_500)
  expect(gateway.told()).toHaveLength(2)
  for (let times = 0; times < 20; times++) gateway.hangUp()
  expect((await gateway.read(3)).at(-1)).toMatchObject({ level: 50 })
  expect(await gateway.stop('SIGTERM')).toBe(0)
  expect(gateway.stdout() + gateway.stderr()).not.toContain(otherKey)
})

test('a change of the file is noticed without a signal, also where it is replaced or gone for a moment', async () => {
  const directory = temporaryDirectory()
  const file = join(directory, 'waygate.yaml')
  writeFileSync(file, text(testKey))
  const gateway = await serving(directory)
  writeFileSync(file, text(otherKey))
  await gateway.turnsTo(otherKey)

  // As editors do.
  rmSync(file)
  await pause(500)
  writeFileSync(`${file}.new`, text(testKey))
  renameSync(`${file}.new`, file)
  await gateway.turnsTo(testKey)
  expect((await gateway.read(2)).map(({ level }) => level)).toEqual([30, 30])

  rmSync(file)
  const lines = await gateway.read(3)
  expect(lines[2]).toMatchObject({ level: 50, problems: [expect.stringContaining('there is no such file')] })
  await pause(2_500)
  expect(gateway.told()).toHaveLength(3)
  expect(await gateway.accepts(testKey)).toBe(true)
  writeFileSync(file, text(otherKey))
  await gateway.turnsTo(otherKey)
  expect(await gateway.stop('SIGTERM')).toBe(0)
})

test('links that are moved to another directory are followed, as Kubernetes moves them', async () => {
  const directory = temporaryDirectory()
  const mount = join(directory, 'mount')
  for (const [version, key] of [
    ['one', testKey],
    ['two', otherKey],
  ] as const) {
    mkdirSync(join(mount, version), { recursive: true })
    writeFileSync(join(mount, version, 'waygate.yaml'), text(key))
  }
  symlinkSync('one', join(mount, '..data'))
  symlinkSync('..data/waygate.yaml', join(mount, 'waygate.yaml'))
  const gateway = await serving(directory, [], { WAYGATE_CONFIG: join(mount, 'waygate.yaml') })
  expect(await gateway.accepts(testKey)).toBe(true)
  symlinkSync('two', join(mount, '..data_tmp'))
  renameSync(join(mount, '..data_tmp'), join(mount, '..data'))
  await gateway.turnsTo(otherKey)
  expect(await gateway.accepts(testKey)).toBe(false)
  expect(await gateway.stop('SIGTERM')).toBe(0)
})

test('a file that appears at a usual place is taken, and stays the one that is read', async () => {
  const directory = temporaryDirectory()
  const gateway = await serving(directory, ['--port', '0'])
  expect(await gateway.accepts(testKey)).toBe(false)
  writeFileSync(join(directory, 'waygate.yml'), text(testKey))
  await gateway.turnsTo(testKey)
  expect(await gateway.read(1)).toMatchObject([{ file: expect.stringMatching(/waygate\.yml$/) }])
  writeFileSync(join(directory, 'waygate.yaml'), text(otherKey))
  gateway.hangUp()
  await gateway.read(2)
  await pause(2_500)
  expect([await gateway.accepts(testKey), await gateway.accepts(otherKey)]).toEqual([true, false])
  expect(gateway.told()).toHaveLength(2)
  expect(await gateway.stop('SIGTERM')).toBe(0)
})

test('the command line and the environment of the process stay in force', async () => {
  const directory = temporaryDirectory()
  const file = join(directory, 'waygate.yaml')
  writeFileSync(file, text('"${KEY}"'))
  const gateway = await serving(directory, ['--port', '0'], { KEY: testKey })
  writeFileSync(file, `${text('"${KEY}"').replace('port: 0', 'port: 8499')}bare_names: false\n`)
  gateway.hangUp()
  expect(await gateway.read(1)).toMatchObject([
    { level: 30, msg: 'the configuration was reloaded: bare_names changed' },
  ])
  expect(await gateway.accepts(testKey)).toBe(true)
  expect(await gateway.stop('SIGTERM')).toBe(0)
})
