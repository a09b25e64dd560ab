import type { Clock } from '../../src/util/clock.ts'

interface Timer {
  readonly at: number
  readonly run: () => void
}

/** Any day, and a monotonic time as on a machine that has run for a while. */
const start = { now: Date.UTC(2027, 0, 1), monotonic: 86_400_000 }

/**
 * A clock that stands still while any work is left, and then jumps to the next timer, so that an hour takes seconds and has the same result
 * each time. While it runs, it replaces the timers of the runtime, with which the router waits.
 */
export class VirtualTime implements Clock {
  #passed = 0
  /** The earliest first; equal times in the order in which they were set. There are a few dozen at most. */
  readonly #timers: Timer[] = []

  now(): number {
    return start.now + this.#passed
  }

  monotonic(): number {
    return start.monotonic + this.#passed
  }

  /** Starts the work, and runs until no timer is left. */
  async run(work: () => Promise<void>): Promise<void> {
    const { setTimeout, clearTimeout } = globalThis
    Object.assign(globalThis, {
      setTimeout: (run: (argument: unknown) => void, ms: number, argument: unknown) =>
        this.#set(() => run(argument), ms),
      clearTimeout: (timer: Timer | undefined) => this.#clear(timer),
    })
    try {
      const done = work()
      for (;;) {
        // Everything that is ready runs before this resolves.
        await new Promise((resolve) => setImmediate(resolve))
        const next = this.#timers.shift()
        if (next === undefined) return await done
        this.#passed = next.at
        next.run()
      }
    } finally {
      Object.assign(globalThis, { setTimeout, clearTimeout })
    }
  }

  #set(run: () => void, ms: number): Timer {
    const timer = { at: this.#passed + Math.max(0, ms), run }
    this.#timers.splice(this.#timers.findLastIndex(({ at }) => at <= timer.at) + 1, 0, timer)
    return timer
  }

  #clear(timer: Timer | undefined): void {
    const place = timer === undefined ? -1 : this.#timers.indexOf(timer)
    if (place !== -1) this.#timers.splice(place, 1)
  }
}
