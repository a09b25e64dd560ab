import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createEndpointHealth } from '../../src/router/health/create-endpoint-health.ts'
import { Hedges, type HedgeSettings } from '../../src/router/hedge.ts'
import { candidateOf, endpointOf, says, ScriptedCalls } from '../../src/router/testing/scripted-calls.ts'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { openStorage, type Storage } from '../../src/storage/open-storage.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { eventually } from './eventually.ts'
import { completed } from './operations.ts'

describe('20: in a simulation on a clock of its own', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const clock = { now: () => Date.now(), monotonic: () => performance.now() }
  const settings = { at: 'p95', budget: 0.05 } as const
  const requests = 3_000
  const slowMs = 4_000

  /** A 50th of all calls is slow, at random; the rest take 200 to 400 ms. */
  async function firstTokens(hedged: Readonly<Record<string, HedgeSettings>>) {
    const chance = seeded()
    const candidates = ['a', 'b'].map((id) => candidateOf(endpointOf(id)))
    const health = createEndpointHealth({ clock })
    const hedges = new Hedges(new Map(Object.entries(hedged)))
    const latency = (): number => (chance() < 0.02 ? slowMs : 200 + 200 * chance() ** 3)
    const waits: number[] = []
    let calls = 0
    for (let request = 0; request < requests; request++) {
      const steps = { a: [[latency(), says('a')]], b: [[latency(), says('b')]] }
      const scripted = new ScriptedCalls({ candidates, steps, health }, hedges)
      const startedAt = clock.monotonic()
      const turn = scripted.run().then((committed) => ({ committed, afterMs: clock.monotonic() - startedAt }))
      await vi.runAllTimersAsync()
      const { committed, afterMs } = await turn
      waits.push(afterMs)
      calls += scripted.calls.length
      if (committed.candidate === null) throw new Error('Somebody answers.')
      await committed.rest[Symbol.asyncIterator]().return?.()
      expect(scripted.calls.every(({ isOver }) => isOver)).toBe(true)
    }
    return { p99: waits.toSorted((one, other) => one - other)[Math.ceil(0.99 * requests) - 1] ?? 0, calls }
  }

  test('the 99th percentile falls by far more than 40 %, for 5 % more calls', async () => {
    const plain = await firstTokens({})
    expect(plain).toEqual({ p99: slowMs, calls: requests })
    const hedged = await firstTokens({ a: settings })
    expect(hedged.p99).toBeLessThanOrEqual(0.6 * plain.p99)
    const extra = (hedged.calls - requests) / requests
    expect(extra).toBeGreaterThan(0.02)
    expect(extra).toBeLessThanOrEqual(0.055)
  })
})

describe('20: over real sockets', () => {
  let directory: string
  let gateway: TestGateway
  let storage: Storage
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'waygate-hedging-'))
    const url = `sqlite:${join(directory, 'waygate.db')}`
    const pricing = { prompt: 1, completion: 2 }
    const endpoint = (provider: string, model: string) => ({ provider, model, pricing })
    const provider = (slug: string) => ({ name: slug, base_url: `${gatewayless()}/${slug}/v1` })
    void provider
    gateway = await startGateway({
      storage: { url },
      models: { 'acme/hedged': { endpoints: [endpoint('prov-a', usual), endpoint('prov-b', `${usual}+other`)] } },
    })
    storage = await openStorage(url)
  })
  afterAll(async () => {
    await gateway.close()
    await storage.close()
    await rm(directory, { recursive: true })
  })
})
