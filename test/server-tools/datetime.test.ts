import { expect, test } from 'vitest'
import { noFacilities, unlimitedFees } from '../../src/canonical/testing/no-facilities.ts'
import { contextOf } from '../../src/canonical/testing/context-of.ts'
import { systemClock } from '../../src/util/clock.ts'
import datetime from '../../src/server-tools/datetime.ts'

const moment = Date.parse('2026-07-01T12:00:00Z')
const clock = { ...systemClock, now: () => moment }
const unused = (): never => {
  throw new Error('No model is asked.')
}
const told = async (parameters: object, given: object) => {
  const context = {
    ...noFacilities(clock),
    generation: contextOf(clock),
    holdFee: unlimitedFees,
    choices: [],
    ask: unused,
    admit: unused,
    canAsk: unused,
  }
  const tool = datetime.open({ ...parameters }, context)
  const { result } = await tool.run({ ...given }, { signal: new AbortController().signal, request: {} as never })
  return result
}

test.each([
  [{}, {}, '2026-07-01T12:00:00.000Z', 'UTC'],
  [{ timezone: 'Europe/Paris' }, {}, '2026-07-01T14:00:00.000+02:00', 'Europe/Paris'],
  [{ timezone: 'Europe/Paris' }, { timezone: 'America/St_Johns' }, '2026-07-01T09:30:00.000-02:30', 'America/St_Johns'],
  [{}, { timezone: 'Etc/UTC' }, '2026-07-01T12:00:00.000Z', 'Etc/UTC'],
])('with %j, asked with %j, the time is %s', async (parameters, given, time, timezone) => {
  expect(await told(parameters, given)).toEqual({ datetime: time, timezone })
})

test('a time zone that does not exist is told to the model', async () => {
  expect(await told({}, { timezone: 'Mars/North' })).toMatchObject({ status: 'failed' })
})
