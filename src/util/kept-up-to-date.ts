import { reloader } from './reloader.ts'

/** A snapshot that is replaced as a whole. */
export interface Kept<Value> {
  /** Returns the newest value. */
  value(): Value
  /** Loads the value again. Resolves after a load that began after the call, also where it failed and is repeated later. */
  refreshed(): Promise<void>
  /** Ends the subscription to its source. */
  close(): void
}

/**
 * Loads a value, and loads it again whenever its source has changed. After the first time a load that fails is repeated until it succeeds,
 * and the old value is kept meanwhile: a revoked key must not stay valid because of an error.
 * @param load Loads the value. One run at a time.
 * @param subscribe Calls the listener after a change, and returns a function that ends the subscription.
 */
export async function keptUpToDate<Value>(
  load: () => Promise<Value>,
  subscribe: (listener: () => void) => () => void,
): Promise<Kept<Value>> {
  const closed = new AbortController()
  let reloaded: { readonly value: Value } | null = null
  const reload = reloader(async () => {
    reloaded = { value: await load() }
  }, closed.signal)
  // The subscription begins before the first load, so that no change is missed.
  const unsubscribe = subscribe(() => void reload())
  const close = (): void => {
    unsubscribe()
    closed.abort()
  }
  try {
    const first = await load()
    return { value: () => (reloaded === null ? first : reloaded.value), refreshed: reload, close }
  } catch (error) {
    close()
    throw error
  }
}
