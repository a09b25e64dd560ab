import { spawnSync } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { connect } from 'node:net'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { behaving, startGateway, type TestGateway, testKey } from '../gateway.ts'

const managementKey = 'sk-or-v1-test-key-that-manages'
const metricsKey = 'metrics-key-of-the-test'
const openMetrics = { accept: 'application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5' }

const keys = [
  { name: 'test', key: testKey },
  { name: 'admin', key: managementKey, management: true },
]

/** Reads the samples of a page: the value of each name with its labels. */
async function samplesOf(gateway: TestGateway): Promise<ReadonlyMap<string, number>> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text()
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]))
}

describe('/metrics', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway({
      keys,
      telemetry: { metrics: true },
      models: { 'acme/falls-back': behaving('status-503', 'steady'), 'acme/broken': behaving('status-500') },
    })
    for (const model of ['acme/m1', 'acme/m1', 'acme/falls-back', 'acme/broken']) {
      await (await gateway.chat({ model })).text()
    }
    await (await gateway.chat({ model: 'acme/m1', stream: true })).text()
    await (await gateway.chat({ model: 'nobody/knows "this"\n' })).text()
    await (await gateway.get('/api/v1/generation?id=gen-1')).text()
  })
  afterAll(() => gateway.close())

  test('counts generations, tokens and cost as the records have them', async () => {
    const samples = await samplesOf(gateway)
    const served = '{operation="chat",model="acme/m1",provider="prov-a",outcome="ok"}'
    expect(samples.get(`waygate_generations_total${served}`)).toBe(3)
    expect(
      samples.get('waygate_generations_total{operation="chat",model="acme/falls-back",provider="prov-b",outcome="ok"}'),
    ).toBe(1)
    const reply = Object(await (await gateway.chat({ model: 'acme/m2' })).json())
    const after = await samplesOf(gateway)
    const labels = 'model="acme/m2",provider="prov-b"'
    expect(after.get(`waygate_tokens_total{${labels},type="prompt"}`)).toBe(reply.usage.prompt_tokens)
    expect(after.get(`waygate_tokens_total{${labels},type="completion"}`)).toBe(reply.usage.completion_tokens)
    expect(after.get(`waygate_cost_usd_total{${labels}}`)).toBe(reply.usage.cost)
    expect(after.get(`waygate_time_to_first_token_seconds_count{${labels}}`)).toBe(1)
    expect(after.get(`waygate_output_tokens_per_second_count{${labels}}`)).toBe(1)
  })

  test('counts attempts by outcome, and shows the health of endpoints that were called', async () => {
    const samples = await samplesOf(gateway)
    const failed = [...samples].filter(
      ([name]) =>
        name.startsWith('waygate_attempts_total{provider="prov-a",model="acme/broken"') && !name.includes('"ok"'),
    )
    expect(failed.length).toBeGreaterThan(0)
    const up = [...samples].filter(([name]) => name.startsWith('waygate_endpoint_up{'))
    expect(up.some(([name, value]) => name.includes('model="acme/m1"') && value === 1)).toBe(true)
    expect(up.some(([name]) => name.includes('provider="prov-c"'))).toBe(false)
  })

  test('counts requests by route, not by path, and takes no label from a client', async () => {
    const samples = await samplesOf(gateway)
    const route = 'route="/api/v1/chat/completions"'
    expect(samples.get(`waygate_http_requests_total{method="POST",${route},status="200"}`)).toBeGreaterThanOrEqual(4)
    expect(samples.get(`waygate_http_requests_total{method="POST",${route},status="400"}`)).toBe(1)
    await fetch(`${gateway.url}/some/secret/path?token=x`)
    const text = await (await fetch(`${gateway.url}/metrics`)).text()
    expect(text).toContain('route="unknown",status="404"')
    expect(text).not.toMatch(/secret|nobody|token=x/)
  })

  test('shows the journal, the event loop and the process', async () => {
    const samples = await samplesOf(gateway)
    expect(samples.get('waygate_journal_blocked')).toBe(0)
    expect(samples.get('waygate_http_requests_running')).toBe(1)
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(10_000_000)
    expect(samples.get('process_cpu_seconds_total')).toBeGreaterThan(0)
    expect(samples.has('waygate_journal_records')).toBe(true)
    expect(samples.get('nodejs_eventloop_lag_seconds{statistic="p99"}')).toBeGreaterThanOrEqual(0)
  })

  test('writes OpenMetrics with exemplars for who asks for it', async () => {
    const usual = await fetch(`${gateway.url}/metrics`)
    expect(usual.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    const reply = await fetch(`${gateway.url}/metrics`, { headers: openMetrics })
    expect(reply.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8')
    const text = await reply.text()
    expect(text.endsWith('# EOF\n')).toBe(true)
    expect(text).toContain('# TYPE waygate_generations counter\nwaygate_generations_total{')
    expect(text).toMatch(/^waygate_time_to_first_token_seconds_bucket\{.*\} \d+ # \{generation_id="gen-\d+-\w{20}"\} /m)
  })

  test('Prometheus’ own parser finds nothing to complain of', async ({ skip }) => {
    const text = await (await fetch(`${gateway.url}/metrics`)).text()
    const { error, status, stdout, stderr } = spawnSync('promtool', ['check', 'metrics'], {
      input: text,
      encoding: 'utf8',
    })
    if (error !== undefined) {
      appendFileSync(`${inject('engines').directory}/skipped-prometheus`, 'the text of /metrics\n')
      skip()
    }
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' })
  })

  test('keeps the counts when the configuration is reloaded, and answers 404 while metrics are off', async () => {
    const before = (await samplesOf(gateway)).get('waygate_configuration_reloads_total{outcome="reloaded"}') ?? 0
    await gateway.reload({ keys, telemetry: { metrics: false } })
    const off = await fetch(`${gateway.url}/metrics`)
    expect(off.status).toBe(404)
    expect(Object(await off.json()).error.message).toContain('telemetry: { metrics: true }')
    await gateway.reload({ keys, telemetry: { metrics: true } })
    const samples = await samplesOf(gateway)
    expect(samples.get('waygate_configuration_reloads_total{outcome="reloaded"}')).toBe(
      // The reload that switched them off is not counted: nothing counted any more.
      before + 1,
    )
    expect(samples.get('waygate_tokens_total{model="acme/m2",provider="prov-b",type="prompt"}')).toBeGreaterThan(0)
  })
})

describe('who reads the metrics', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startGateway({ keys, telemetry: { metrics: true } })
  })
  afterAll(() => gateway.close())
  const status = async (headers: Readonly<Record<string, string>>): Promise<number> =>
    (await fetch(`${gateway.url}/metrics`, { headers })).status

  test('this machine needs no key, a proxy on it does', async () => {
    expect(await status({})).toBe(200)
    for (const name of ['x-forwarded-for', 'forwarded', 'via', 'x-real-ip']) {
      expect(await status({ [name]: '203.0.113.7' })).toBe(401)
    }
  })

  test('a name that leads to this machine is no address of it', async () => {
    const port = Number(new URL(gateway.url).port)
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write('GET /metrics HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n'),
      )
      let text = ''
      socket.on('data', (chunk) => (text += chunk.toString()))
      socket.on('end', () => resolve(text))
      socket.on('error', reject)
    })
    expect(answer).toMatch(/^HTTP\/1\.1 401 /)
  })

  test('a management key may, an inference key may not', async () => {
    expect(await status({ authorization: `Bearer ${managementKey}`, via: 'proxy' })).toBe(200)
    expect(await status({ authorization: `Bearer ${testKey}` })).toBe(403)
    expect(await status({ authorization: 'Bearer nonsense' })).toBe(401)
  })

  test('the metrics key does nothing else, and where there is one, this machine needs it too', async () => {
    await gateway.reload({ keys, telemetry: { metrics: true, metrics_key: metricsKey } })
    expect(await status({})).toBe(401)
    expect(await status({ authorization: `Bearer ${metricsKey}` })).toBe(200)
    expect(await status({ authorization: `Bearer ${managementKey}` })).toBe(200)
    const other = await fetch(`${gateway.url}/api/v1/key`, { headers: { authorization: `Bearer ${metricsKey}` } })
    expect(other.status).toBe(401)
  })
})
