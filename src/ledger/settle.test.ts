import { expect, test } from 'vitest'
import { GatewayError } from '../canonical/errors.ts'
import type { GenerationRecord } from '../canonical/generation-record.ts'
import type { GenerationBatch } from '../canonical/generation-event.ts'
import { contextOf } from '../canonical/testing/context-of.ts'
import { noCost } from '../canonical/usage.ts'
import { Channel } from '../util/channel.ts'
import { systemClock as clock } from '../util/clock.ts'
import { createSettle } from './settle.ts'
import { Settlement } from './settlement.ts'

const request = {
  operation: 'chat',
  requestedModel: 'acme/m1',
  stream: true,
  media: { image: 0, audio: 0, video: 0, file: 0 },
  presetId: null,
  client: { routerMetadata: false, echoUpstreamBody: false },
} as const

/** A journal whose write is ended by the test. */
function settling() {
  const written = Promise.withResolvers<void>()
  const underway: string[] = []
  const journal = { settled: () => written.promise, underway: (id: string) => void underway.push(id) }
  const context = contextOf(clock)
  const settle = createSettle({ journal, happenings: new Channel(), clock, keepsContent: () => false })
  const settlement = new Settlement(settle, request, context)
  const ended: GenerationBatch[] = []
  const end = Promise.resolve(settlement.pass([{ type: 'turn-end', usage: {}, cost: noCost }]))
  void end.then((batch) => ended.push(batch))
  return { written, end, ended, context, underway, settlement }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

test('the last batch is passed on only once the record is in the journal', async () => {
  const { written, end, ended } = settling()
  for (let turns = 0; turns < 5; turns++) await turn()
  expect(ended).toEqual([])
  written.resolve()
  expect(await end).toEqual([expect.objectContaining({ type: 'end' })])
})

test('a long message of an error is cut on record, not inside of a character', async () => {
  const records: GenerationRecord[] = []
  const journal = {
    settled: (record: GenerationRecord) => {
      records.push(record)
      return Promise.resolve()
    },
    underway: () => {},
  }
  const settle = createSettle({ journal, happenings: new Channel(), clock, keepsContent: () => false })
  const error = new GatewayError('invalid_request', `${'x'.repeat(499)}🙂 and more`)
  await settle.ended(request, contextOf(clock), { status: 400, error, cancelled: false })
  expect(records.map(({ errorMessage }) => errorMessage)).toEqual(['x'.repeat(499)])
})

test('where the journal cannot be written, the reply ends with that error and not as a success', async () => {
  const { written, end } = settling()
  const error = new GatewayError('provider_overloaded', 'The disk is full.')
  written.reject(error)
  expect(await end).toEqual([expect.objectContaining({ type: 'error', error })])
})

test('what is billed is journalled at once, from nested generations too, and not after the end', async () => {
  const { context, underway, written, end, settlement } = settling()
  written.resolve()
  await end
  await settlement.abandon()
  context.charge({ source: 'late', unit: 'search', engine: 'exa', units: 1, amount: 1 })
  expect(underway).toEqual([])
  const other = contextOf(clock)
  other.onBilled = () => underway.push('nested')
  other.child('advisor').charge({ source: 'advisor', unit: 'search', engine: 'exa', units: 1, amount: 1 })
  expect(underway).toEqual(['nested'])
})
