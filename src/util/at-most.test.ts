import { expect, onTestFinished, test, vi } from 'vitest'
import { atMost } from './at-most.ts'

test('a promise in time resolves or rejects as it does, and leaves no timer; a later one is undefined', async () => {
  vi.useFakeTimers()
  onTestFinished(() => void vi.useRealTimers())
  expect(await atMost(1_000, Promise.resolve(1))).toBe(1)
  await expect(atMost(1_000, Promise.reject(new Error('its own')))).rejects.toThrow('its own')
  expect(vi.getTimerCount()).toBe(0)
  const late = atMost(1_000, new Promise(() => {}))
  await vi.advanceTimersByTimeAsync(1_000)
  expect(await late).toBeUndefined()
})
