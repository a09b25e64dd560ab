import { Worker } from 'node:worker_threads'

/** Asks `/healthz` again and again, from a thread of its own: what this thread is busy with must not count as the gateway's delay. */
export interface HealthProbe {
  /** Resolves when an answer did not come within 10 s, which only a gateway that hangs or is dead makes happen. */
  readonly unanswered: Promise<void>
  /** Milliseconds that each answer took; `Infinity` where none came. */
  stop(): Promise<readonly number[]>
}

export async function startHealthProbe(url: string): Promise<HealthProbe> {
  const worker = new Worker(new URL('health-probe-main.ts', import.meta.url), { workerData: url })
  const said = (word: string): Promise<void> =>
    new Promise((resolve) => worker.on('message', (message) => message === word && resolve()))
  const unanswered = said('unanswered')
  await said('running')
  return {
    unanswered,
    async stop() {
      const delays = new Promise<readonly number[]>((resolve) =>
        worker.on('message', (message) => Array.isArray(message) && resolve(message.map(Number))),
      )
      worker.postMessage('stop')
      const all = await delays
      await worker.terminate()
      return all
    },
  }
}
