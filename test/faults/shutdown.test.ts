import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout } from 'node:timers/promises'
import { stringify } from 'yaml'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { openStorage } from '../../src/storage/open-storage.ts'
import { runWaygate, startWaygate, temporaryDirectory } from '../cli/run-waygate.ts'
import { readStream } from '../sse.ts'
import { eventually } from './eventually.ts'
import { completed, operations } from './operations.ts'

const key = 'sk-or-v1-test-key-of-the-default-account'
let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())
beforeEach(() => simulator.clearJournal())
afterEach(() => void vi.useRealTimers())

/** Creates a directory with a configuration, whose only provider is the simulator. */
function configured(port = 0): string {
  const directory = temporaryDirectory()
  const endpoint = (model: string) => ({
    endpoints: [{ provider: 'prov-a', model, pricing: { prompt: 1, completion: 2 } }],
  })
  const config = {
    server: { port },
    keys: [{ name: 'test', key }],
    providers: { 'prov-a': { base_url: `${simulator.url}/prov-a/v1` } },
    models: { 'acme/two-seconds': endpoint('tokens-40+pace-50'), 'acme/endless': endpoint('tokens-1000+pace-100') },
  }
  writeFileSync(join(directory, 'waygate.yaml'), stringify(config))
  return directory
}

async function serving(directory: string) {
  const running = startWaygate(['serve', '--config', join(directory, 'waygate.yaml')], { directory })
  return { ...running, url: await running.printed(/listens on (\S+)/) }
}

describe.each(operations)('$name: a server that receives SIGTERM', ({ path, ask }) => {
  const post = (url: string, model: string): Promise<Response> =>
    fetch(url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, ...ask, stream: true }),
    })

  test('is not ready any more, ends its 200 streams, writes their records and exits with 0', async () => {
    // The provider's time stops in the middle of its streams until the test continues it. The server's time does not.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const directory = configured()
    const { url, stop } = await serving(directory)
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
    const responses = await Promise.all(Array.from({ length: 200 }, () => post(url, 'acme/two-seconds')))
    const reading = Promise.all(responses.map(readStream))
    const ended = stop('SIGTERM')

    await eventually(async () => ((await fetch(`${url}/readyz`)).status === 503 ? true : null))
    const refused = await post(url, 'acme/two-seconds')
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
    expect(await refused.json()).toMatchObject({ error: { code: 503 } })

    await vi.advanceTimersByTimeAsync(2_000)
    const streams = await reading
    expect(streams.filter((read) => completed(read) && read.text === simulatedText(40))).toHaveLength(200)
    expect(await ended).toBe(0)

    const storage = await openStorage(`sqlite:${join(directory, '.waygate/waygate.db')}`)
    const ids = responses.map(({ headers }) => headers.get('x-generation-id') ?? '')
    const records = await Promise.all(ids.map((id) => storage.generations.find(id, 'default')))
    await storage.close()
    expect(records.filter((record) => record?.status === 200 && record.completionTokens === 40)).toHaveLength(200)
  })

  test('breaks off what runs when it is told twice', async () => {
    const { url, child, stop, stderr } = await serving(configured())
    const reading = post(url, 'acme/endless').then(readStream)
    // The stream breaks off, as it must.
    reading.catch(() => {})
    await eventually(() => simulator.journal().find(({ chunksSent }) => chunksSent > 0))
    child.kill('SIGTERM')
    await eventually(async () => ((await fetch(`${url}/readyz`)).status === 503 ? true : null))
    await eventually(() => (stderr().includes('\n') ? true : null))
    expect(stderr()).toBe(
      'Waygate waits for running requests, for up to 30 s. A second signal breaks them off, a third ends the process at once.\n',
    )
    expect(await stop('SIGTERM')).toBe(1)
    await expect(reading).rejects.toThrow()
    expect(simulator.journal()[0]?.chunksSent).toBeLessThan(500)
  })

  test('records the streams that a second signal breaks off, also while another process holds the database', async () => {
    const directory = configured()
    const { url, child, stop } = await serving(directory)
    const file = join(directory, '.waygate/waygate.db')
    const outside = new DatabaseSync(file, { timeout: 10_000 })
    onTestFinished(() => {
      if (outside.isOpen) outside.close()
    })
    outside.exec('begin immediate')
    const responses = await Promise.all(Array.from({ length: 20 }, () => post(url, 'acme/endless')))
    const ids = responses.map(({ headers }) => headers.get('x-generation-id') ?? '')
    const reading = Promise.allSettled(responses.map(readStream))
    child.kill('SIGTERM')
    await eventually(async () => ((await fetch(`${url}/readyz`)).status === 503 ? true : null))
    expect(await stop('SIGTERM')).toBe(1)
    await reading
    outside.close()

    const again = await serving(directory)
    const storage = await openStorage(`sqlite:${file}`)
    const cancelled = await eventually(async () => {
      const records = await Promise.all(ids.map((id) => storage.generations.find(id, 'default')))
      return records.every((record) => record !== null) ? records : null
    })
    await storage.close()
    expect(cancelled.filter((record) => record?.cancelled && record.status === 0)).toHaveLength(20)
    // What was produced until then is charged.
    expect(cancelled.filter((record) => (record?.cost ?? 0) > 0)).toHaveLength(20)
    expect(await again.stop('SIGTERM')).toBe(0)
  })
})

