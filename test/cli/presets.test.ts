import { expect, onTestFinished, test } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { builtInProviders, createGateway } from '../../src/gateway.ts'
import { configured, runWaygate } from './run-waygate.ts'

const key = 'sk-dev-0123456789abcdef'
const config = `
server: { port: 0 }
keys: [{ name: dev, key: ${key} }]
`

test('contract §6.14: a preset is disabled, archived, enabled and deleted while a server runs', async () => {
  const directory = configured(config)
  const presets = (...arguments_: readonly string[]) => runWaygate(['presets', ...arguments_], { directory })
  expect(await presets('list')).toMatchObject({ code: 1, stderr: expect.stringContaining('There is no database') })
  const gateway = await createGateway(loadConfig({ environment: {}, workingDirectory: directory, builtInProviders }), {
    logOutput: { write() {} },
  })
  onTestFinished(() => gateway.close())
  const { url } = await gateway.listen()
  const post = async (path: string, body: object) => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
    const reply = await fetch(`${url}/api/v1${path}`, { method: 'POST', headers, body: JSON.stringify(body) })
    return { status: reply.status, message: Object(await reply.json()).error?.message }
  }
  const messages = [{ role: 'user', content: 'Hello' }]
  const store = () => post('/presets/mine/chat/completions', { model: 'waygate/simulator', messages })
  const use = () => post('/chat/completions', { model: '@preset/mine', messages })
  const becomes = (expected: object) => expect.poll(use, { interval: 50 }).toMatchObject(expected)

  expect((await store()).status).toBe(200)
  expect((await use()).status).toBe(200)
  expect(await presets('disable', 'mine')).toMatchObject({
    code: 0,
    stdout: 'The preset "mine" of the account "default" is disabled.\n',
  })
  await becomes({ status: 404, message: 'The preset "mine" is disabled.' })
  expect((await store()).status).toBe(200)
  expect(await presets('archive', 'mine')).toMatchObject({ code: 0 })
  await becomes({ status: 404, message: 'The preset "mine" is archived.' })
  expect(await store()).toEqual({
    status: 409,
    message: 'The preset "mine" is archived. Enable it first, or use another slug.',
  })
  expect((await presets('list')).stdout).toMatch(/^SLUG .*\nmine +default +archived +2 +\d{4}-.*Z\n$/)
  expect(await presets('enable', 'mine')).toMatchObject({ code: 0 })
  await becomes({ status: 200 })
  expect(await presets('delete', 'mine')).toMatchObject({ code: 0 })
  await becomes({ status: 404, message: 'The account has no preset "mine".' })
  expect(await presets('delete', 'mine')).toMatchObject({
    code: 1,
    stderr: 'The account "default" has no preset "mine".\n',
  })
}, 60_000)
