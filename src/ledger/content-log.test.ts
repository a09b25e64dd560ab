import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { GatewayError } from '../canonical/errors.ts'
import { errorEvent, type GenerationBatch, type GenerationStream } from '../canonical/generation-event.ts'
import { contextOf } from '../canonical/testing/context-of.ts'
import type { ContentRecord } from '../storage/stores/content-store.ts'
import { systemClock } from '../util/clock.ts'
import { collectContent } from './collect-content.ts'
import { ContentLog } from './content-log.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

const text = (piece: string): GenerationBatch => [{ type: 'text-delta', choice: 0, text: piece }]

async function* streamOf(...batches: readonly GenerationBatch[]): GenerationStream {
  yield* batches
}

/** A log of one account, whose database does what `write` does. */
function logWith(write: (contents: readonly ContentRecord[]) => Promise<void>) {
  const errors: string[] = []
  const log = new ContentLog({
    accounts: new Set(['default']),
    store: { write },
    onError: ({ message }) => errors.push(message),
  })
  const pass = async (stream: GenerationStream, prompt = 'hi'): Promise<number> => {
    let batches = 0
    const request = { operation: 'completions', source: { body: { prompt }, bytes: null }, context: {} } as const
    for await (const _ of collectContent([log])(stream, request, contextOf(systemClock))) batches++
    return batches
  }
  return { log, errors, pass }
}

test('a database that hangs holds up no answer: what does not fit in memory is dropped, and counted once', async () => {
  const written: number[] = []
  const { log, errors, pass } = logWith((contents) => {
    written.push(contents.length)
    return new Promise(() => {})
  })
  for (let index = 0; index < 30; index++) expect(await pass(streamOf(text('x'.repeat(900_000))))).toBe(1)
  expect(written).toEqual([1])
  expect(errors).toEqual([])
  await vi.advanceTimersByTimeAsync(10_000)
  expect(errors).toEqual(['The content of 13 generations is not kept: the database does not keep up.'])
  const closed = log.close()
  await vi.advanceTimersByTimeAsync(2_000)
  await closed
  expect(errors).toHaveLength(2)
})

test('what the database refuses is counted, and the next is written', async () => {
  let failures = 1
  const written: string[] = []
  const { log, errors, pass } = logWith(async (contents) => {
    if (failures-- > 0) throw new Error('disk full, with secret words of the prompt')
    written.push(...contents.map(({ completion }) => completion ?? ''))
  })
  await pass(streamOf(text('first')))
  await vi.advanceTimersByTimeAsync(1)
  await pass(streamOf(text('sec'), text('ond')))
  await vi.advanceTimersByTimeAsync(1)
  expect(written).toEqual(['second'])
  await log.close()
  expect(errors).toEqual(['The content of 1 generation is not kept: the database refused it.'])
})

test('an answer that grows too long is passed on whole, and not kept', async () => {
  const written: ContentRecord[] = []
  const { log, errors, pass } = logWith(async (contents) => void written.push(...contents))
  const batches = Array.from({ length: 12 }, () => text('x'.repeat(100_000)))
  expect(await pass(streamOf(...batches))).toBe(12)
  expect(await pass(streamOf(text('short')), 'x'.repeat(1_000_001))).toBe(1)
  await log.close()
  expect(written).toEqual([])
  expect(errors).toEqual(['The content of 2 generations is not kept: it is too long.'])
})

test('a fault of the gateway shows no cause', async () => {
  const written: ContentRecord[] = []
  const { log, pass } = logWith(async (contents) => void written.push(...contents))
  const fault = new GatewayError('server', 'the secret cause', { raw: 'the secret cause' })
  await pass(streamOf(text('begun'), [errorEvent(fault, 'never')]))
  await log.close()
  expect(written[0]?.completion).toBe('begun')
  expect(JSON.parse(written[0]?.error ?? '')).toMatchObject({
    status: 500,
    message: 'Internal Server Error',
    raw: null,
  })
})

test('another account is left alone', async () => {
  const { log } = logWith(() => Promise.reject(new Error('never')))
  const stream = streamOf(text('x'))
  const principal = { ...contextOf(systemClock).principal, account: 'other' }
  expect(
    collectContent([log])(
      stream,
      { operation: 'completions', source: { body: {}, bytes: null }, context: {} },
      contextOf(systemClock, { principal }),
    ),
  ).toBe(stream)
})
