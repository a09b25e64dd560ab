import { sleep } from './sleep.ts'

const retryMs = 1000

/**
 * Returns a function that runs `load`, one run at a time, and again until it succeeds: a snapshot must not stay old because of an error.
 * Of failed runs in a row the first is reported as a process warning. The function resolves after a run that began after its call, also where that run failed
 * and is repeated later.
 */
export function reloader(load: () => Promise<void>, closed: AbortSignal): () => Promise<void> {
  let wanted: PromiseWithResolvers<void> | null = null
  let running = false
  let failing = false
  const run = async (): Promise<void> => {
    running = true
    while (wanted !== null && !closed.aborted) {
      const asked: PromiseWithResolvers<void> = wanted
      wanted = null
      try {
        await load()
        failing = false
        asked.resolve()
      } catch (error) {
        asked.resolve()
        if (closed.aborted) break
        if (!failing) process.emitWarning(error instanceof Error ? error : String(error))
        failing = true
        wanted ??= Promise.withResolvers()
        await sleep(retryMs, closed)
      }
    }
    wanted?.resolve()
    running = false
  }
  return () => {
    if (closed.aborted) return Promise.resolve()
    wanted ??= Promise.withResolvers()
    const { promise } = wanted
    if (!running) void run()
    return promise
  }
}
