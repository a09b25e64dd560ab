import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { askOnce, atRate, type Load, percentile, residentMb, withGateway } from './load.ts'
import type { SlowStreams, SlowStreamsMessage } from './slow-streams.ts'

const mostReaders = 500
const bytesPerSecond = 1_000
const mostMb = 64
/** More than 5 MB of events. */
const behaviour = 'tokens-21000'

/**
 * Fault 22: clients that read slowly cost neither memory nor the time of others. How much of a stream the provider has sent depends on what
 * the system buffers for two connections, which may be all of it: `test/faults/slow-readers.test.ts` has longer streams, and sees it wait.
 * The slow readers and their provider are in a thread of their own: what they do themselves is no delay of the gateway.
 */
export const slowReaders: Load = async (scale) => {
  const workerData: SlowStreams = { behaviour, readers: mostReaders * scale, bytesPerSecond }
  const thread = new Worker(new URL('slow-streams.ts', import.meta.url), { workerData })
  const ready = await next(thread, 'ready')
  try {
    return await withGateway({ [behaviour]: ready.url }, async (gateway) => {
      const others = () => atRate(50, 30, () => askOnce(gateway))
      const warmed = next(thread, 'warmed')
      post(thread, gateway.url)
      await warmed
      const alone = await others()
      const before = residentMb(gateway.pid)
      const standing = next(thread, 'standing')
      post(thread, 'begin')
      const { megabytes, ended } = await standing
      const beside = await others()
      const grown = residentMb(gateway.pid) - before
      return {
        line: `${workerData.readers} readers of ${bytesPerSecond} B/s on streams of 5 MB: the provider had sent ${percentile(megabytes, 0.5).toFixed(1)} MB (most ${Math.max(...megabytes).toFixed(1)} MB) of each and ended ${ended}; memory ${grown.toFixed(0)} MB more than after as many fast readers; others, alone: ${timesOf(alone)}; beside them: ${timesOf(beside)}`,
        faults: [...(grown > mostMb ? [`more than ${mostMb} MB of memory`] : [])],
      }
    })
  } finally {
    await thread.terminate()
  }
}

/** Resolves with the next message of the thread. */
async function next<Type extends SlowStreamsMessage['type']>(
  thread: Worker,
  type: Type,
): Promise<Extract<SlowStreamsMessage, { type: Type }>> {
  const [message] = await once(thread, 'message')
  if (message.type !== type) throw new Error(`The thread posted ${message.type} before ${type}.`)
  return message
}

const post = (thread: Worker, message: string): void => thread.postMessage(message)

const timesOf = (times: readonly number[]): string =>
  [0.5, 0.9, 0.99].map((share) => `p${share * 100} ${percentile(times, share).toFixed(1)} ms`).join(', ')
