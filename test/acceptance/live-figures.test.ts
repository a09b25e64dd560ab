import { afterAll, beforeAll, expect, test } from 'vitest'
import { startGateway, type TestGateway } from '../gateway.ts'
import { useVirtualTime } from '../virtual-time.ts'
import { asNumber, at, calls, readJson } from './exchange.ts'

useVirtualTime()

const endpoint = (provider: string, model: string) => ({ provider, model, pricing: { prompt: 1, completion: 2 } })
const slug = 'acme/live'
const served = { slow: 'prov-a', flaky: 'prov-b', limited: 'prov-c' }
const flakyFailures = 3

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startGateway({
    models: {
      [slug]: {
        endpoints: [
          endpoint(served.slow, 'slow-first-token-60+tokens-20+pace-5'),
          endpoint(served.flaky, `first-${flakyFailures}-status-503`),
          endpoint(served.limited, 'status-429'),
        ],
      },
    },
  })
  for (let call = 0; call < 12; call++) await ask(served.flaky)
  await Promise.all(Array.from({ length: 12 }, () => ask(served.slow, { stream: true })))
  await Promise.all(Array.from({ length: 12 }, () => ask(served.limited)))
})
afterAll(() => gateway.close())

async function ask(provider: string, more: object = {}): Promise<void> {
  await (await gateway.chat({ model: slug, provider: { only: [provider] }, ...more })).text()
}

/** Returns the row of a provider in the listing of endpoints. */
async function row(provider: string, headers: Readonly<Record<string, string>> = {}): Promise<unknown> {
  const { status, body } = await readJson(gateway.get(`/api/v1/models/${slug}/endpoints`, headers))
  expect(status).toBe(200)
  const endpoints = at(body, 'data', 'endpoints')
  if (!Array.isArray(endpoints)) throw new Error('The model lists no endpoints.')
  return endpoints.find((listed) => at(listed, 'tag') === provider)
}

test('contract §6.22: uptime is the share of calls that succeeded, in percent', async () => {
  const made = calls(gateway).filter(({ path }) => path.startsWith(`/${served.flaky}/`)).length
  expect(made).toBeGreaterThanOrEqual(12)
  const uptime = expect.closeTo((100 * (made - flakyFailures)) / made, 2)
  expect(await row(served.flaky)).toMatchObject({
    uptime_last_5m: uptime,
    uptime_last_30m: uptime,
    uptime_last_1d: uptime,
  })
  expect(await row(served.slow)).toMatchObject({ uptime_last_5m: 100, uptime_last_30m: 100, uptime_last_1d: 100 })
})

test('contract §6.22: 429 does not count, and does not affect the speed', async () => {
  expect(await row(served.limited)).toMatchObject({
    uptime_last_5m: null,
    uptime_last_30m: null,
    uptime_last_1d: null,
    latency_last_30m: null,
    throughput_last_30m: null,
  })
})

test('contract §6.22: latency is the time to the first token in milliseconds, throughput tokens over the whole time', async () => {
  const listed = await row(served.slow)
  const percentiles = (name: string) => ['p50', 'p75', 'p90', 'p99'].map((share) => asNumber(at(listed, name, share)))
  for (const name of ['latency_last_30m', 'throughput_last_30m']) {
    expect(percentiles(name)).toEqual(percentiles(name).toSorted((a, b) => a - b))
  }
  // 60 ms to the first of 20 tokens and 5 ms to each of the others: at least 155 ms, so at most 129 tokens per second. Figures have a
  // precision of 5 %.
  expect(percentiles('latency_last_30m')[0]).toBeGreaterThan(0.95 * 60)
  expect(percentiles('latency_last_30m')[3]).toBeLessThan(2 * 60)
  expect(percentiles('throughput_last_30m')[3]).toBeLessThan(1.05 * 129)
  expect(percentiles('throughput_last_30m')[0]).toBeGreaterThan(129 / 2)
})

test('contract §8.A2: a client without a valid key sees the uptime, not the speed', async () => {
  for (const authorization of ['', 'Bearer sk-or-v1-nobody', 'Basic YTpi']) {
    expect(await row(served.slow, { authorization })).toMatchObject({
      uptime_last_30m: 100,
      latency_last_30m: null,
      throughput_last_30m: null,
    })
  }
})
