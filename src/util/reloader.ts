import { sleep } from './sleep.ts'

const retryMs = 1000

/**
 * Returns a function that runs `load`, one run at a time, and again until it succeeds: a snapshot must not stay old because of an error.
 * A failed run is reported as a process warning.
 */
export function reloader(load: () => Promise<void>, closed: AbortSignal): () => void {
  let wanted = false
  let running = false
  const run = async (): Promise<void> => {
    running = true
    while (wanted && !closed.aborted) {
      wanted = false
      try {
        await load()
      } catch (error) {
        if (closed.aborted) return
        process.emitWarning(error instanceof Error ? error : String(error))
        wanted = true
        await sleep(retryMs, closed)
      }
    }
    running = false
  }
  return () => {
    wanted = true
    if (!running) void run()
  }
}
