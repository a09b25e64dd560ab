import { afterAll, beforeAll, vi } from 'vitest'

/** A request takes about ten turns of the event loop through a gateway and back, which are about 3 ms of virtual time on any machine. */
const turnsPerMillisecond = 4
/** After every burst of this many virtual milliseconds the process rests for a real one, so that waiting takes little CPU time. */
const burstMs = 5

/**
 * Makes time depend on the turns of the event loop, for the file or the `describe` that calls it. Timers and clocks advance by 1 ms after
 * every few turns in which sockets are served. Client, gateway and provider of a test run in one process, so a duration is the number of
 * steps that something takes, whatever else the machine does, and seconds pass in a moment.
 *
 * Virtual time does not apply to other processes, worker threads (the database), and what Node itself times (`AbortSignal.timeout`, the
 * limits of its HTTP server). Do not measure anything that waits for them, because virtual time goes on while they work. `expect.poll`
 * advances virtual time by 50 ms with each look, so await what is measured with `eventually`.
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
