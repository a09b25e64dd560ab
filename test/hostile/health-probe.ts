import { Worker } from 'node:worker_threads'

/** What the thread that asks tells. */
export type ProbeMessage =
  | { readonly type: 'running' }
  | { readonly type: 'unanswered' }
  | { readonly type: 'delays'; readonly delays: readonly number[] }

/** Asks `/healthz` again and again, from a thread of its own: what this thread is busy with must not count as the gateway's delay. */
export interface HealthProbe {
  /** Resolves when an answer did not come within 10 s, which only a gateway that hangs or is dead makes happen. */
  readonly unanswered: Promise<unknown>
  /** Milliseconds that each answer took; `Infinity` where none came. */
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
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage({ type: 'stop' })
      const message = await last
      await worker.terminate()
      return message.type === 'delays' ? message.delays : []
    },
  }
}
