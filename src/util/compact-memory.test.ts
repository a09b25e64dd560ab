import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { compactAfterLoad } from './compact-memory.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Returns after which looks memory is released, for what the event loop did before each of them. */
function releases(utilizations: readonly number[]): readonly number[] {
  const released: number[] = []
  let look = 0
  const end = compactAfterLoad(
    () => utilizations[look++] ?? 0,
    () => released.push(look),
  )
  for (const _ of utilizations) vi.advanceTimersToNextTimer()
  end()
  expect({ look, timers: vi.getTimerCount() }).toEqual({ look: utilizations.length, timers: 0 })
  return released
}

test('memory is released once after a load, when nothing is left to do', () => {
  expect(releases([0.6, 0.3, 0.02, 0.001, 0.001, 0.001, 0.4, 0.001, 0.001])).toEqual([4, 8])
})

test('a gateway that was never loaded, or is never idle, is left alone', () => {
  expect(releases([0.001, 0.05, 0.001, 0.001])).toEqual([])
  expect(releases([0.9, 0.5, 0.02, 0.3, 0.02])).toEqual([])
})
