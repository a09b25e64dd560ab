import { Worker } from 'node:worker_threads'

/** The messages of the thread that sends the requests. */
export type ProbeMessage =
  | { readonly type: 'running' }
  | { readonly type: 'unanswered' }
  | { readonly type: 'delays'; readonly delays: readonly number[] }

/** Requests `/healthz` repeatedly, from a thread of its own: work of the test's thread must not count as the gateway's delay. */
export interface HealthProbe {
  /** Resolves when an answer did not come within 10 s, which happens only when the gateway hangs or is dead. */
  readonly unanswered: Promise<unknown>
  /** The milliseconds of each answer; `Infinity` where none came. */
  stop(): Promise<readonly number[]>
}

export async function startHealthProbe(url: string): Promise<HealthProbe> {
  const worker = new Worker(new URL('health-probe-main.ts', import.meta.url), { workerData: url })
  const received = (type: ProbeMessage['type']): Promise<ProbeMessage> =>
    new Promise((resolve) => worker.on('message', (message: ProbeMessage) => message.type === type && resolve(message)))
  const unanswered = received('unanswered')
  await received('running')
  return {
    unanswered,
    async stop() {
      const last = received('delays')
      worker.postMessage({ type: 'stop' })
      const message = await last
      await worker.terminate()
      return message.type === 'delays' ? message.delays : []
    },
  }
}
