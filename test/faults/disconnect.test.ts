import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { JournalEntry } from '../../src/simulator/journal.ts'
import { openStorage, type Storage } from '../../src/storage/open-storage.ts'
import type { GenerationRecord } from '../../src/canonical/generation-record.ts'
import { behaving, startGateway, type TestGateway } from '../gateway.ts'
import { useVirtualTime } from '../virtual-time.ts'
import { eventually } from './eventually.ts'
import { operations, otherSurfaces } from './operations.ts'

useVirtualTime()

const models = {
  'leave/slow-stream': behaving('tokens-500+pace-20'),
  'leave/silent': behaving('slow-first-token-60000'),
  'leave/failing': behaving('status-500', 'slow-first-token-60000'),
}

describe.each([...operations, ...otherSurfaces])('$name: a client that disconnects', ({ name, path, ask }) => {
  /** The tokens of one word, and in a chat also those of a message. */
  const prompt = name === 'completions' ? 1 : 5
  let directory: string
  let gateway: TestGateway
  /** The gateway's database, as another process reads it. */
  let storage: Storage
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'waygate-disconnect-'))
    const url = `sqlite:${join(directory, 'waygate.db')}`
    gateway = await startGateway({ models, storage: { url } })
    storage = await openStorage(url)
  })
  afterAll(async () => {
    await gateway.close()
    await storage.close()
    await rm(directory, { recursive: true })
  })
  beforeEach(() => gateway.simulator.clearJournal())

  function leaving(model: string, stream: boolean) {
    const controller = new AbortController()
    const response = fetch(gateway.url + path, {
      method: 'POST',
      headers: { authorization: `Bearer ${gateway.key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model, ...ask, stream }),
      signal: controller.signal,
    })
    // A client that disconnected does not receive the end.
    response.catch(() => {})
    function leave(): number {
      controller.abort()
      return Date.now()
    }
    return { response, leave }
  }

  const called = (calls: number) => eventually(() => gateway.simulator.journal()[calls - 1])
  /** Waits for the end of the upstream's call, which must come within the given time. */
  async function closed(call: JournalEntry, leftAt: number): Promise<JournalEntry> {
    const over = await eventually(() =>
      gateway.simulator.journal().find(({ id, closedAt }) => id === call.id && closedAt !== null),
    )
    expect(Date.parse(over.closedAt ?? '') - leftAt).toBeLessThanOrEqual(250)
    return over
  }
  const recorded = (id: string): Promise<GenerationRecord> => eventually(() => storage.generations.find(id, 'default'))
  /** Returns the log line of the last request that was broken off. */
  const logged = () =>
    eventually(() => {
      const lines = gateway.log.map((line): Record<string, unknown> => JSON.parse(line))
      return lines.findLast(({ aborted }) => aborted === true)
    })

  test('in the middle of a stream: the call is cancelled at once, and what was produced is charged', async () => {
    const { response, leave } = leaving('leave/slow-stream', true)
    const { headers, body } = await response
    const reader = body?.getReader()
    while ((gateway.simulator.journal()[0]?.chunksSent ?? 0) < 10) await reader?.read()
    const [before] = gateway.simulator.journal()
    const call = await closed(await called(1), leave())
    expect(call).toMatchObject({ closedBy: 'client', finishedAt: null })
    expect(call.chunksSent - (before?.chunksSent ?? 0)).toBeLessThanOrEqual(1)

    const record = await recorded(headers.get('x-generation-id') ?? '')
    expect(record).toMatchObject({ cancelled: true, streamed: true, costProvenance: 'estimated', provider: 'prov-a' })
    expect(record.cost).toBeGreaterThan(0)
    expect(record.completionTokens).toBeGreaterThan(0)
    expect(record.completionTokens).toBeLessThan(200)
  })

  test('before the first token of a stream: the prompt is charged, by estimate', async () => {
    const { leave } = leaving('leave/silent', true)
    expect(await closed(await called(1), leave())).toMatchObject({ closedBy: 'client', chunksSent: 0 })
    const { generationId } = await logged()
    const record = await recorded(String(generationId))
    expect(record).toMatchObject({
      cancelled: true,
      streamed: true,
      provider: 'prov-a',
      promptTokens: prompt,
      completionTokens: 0,
      cost: prompt * 1_000,
      costProvenance: 'estimated',
    })
    expect(record.attempts).toMatchObject([{ cost: prompt * 1_000, mayBillMore: false }])
  })

  test('while a JSON reply is awaited: the call is cancelled at once, and the prompt is charged by estimate', async () => {
    const { leave } = leaving('leave/silent', false)
    expect(await closed(await called(1), leave())).toMatchObject({ closedBy: 'client', bytesSent: 0 })
    const line = await logged()
    const record = await recorded(String(line['generationId']))
    expect(record).toMatchObject({
      cancelled: true,
      streamed: false,
      cost: prompt * 1_000,
      costProvenance: 'estimated',
    })
    // An upstream that answers in one piece continues after the disconnect.
    expect(record.attempts).toMatchObject([{ cost: prompt * 1_000, mayBillMore: true }])
    expect(line).toMatchObject({ cancelled: true, model: 'leave/silent', mayBillMore: true })
  })

  test('while the second endpoint is tried: both attempts are on record, no third follows', async () => {
    const { leave } = leaving('leave/failing', false)
    expect(await closed(await called(3), leave())).toMatchObject({ closedBy: 'client' })
    const { generationId } = await logged()
    const record = await recorded(String(generationId))
    expect(record.cancelled).toBe(true)
    expect(record.attempts.map(({ provider }) => provider)).toEqual(['prov-a', 'prov-a', 'prov-b'])
    // Failed calls are not charged.
    expect(record.attempts.map(({ cost }) => cost)).toEqual([0, 0, prompt * 1_000])
    expect(record.cost).toBe(prompt * 1_000)
    expect(gateway.simulator.journal()).toHaveLength(3)
  })

  test('many at once: none of their upstreams stays, and the gateway answers as before', async () => {
    const visits = Array.from({ length: 50 }, (_, i) => leaving('leave/slow-stream', i % 2 === 0))
    await called(50)
    for (const { leave } of visits) leave()
    await eventually(() => gateway.simulator.journal().every(({ closedBy }) => closedBy === 'client') || null)
    expect((await gateway.chat({})).status).toBe(200)
  })
})
