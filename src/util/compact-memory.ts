import { performance } from 'node:perf_hooks'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/**
 * Releases the memory that was used to load and compile the program: about 30 MB of 130, which V8 would keep for later allocations. Blocks for
 * about 50 ms, so call it before the first request.
 */
export function compactMemory(): void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  if (typeof collect === 'function') collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}

/** How often the event loop is looked at, in milliseconds. */
const lookMs = 4_000
/** The share of the time in which the event loop was busy, above which there was a load, in which much memory may have been taken. */
const loaded = 0.1
/** The share below which hardly anybody is kept waiting. */
const idle = 0.01

/**
 * Releases memory once after each time of load, when the process has had nothing to do for four to eight seconds. V8 itself would keep what it
 * took until it needs more. Returns the function that ends this.
 */
export function compactAfterLoad(utilization: () => number = utilizationOfLoop(), compact = compactMemory): () => void {
  let isDue = false
  const timer = setInterval(() => {
    const busy = utilization()
    if (busy > loaded) isDue = true
    if (busy > idle || !isDue) return
    isDue = false
    compact()
  }, lookMs)
  timer.unref()
  return () => clearInterval(timer)
}

/** Returns a function that tells in which share of the time since its last call the event loop was busy. */
function utilizationOfLoop(): () => number {
  let last = performance.eventLoopUtilization()
  return () => {
    const now = performance.eventLoopUtilization()
    const { utilization } = performance.eventLoopUtilization(now, last)
    last = now
    return utilization
  }
}
