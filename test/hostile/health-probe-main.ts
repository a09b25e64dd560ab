import { parentPort, workerData } from 'node:worker_threads'
import type { ProbeMessage } from './health-probe.ts'

/** Longer than a working gateway can take on the slowest machine. */
const limitMs = 10_000
const pauseMs = 5

const stop = new AbortController()
parentPort?.on('message', () => stop.abort())
const tell = (message: ProbeMessage): void => parentPort?.postMessage(message)
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, pauseMs))

const delays: number[] = []
tell({ type: 'running' })
for (let answered = true; answered && !stop.signal.aborted; await pause()) {
  const start = performance.now()
  answered = await fetch(`${workerData}/healthz`, { signal: AbortSignal.timeout(limitMs) }).then(
    (response) => response.ok,
    () => false,
  )
  delays.push(answered ? performance.now() - start : Infinity)
  if (!answered) tell({ type: 'unanswered' })
}
while (!stop.signal.aborted) await pause()
tell({ type: 'delays', delays })
