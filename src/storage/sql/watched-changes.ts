import type { Engine } from './engine.ts'

/** How a store is changed, so that everyone who has read it learns of that. */
interface WatchedChanges {
  /** Makes a change in one transaction, and calls back here and in other processes. */
  readonly change: Engine['transaction']
  /** Calls the listener after each change. Returns a function that ends the subscription. */
  readonly onChange: (listener: () => void) => () => void
}

/** Creates what a store needs whose changes are watched. */
export function watchedChanges({ transaction, announce, watch }: Engine): WatchedChanges {
  const listeners = new Set<() => void>()
  return {
    change: async (work) => {
      const result = await transaction(async (changing) => {
        const done = await work(changing)
        await announce(changing)
        return done
      })
      for (const listener of listeners) listener()
      return result
    },
    onChange: (listener) => {
      listeners.add(listener)
      const stop = watch(listener)
      return () => {
        listeners.delete(listener)
        stop()
      }
    },
  }
}
