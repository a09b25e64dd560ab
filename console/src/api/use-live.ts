import { useEffect, useEffectEvent } from 'react'
import { useAccount } from '../account.ts'
import { type Reply, send } from './call.ts'
import { readEvents } from './read-events.ts'

export type Generation = Reply<'GET /waygate/generations'>['data'][number]

/** Data that follows the live stream is read again at most this often, however many requests end. */
export const refreshMs = 2_000

/** How long to wait before a stream that ended is opened again. */
const againMs = 5_000

/** Calls `onGeneration` with each generation of the account when it ends, while `isOn`. */
export function useLive(isOn: boolean, onGeneration: (generation: Generation) => void): void {
  const receive = useEffectEvent(onGeneration)
  const account = useAccount()
  useEffect(() => {
    if (!isOn) return
    const stop = new AbortController()
    let again: ReturnType<typeof setTimeout> | undefined
    const listen = async (): Promise<void> => {
      try {
        const response = await send('/waygate/live', { account, signal: stop.signal })
        for await (const { event, data } of readEvents(response)) if (event === 'generation') receive(JSON.parse(data))
      } catch {
        // The session has ended, or the gateway restarts. The other requests of the page show the error.
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
