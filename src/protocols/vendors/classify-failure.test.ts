import { expect, test } from 'vitest'
import { classifyFailure } from './classify-failure.ts'

const receivedAt = Date.UTC(2026, 10, 28, 12, 0, 0)
const afterMs = (headers: Record<string, string>): number | undefined =>
  classifyFailure({ status: 429, headers, body: null, receivedAt }, 'Acme').retry.afterMs

test('issue 10.3: a time of day to wait for is counted from when the reply came', () => {
  expect(afterMs({ 'retry-after': 'Sat, 28 Nov 2026 12:00:30 GMT' })).toBe(30_000)
  expect(afterMs({ 'retry-after': 'Sat, 28 Nov 2026 11:59:00 GMT' })).toBe(0)
  expect(afterMs({ 'retry-after': '7' })).toBe(7_000)
  expect(afterMs({ 'retry-after-ms': '250', 'retry-after': '7' })).toBe(250)
  expect(afterMs({ 'retry-after': 'soon' })).toBeUndefined()
})

test('a failure within a reply has no time to wait', () => {
  expect(classifyFailure({ status: 429, body: null }, 'Acme').retry.afterMs).toBeUndefined()
})
