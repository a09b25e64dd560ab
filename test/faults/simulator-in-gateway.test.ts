import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { expect, test } from 'vitest'
import { loadConfig } from '../../src/config/load-config.ts'
import { builtInProviders } from '../../src/gateway.ts'
import { loadEntries } from '../../src/catalog/load-entries.ts'
import { BundledSimulator } from '../../src/offerings/bundled-simulator.ts'
import { createOfferings } from '../../src/offerings/offerings.ts'
import { providers } from '../../src/providers/_registry.ts'
import { startWaygate, temporaryDirectory } from '../cli/run-waygate.ts'

const key = 'sk-or-v1-test-key-of-the-default-account'

async function startSmall(): Promise<string> {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'waygate.yaml'), stringify({ server: { port: 0 }, keys: [{ name: 'test', key }] }))
  const running = startWaygate(['serve'], { directory, node: ['--max-old-space-size=128'] })
  return running.printed(/listens on (\S+)/)
}

test('the simulator inside the gateway refuses what would fill the memory of both', async () => {
  const url = await startSmall()
  const post = (path: string, body: object) =>
    fetch(`${url}/v1/${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'waygate/simulator', ...body }),
    })
  const formatted = (schema: object) =>
    post('chat/completions', {
      messages: [{ role: 'user', content: 'hi' }],
      response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } },
    })

  for (const schema of [
    { type: 'array', items: { type: 'number' }, minItems: 3e7 },
    { type: 'string', minLength: 5e8 },
  ]) {
    const response = await formatted(schema)
    expect(response.status).toBe(400)
    expect(await response.text()).toContain('more than 100000 characters')
  }
  expect((await post('completions', { prompt: 'a '.repeat(2_000_000) })).status).toBe(200)
  expect((await post('completions', { prompt: 'a '.repeat(2_000_000), echo: true })).status).toBe(400)
  expect((await post('completions', { prompt: Array.from({ length: 300_000 }, () => 'a') })).status).toBe(400)
  expect((await fetch(`${url}/healthz`)).status).toBe(200)
})

test('the simulator inside the gateway has no control addresses', async () => {
  const directory = temporaryDirectory()
  const config = loadConfig({ environment: {}, workingDirectory: directory, builtInProviders })
  const simulator = new BundledSimulator()
  const offerings = await createOfferings({
    config,
    entries: loadEntries(),
    simulator,
    isStart: true,
    builtIn: providers,
    probe: () => Promise.resolve({ failure: 'not asked' }),
    keyed: { builtIn: new Map(), configured: new Map() },
    keysOf: () => [],
  })
  const address = offerings.provider('waygate')?.baseUrl ?? ''
  expect((await fetch(`${address}/models`)).status).toBe(200)
  const origin = new URL(address).origin
  for (const path of ['/_journal', '/_behaviour']) {
    const body = path === '/_behaviour' ? JSON.stringify({ behaviour: 'status-500' }) : null
    const response = await fetch(origin + path, { method: body === null ? 'GET' : 'POST', body })
    expect(response.status).toBe(404)
  }
  offerings.close()
  await simulator.close()
})
