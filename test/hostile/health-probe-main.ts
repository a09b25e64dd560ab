import { parentPort, workerData } from 'node:worker_threads'

/** Longer than a gateway that works can take on the slowest machine. */
const limitMs = 10_000
const pauseMs = 5

const delays: number[] = []
let stopping = false
parentPort?.on('message', () => (stopping = true))
parentPort?.postMessage('running')

do {
  const start = performance.now()
  const answered = await fetch(`${workerData}/healthz`, { signal: AbortSignal.timeout(limitMs) }).then(
    (response) => response.ok,
    () => false,
  )
  delays.push(answered ? performance.now() - start : Infinity)
  if (!answered) {
    parentPort?.postMessage('unanswered')
    break
  }
  await new Promise((resolve) => setTimeout(resolve, pauseMs))
} while (!stopping)
while (!stopping) await new Promise((resolve) => setTimeout(resolve, pauseMs))
parentPort?.postMessage(delays)
