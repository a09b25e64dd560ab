import { useEffect, useRef } from 'react'

/** Returns a function that runs the action at most once in so many milliseconds, at the end of them, however often it is called. */
export function useThrottle(action: () => void, ms: number): () => void {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined)
  useEffect(() => () => clearTimeout(timer.current), [])
  return () => {
    timer.current ??= setTimeout(() => {
      timer.current = undefined
      action()
    }, ms)
  }
}
