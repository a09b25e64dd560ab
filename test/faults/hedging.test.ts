import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { createEndpointHealth } from '../../src/health/create-endpoint-health.ts'
import { Hedges, type HedgeSettings } from '../../src/attempts/hedges.ts'
import { answers, candidateOf, endpointOf, ScriptedCalls } from '../../src/attempts/testing/scripted-calls.ts'
import { simulatedText } from '../../src/simulator/simulated-text.ts'
import { type Simulator, startSimulator } from '../../src/simulator/simulator.ts'
import { memoryState } from '../../src/storage/shared-state/memory-state.ts'
import { openStorage, type Storage } from '../../src/storage/open-storage.ts'
import { startGateway, type TestGateway } from '../gateway.ts'
import { readStream } from '../sse.ts'
import { useVirtualTime } from '../virtual-time.ts'
import { eventually } from './eventually.ts'
import { completed, readReply } from './operations.ts'

describe('20: in a simulation on a clock of its own', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  const clock = { now: () => Date.now(), monotonic: () => performance.now() }
  const settings = { at: 'p95', budget: 0.05 } as const
  const requests = 3_000
  /** The router waits this long for a first token in any case, so the gain comes from hedging alone. */
  const slowMs = 1_800

  /** One call in fifty is slow, at random. The others take 200 to 400 ms. */
  async function firstTokens(hedged: Readonly<Record<string, HedgeSettings>>) {
    const chance = seeded()
    const candidates = ['a', 'b'].map((id) => candidateOf(endpointOf(id)))
    const health = createEndpointHealth({
      clock,
      facts: memoryState().facts,
      outageWindowMs: 30_000,
      probeIntervalMs: 10_000,
    })
    const hedges = new Hedges(new Map(Object.entries(hedged)))
    const latency = (): number => (chance() < 0.02 ? slowMs : 200 + 200 * chance() ** 3)
    const waits: number[] = []
    let calls = 0
    for (let request = 0; request < requests; request++) {
      const steps = { a: [answers('a', latency())], b: [answers('b', latency())] }
      const scripted = new ScriptedCalls({ candidates, steps, health }, hedges)
      const startedAt = clock.monotonic()
      const turn = scripted.run().then((committed) => ({ committed, afterMs: clock.monotonic() - startedAt }))
      await vi.runAllTimersAsync()
      const { committed, afterMs } = await turn
      waits.push(afterMs)
      calls += scripted.calls.length
      if (committed.type === 'exhausted') throw new Error('Somebody answers.')
      await Array.fromAsync(committed.rest)
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
  useVirtualTime()
  const usualMs = 60
  const slowMs = 2_000
  const usual = `slow-first-token-${usualMs}`
  let directory: string
  let simulator: Simulator
  let gateway: TestGateway
  /** The gateway's database, as another process reads it. */
  let storage: Storage
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'waygate-hedging-'))
    const url = `sqlite:${join(directory, 'waygate.db')}`
    simulator = await startSimulator()
    const provider = (slug: string) => ({ name: slug, base_url: `${simulator.url}/${slug}/v1` })
    const endpoint = (slug: string, model: string) => ({
      provider: slug,
      model,
      pricing: { prompt: 1, completion: 2 },
    })
    gateway = await startGateway({
      storage: { url },
      providers: {
        'prov-a': { ...provider('prov-a'), hedge: { at: 'p95', budget: 0.25 } },
        'prov-b': provider('prov-b'),
        'prov-c': provider('prov-c'),
      },
      models: { 'acme/hedged': { endpoints: [endpoint('prov-a', `${usual}+a`), endpoint('prov-b', `${usual}+b`)] } },
    })
    storage = await openStorage(url)
  })
  afterAll(async () => {
    await gateway.close()
    await simulator.close()
    await storage.close()
    await rm(directory, { recursive: true })
  })

  const ask = { model: 'acme/hedged', stream: true, provider: { order: ['prov-a', 'prov-b'] } }
  const turnSlow = (behaviour: string | null) =>
    fetch(`${simulator.url}/_behaviour`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: `${usual}+a`, behaviour }),
    })

  test('the slower call is cancelled at once, both are recorded, and the client sees nothing of it', async () => {
    // Enough calls to know the endpoint: one call in twenty takes longer than usual. The figures are computed once per second.
    for (let call = 0; call < 40; call++) {
      await turnSlow(call % 20 === 0 ? `slow-first-token-${2 * usualMs}` : null)
      await readStream(await gateway.chat(ask))
    }
    vi.advanceTimersByTime(1_100)
    // These calls save up the budget.
    for (let call = 0; call < 12; call++) await readStream(await gateway.chat(ask))
    await turnSlow(`slow-first-token-${slowMs}`)

    // Five tokens, as estimated: the operator pays for the prompt that the slower endpoint read.
    const promptOfLoser = 5_000
    for (let round = 0; round < 3; round++) {
      simulator.clearJournal()
      const startedAt = performance.now()
      const response = await gateway.chat(ask)
      const read = await readStream(response)
      expect(performance.now() - startedAt).toBeLessThan(slowMs / 2)
      expect(completed(read)).toBe(true)
      expect(read.text).toBe(simulatedText(12))
      expect(new Set(read.chunks.map(({ provider }) => provider))).toEqual(new Set(['prov-b']))

      const loser = await eventually(() => simulator.journal().find(({ closedBy }) => closedBy === 'client'))
      const winner = simulator.journal().find(({ path }) => path.startsWith('/prov-b'))
      expect(simulator.journal()).toHaveLength(2)
      expect(loser).toMatchObject({ path: expect.stringMatching('^/prov-a'), chunksSent: 0 })
      expect(Date.parse(loser.closedAt ?? '') - Date.parse(winner?.finishedAt ?? '')).toBeLessThanOrEqual(50)

      const id = response.headers.get('x-generation-id') ?? ''
      const { attempts, cost } = await eventually(() => storage.generations.find(id, 'default'))
      expect(cost).toBeGreaterThan(0)
      expect(attempts).toMatchObject([
        { provider: 'prov-a', kind: 'first', status: 0, errorKind: 'cancelled', cost: promptOfLoser },
        { provider: 'prov-b', kind: 'hedge', status: 200, errorKind: null, cost },
      ])
      const { data } = Object(await (await gateway.get(`/api/v1/generation?id=${id}`)).json())
      expect(data.provider_responses).toMatchObject([
        { status: 0, endpoint_id: 'acme/hedged@prov-a' },
        { status: 200, endpoint_id: 'acme/hedged@prov-b' },
      ])
    }

    await turnSlow(null)
    simulator.clearJournal()
    expect(await readReply(await gateway.chat({ ...ask, stream: false }))).toMatchObject({ provider: 'prov-a' })
    expect(simulator.journal()).toHaveLength(1)
  })
})

/** Pseudo-random numbers, the same in every run. */
function seeded(): () => number {
  let state = 20_261_120
  return () => {
    state = (state * 48_271) % 2_147_483_647
    return state / 2_147_483_647
  }
}
