import { useEffect, useEffectEvent } from 'react'
import { useAccount } from '../account.ts'
import { type Reply, send } from './call.ts'
import { readEvents } from './read-events.ts'

export type Generation = Reply<'GET /waygate/generations'>['data'][number]

/** How long to wait before a stream that ended is opened again. */
const againMs = 5_000

/** Hears of each generation when it ends, as long as it is on. Nothing is heard while the page is in the background. */
export function useLive(isOn: boolean, onGeneration: (generation: Generation) => void): void {
  const heard = useEffectEvent(onGeneration)
  const account = useAccount()
  useEffect(() => {
    if (!isOn) return
    const stop = new AbortController()
    let again: ReturnType<typeof setTimeout> | undefined
    const listen = async (): Promise<void> => {
      try {
        const response = await send('/waygate/live', { signal: stop.signal })
        for await (const { event, data } of readEvents(response)) if (event === 'generation') heard(JSON.parse(data))
      } catch {
        // The session has ended, or the gateway restarts: what the page reads besides tells which.
      }
      if (!stop.signal.aborted) again = setTimeout(() => void listen(), againMs)
    }
    void listen()
    return () => {
      clearTimeout(again)
      stop.abort()
    }
  }, [isOn, account])
}
