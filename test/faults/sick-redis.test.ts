import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { called } from '../acceptance/exchange.ts'
import { startWaygate, temporaryDirectory } from '../cli/run-waygate.ts'
import { describeRedis } from '../engines/engines.ts'
import { freePort } from '../engines/free-port.ts'
import { startGateway, type TestGateway, testKey } from '../gateway.ts'
import { eventually } from './eventually.ts'

const endpoint = (provider: string, model: string, prompt: number) => ({
  provider,
  model,
  pricing: { prompt, completion: prompt },
})
const models = {
  'acme/m1': { endpoints: [endpoint('prov-a', 'tokens-3', 1)] },
  'acme/dying': { endpoints: [endpoint('prov-a', 'status-503', 1), endpoint('prov-b', 'steady', 2)] },
}
const away = 'Redis is away'
const back = 'connected to Redis'

let simulator: Simulator
beforeAll(async () => {
  simulator = await startSimulator()
})
afterAll(() => simulator.close())

/** Starts a gateway in a process of its own. */
async function serving(redisUrl: string, environment: Readonly<Record<string, string>> = {}) {
  const directory = temporaryDirectory()
  const config = {
    server: { port: 0 },
    log: { format: 'json' },
    storage: { redis_url: redisUrl },
    discovery: false,
    keys: [{ name: 'test', key: testKey }],
    secrets: { key: 'ab'.repeat(32) },
    providers: { 'prov-a': { base_url: `${simulator.url}/prov-a/v1` } },
    models: { 'acme/m1': models['acme/m1'] },
  }
  writeFileSync(join(directory, 'waygate.yaml'), stringify(config))
  const running = startWaygate(['serve', '--config', join(directory, 'waygate.yaml')], { directory, environment })
  const url = await running.printed(/listens on (\S+)/)
  const status = async (): Promise<number> => {
    const response = await fetch(`${url}/api/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json', 'x-openrouter-cache': 'true' },
      body: JSON.stringify({ model: 'acme/m1', messages: [{ role: 'user', content: String(Math.random()) }] }),
    })
    await response.text()
    return response.status
  }
  return { ...running, url, status }
}

describeRedis('a Redis server that is sick', (start) => {
  async function twoNodes(url: string): Promise<readonly [TestGateway, TestGateway]> {
    const open = async (): Promise<TestGateway> => {
      const config = { storage: { redis_url: url }, models, routing: { outage_window_s: 2, probe_interval_s: 1 } }
      const gateway = await startGateway(config)
      onTestFinished(() => gateway.close())
      return gateway
    }
    return [await open(), await open()]
  }

  /** Sends requests to nodes again and again, until it is ended; then returns the statuses of the replies. */
  function load(nodes: readonly TestGateway[]) {
    const ending = new AbortController()
    const statuses = new Map<number, number>()
    let sent = 0
    const client = async (gateway: TestGateway, headers: Readonly<Record<string, string>>): Promise<void> => {
      while (!ending.signal.aborted) {
        const messages = [{ role: 'user', content: `question ${sent++}` }]
        const response = await gateway.chat({ messages }, headers)
        await response.text()
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
      }
    }
    const clients = nodes.flatMap((node) => [
      client(node, {}),
      client(node, { 'x-openrouter-cache': 'true' }),
      client(node, { 'x-openrouter-cache': 'true', 'x-openrouter-cache-clear': 'true' }),
    ])
    return {
      async more(count: number): Promise<void> {
        const least = sent + count
        await eventually(() => (sent >= least ? true : null))
      },
      async end(): Promise<ReadonlyMap<number, number>> {
        ending.abort()
        await Promise.all(clients)
        return statuses
      },
    }
  }

  const count = (gateway: TestGateway, text: string) => gateway.log.filter((line) => line.includes(text)).length

  /** An outage that one node finds is known to the other: both tell and listen. */
  async function share([one, other]: readonly [TestGateway, TestGateway]): Promise<void> {
    for (const [finder, learner] of [
      [one, other],
      [other, one],
    ] as const) {
      await eventually(async () => {
        await (await finder.chat({ model: 'acme/dying' })).text()
        learner.simulator.clearJournal()
        const reply = await learner.chat({ model: 'acme/dying' })
        await reply.text()
        return called(learner)[0] === 'prov-b' || null
      })
    }
  }

  test('that is killed under load, and comes back', async () => {
    const redis = await start()
    const nodes = await twoNodes(redis.url)
    const running = load(nodes)
    await running.more(50)
    await redis.stop()
    await eventually(() => (nodes.every((node) => count(node, away) === 1) ? true : null))
    await running.more(200)
    for (const { url } of nodes) expect((await fetch(`${url}/readyz`)).status).toBe(200)
    const again = await start({ port: redis.port })
    await eventually(() => (nodes.every((node) => count(node, back) === 2) ? true : null))
    await running.more(50)
    const statuses = await running.end()
    expect([...statuses.keys()]).toEqual([200])
    for (const node of nodes) expect(count(node, away)).toBe(1)
    await share(nodes)
    await again.stop()
  })

  test('that hangs under load, and wakes up', async () => {
    const redis = await start()
    const nodes = await twoNodes(redis.url)
    const running = load(nodes)
    await running.more(50)
    redis.hang()
    await eventually(() => (nodes.every((node) => count(node, away) === 1) ? true : null))
    await running.more(200)
    redis.wake()
    await eventually(() => (nodes.every((node) => count(node, back) === 2) ? true : null))
    await running.more(50)
    const statuses = await running.end()
    expect([...statuses.keys()]).toEqual([200])
    await share(nodes)
  })

  test('that hangs keeps no node from ending', async () => {
    const redis = await start()
    const node = await serving(redis.url)
    expect(await node.status()).toBe(200)
    redis.hang()
    expect(await node.status()).toBe(200)
    expect(await node.stop('SIGTERM')).toBe(0)
    expect(node.stderr()).toBe('')
  })

  test('that hangs or is away keeps no node from starting, which connects by itself later', async () => {
    const redis = await start()
    redis.hang()
    const port = await freePort()
    const [hung, alone] = [await serving(redis.url), await serving(`redis://:hunter2@127.0.0.1:${port}`)]
    for (const node of [hung, alone]) {
      expect(await node.status()).toBe(200)
      expect((await fetch(`${node.url}/readyz`)).status).toBe(200)
      await eventually(() => (node.stdout().includes(away) ? true : null))
    }
    redis.wake()
    await start({ port, options: ['--requirepass', 'hunter2'] })
    for (const node of [hung, alone]) {
      await eventually(() => (node.stdout().includes(back) ? true : null))
      expect(await node.stop('SIGTERM')).toBe(0)
    }
    expect(alone.stdout() + alone.stderr()).not.toContain('hunter2')
  })

  const hasOpenssl = spawnSync('openssl', ['version']).status === 0
  test.runIf(hasOpenssl)('rediss:// is TLS, with a certificate that is checked', async () => {
    const directory = temporaryDirectory()
    const [key, certificate] = [join(directory, 'key.pem'), join(directory, 'certificate.pem')]
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1']
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', certificate]
    expect(spawnSync('openssl', [...made, ...names]).status).toBe(0)
    const [plain, port] = [await freePort(), await freePort()]
    const tls = ['--tls-port', String(port), '--tls-cert-file', certificate, '--tls-key-file', key]
    await start({ port: plain, options: [...tls, '--tls-auth-clients', 'no', '--tls-ca-cert-file', certificate] })
    const url = `rediss://127.0.0.1:${port}`
    const trusting = await serving(url, { NODE_EXTRA_CA_CERTS: certificate })
    await eventually(() => (trusting.stdout().includes(back) ? true : null))
    const wary = await serving(url)
    await eventually(() => (wary.stdout().includes(away) ? true : null))
    expect(wary.stdout()).toContain('self-signed certificate')
    expect(await wary.status()).toBe(200)
  })
})
