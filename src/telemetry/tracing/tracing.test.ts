import { expect, test } from 'vitest'
import type { FinishedRequest, Happenings } from '../../canonical/happening.ts'
import { contextOf } from '../../canonical/testing/context-of.ts'
import { Channel } from '../../util/channel.ts'
import { systemClock } from '../../util/clock.ts'
import { DeliveryRoom } from '../delivery-room.ts'
import { beginTrace, Tracing, type TracingSettings } from './tracing.ts'

const settings: TracingSettings = {
  url: 'http://collector',
  headers: {},
  samplingRate: 1,
  propagate: false,
  serviceName: 'waygate',
}
const trace = beginTrace(settings)({})
const request: FinishedRequest = {
  requestId: 'req-1',
  method: 'POST',
  path: '/',
  route: '/',
  status: 200,
  duration: 1,
  key: undefined,
  generationId: 'gen-1',
  error: undefined,
  aborted: false,
  trace,
}

test.each([
  ['switched off and on again', [null, settings], 1],
  ['sent elsewhere', [{ ...settings, url: 'http://other' }], 2],
] as const)('a request that is answered while traces are %s', async (_, changes, spans) => {
  const happenings: Happenings = new Channel()
  const send = () => Promise.resolve(200)
  const room = new DeliveryRoom().of('spans')
  const tracing = new Tracing({ happenings, clock: systemClock, send, room, onLoss: () => {} })
  tracing.apply(settings)
  const context = Object.assign(contextOf(systemClock), { trace })
  const record = Object({ id: 'gen-1', createdAt: 0, attempts: [], operation: 'chat' })
  happenings.publish({ type: 'settled', record, attempts: [], context })
  for (const change of changes) tracing.apply(change)
  happenings.publish({ type: 'finished', request })
  expect(tracing.waiting).toBe(spans)
  await tracing.close()
})
