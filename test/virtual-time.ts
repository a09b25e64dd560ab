import { afterAll, beforeAll, vi } from 'vitest'

/** A request takes about ten turns of the event loop through a gateway and back: some 3 ms of this time, on any machine. */
const turnsPerMillisecond = 4
/** Between two bursts of this many milliseconds the process rests for a real one, so that waiting costs little of the processor. */
const burstMs = 5

/**
 * Makes time a matter of turns of the event loop, for the file or the `describe` that calls it: timers and clocks go on by 1 ms after
 * every few turns in which sockets are served. Client, gateway and provider of a test run in one process, so how long something takes
 * is then the number of steps that it takes, whatever else the machine does meanwhile; and seconds pass in a moment.
 *
 * Not in this time: other processes, worker threads (the database), and what Node itself times (`AbortSignal.timeout`, the limits of
 * its HTTP server). Nothing that waits for them is measured in it, since it goes on while they work. `expect.poll` moves this time by 50 ms
 * with each look, so what is measured is awaited with `eventually`.
 */
export function useVirtualTime(): void {
  const { setTimeout: rest } = globalThis
  let isRunning = false
  let turns = 0
  const turn = (): void => {
    if (!isRunning) return
    if (++turns % turnsPerMillisecond === 0) vi.advanceTimersByTime(1)
    if (turns % (turnsPerMillisecond * burstMs) === 0) rest(turn, 1)
    else setImmediate(turn)
  }
  beforeAll(() => {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'],
    })
    isRunning = true
    turn()
  })
  afterAll(() => {
    isRunning = false
    vi.useRealTimers()
  })
}