test('an idle server exits with 0, also with a keep-alive connection', async () => {
  const { url, stop } = await serving(configured())
  await (await fetch(`${url}/healthz`)).text()
  expect(await stop('SIGINT')).toBe(0)
})

test('a terminal that hangs up does not end the server', async () => {
  const { child, url, stop } = await serving(configured())
  for (let times = 0; times < 3; times++) {
    child.kill('SIGHUP')
    expect((await fetch(`${url}/readyz`)).status).toBe(200)
  }
  expect(await stop('SIGTERM')).toBe(0)
})

test('a log whose reader is gone does not end the server', async () => {
  const { child, url, stop } = await serving(configured())
  child.stdout?.destroy()
  for (let times = 0; times < 3; times++) {
    expect((await fetch(`${url}/api/v1/models`)).status).toBe(200)
    // Longer than log lines are buffered.
    await setTimeout(1_200)
  }
  expect((await fetch(`${url}/readyz`)).status).toBe(200)
  expect(await stop('SIGTERM')).toBe(0)
})

test('lines of the log that nobody reads are dropped and counted, and no request waits for them', async () => {
  const { child, url, stop, stdout } = await serving(configured())
  child.stdout?.pause()
  const path = `${url}/api/v1/${'x'.repeat(2_000)}`
  const status = async (): Promise<number> => {
    const response = await fetch(path)
    await response.arrayBuffer()
    return response.status
  }
  // More than the pipe and the log keep.
  for (let sent = 0; sent < 1_000; sent += 20) {
    expect(await Promise.all(Array.from({ length: 20 }, status))).toEqual(Array.from({ length: 20 }, () => 404))
  }
  child.stdout?.resume()
  const line = await eventually(async () => {
    await status()
    return (
      stdout()
        .split('\n')
        .find((text) => text.includes('lines of the log were dropped')) ?? null
    )
  })
  const { dropped } = JSON.parse(line)
  const written = stdout()
    .split('\n')
    .filter((text) => text.includes('/api/v1/xxx')).length
  expect(dropped).toBeGreaterThan(0)
  expect(written + dropped).toBeLessThanOrEqual(1_000 + 60)
  expect(await stop('SIGTERM')).toBe(0)
})

test('a port in use is named, with what to do', async () => {
  const taken = createServer()
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  const { port } = Object(taken.address())
  const directory = configured(port)
  const { code, stderr, stdout } = await runWaygate(['serve'], { directory })
  taken.close()
  expect(code).toBe(1)
  expect(stderr).toMatch(new RegExp(`^Port ${port} on 127\\.0\\.0\\.1 is taken\\. [^\\n]+\\n$`))
  expect(stdout).toBe('')
})

test('an error in the configuration is reported with file and line', async () => {
  const directory = temporaryDirectory()
  const file = join(directory, 'waygate.yaml')
  writeFileSync(file, 'keys:\n  - { name: dev, key: sk-canary-0123456789 }\ntimeouts:\n  first_token_ms: soon\n')
  const { code, stderr, stdout } = await runWaygate(['serve', '--config', file], { directory })
  expect(code).toBe(1)
  expect(stderr).toContain('waygate.yaml:4')
  expect(stderr).toContain('timeouts.first_token_ms')
  expect(stderr).not.toContain('canary')
  expect(stdout).toBe('')
})
