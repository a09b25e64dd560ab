import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { builtInProviders, createGateway } from '../../src/gateway.ts'
import { temporaryDirectory } from '../cli/run-waygate.ts'
import { startGateway, testKey, type TestGateway } from '../gateway.ts'

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway.close())

const key = `keys:\n  - { name: test, key: ${testKey} }\n`
const rest = `discovery: false\nsecrets: { key: ${'ab'.repeat(32)} }\n`

describe.each([
  ['a syntax error', 'keys: [\n', 2, /not valid YAML/],
  [
    'an unknown key',
    `server: { port: 0 }\n${key}${rest}provider: {}\n`,
    6,
    /provider: unknown key\. Did you mean "providers"/,
  ],
  [
    'another port',
    `${key}${rest}server:\n  port: 8499\n`,
    6,
    /server\.port: cannot be changed while the gateway runs\. Restart it/,
  ],
  ['another host', `server: { port: 0, host: 0.0.0.0 }\n${key}${rest}`, 1, /server\.host: cannot be changed/],
  [
    'another database',
    `server: { port: 0 }\n${key}${rest}storage:\n  url: "sqlite:elsewhere.db"\n`,
    7,
    /storage\.url: cannot be changed/,
  ],
  [
    'another journal',
    `server: { port: 0 }\n${key}${rest}storage:\n  journal: elsewhere\n`,
    7,
    /storage\.journal: cannot/,
  ],
  [
    'another durability',
    `server: { port: 0 }\n${key}${rest}storage: { durability: power }\n`,
    6,
    /storage\.durability: cannot/,
  ],
  [
    'another retention',
    `server: { port: 0 }\n${key}${rest}storage: { retention_days: 3 }\n`,
    6,
    /storage\.retention_days: cannot/,
  ],
  [
    'another secret',
    `server: { port: 0 }\n${key}discovery: false\nsecrets: { key: ${'cd'.repeat(32)} }\n`,
    5,
    /secrets: cannot be changed/,
  ],
  ['no content', '', 1, /the file is empty/],
  [
    'a variable that is not set',
    `server: { port: 0 }\n${rest}keys:\n  - { name: a, key: "\${NOT_SET}" }\n`,
    5,
    /keys\[0\]\.key: the environment variable NOT_SET is not set/,
  ],
])('a file with %s', (_, text, line, problem) => {
  test('is refused with its line and key, and the configuration before stays', async () => {
    const models = [...gateway.catalog().models.keys()]
    const before = gateway.log.length
    const outcome = await gateway.reload(text)
    const problems = outcome.type === 'refused' ? outcome.problems : []
    const found = problems.find((told) => problem.test(told)) ?? problems
    expect(found).toMatch(problem)
    expect(found).toMatch(new RegExp(`waygate\\.yaml:${line}:\\d+`))
    expect(gateway.log.slice(before).map((told) => JSON.parse(told))).toEqual([
      { level: 50, time: expect.any(String), problems, msg: expect.stringContaining('is refused') },
    ])
    expect([...gateway.catalog().models.keys()]).toEqual(models)
    const response = await gateway.chat({})
    expect([response.status, (await response.text()).length > 0]).toEqual([200, true])
    expect(gateway.log.join('')).not.toContain('cd'.repeat(32))
  })
})

test('what can be changed in such a file is not applied either', async () => {
  const models = `models:\n  acme/more:\n    endpoints: [{ provider: prov-a, model: steady }]\n`
  const providers = `providers:\n  prov-a: { base_url: "${gateway.simulator.url}/prov-a/v1" }\n`
  expect(await gateway.reload(`${key}${rest}${models}${providers}server: { port: 1 }\n`)).toMatchObject({
    type: 'refused',
  })
  expect([...gateway.catalog().models.keys()]).not.toContain('acme/more')
})

test('a configured endpoint without credentials is refused, although the file itself is valid', async () => {
  const text = `server: { port: 0 }\n${key}${rest}models:\n  acme/m1:\n    endpoints: [{ provider: openai, model: gpt }]\n`
  expect(await gateway.reload(text)).toMatchObject({
    type: 'refused',
    problems: [expect.stringContaining('models.acme/m1.endpoints[0] is at openai, which has no credentials')],
  })
})

test('a file that means the same changes nothing', async () => {
  const catalog = gateway.catalog()
  expect(await gateway.reload({})).toEqual({ type: 'unchanged' })
  expect(gateway.catalog()).toBe(catalog)
})

test('a configuration that comes from no file is held to the same, and a gateway that stops takes none', async () => {
  const { storage, ...config } = loadConfig({
    environment: {},
    workingDirectory: temporaryDirectory(),
    builtInProviders,
  })
  const log: string[] = []
  const own = await createGateway(
    { ...config, discovery: false, storage: { ...storage, url: 'sqlite::memory:', journal: null } },
    { logOutput: { write: (line) => log.push(line) } },
  )
  expect(await own.reload((inUse) => ({ ...inUse, server: { ...inUse.server, port: 1 } }))).toEqual({
    type: 'refused',
    problems: [expect.stringMatching(/^server\.port: cannot be changed while the gateway runs/)],
  })
  expect(await own.reload((inUse) => ({ ...inUse, bareNames: false }))).toEqual({
    type: 'reloaded',
    file: null,
    changed: ['bare_names'],
  })
  const last = own.reload((inUse) => ({ ...inUse, bareNames: true }))
  await own.close()
  const stopping = { type: 'refused', problems: ['The gateway is stopping.'] }
  expect([await last, await own.reload((inUse) => ({ ...inUse, bareNames: true }))]).toEqual([stopping, stopping])
})
