import { request, type IncomingMessage } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { parentPort, workerData } from 'node:worker_threads'
import { startSimulator } from '../../../src/simulator/simulator.ts'
import { testKey } from '../../gateway.ts'

/** What the thread is started with. */
export interface SlowStreams {
  readonly behaviour: string
  readonly readers: number
  readonly bytesPerSecond: number
}

/** What it posts: where its provider is, and later what that had sent when nothing moved any more. */
export type SlowStreamsMessage =
  | { readonly type: 'ready'; readonly url: string }
  | { readonly type: 'warmed' }
  | { readonly type: 'standing'; readonly megabytes: readonly number[]; readonly ended: number }

const { behaviour, readers, bytesPerSecond }: SlowStreams = workerData
const post = (message: SlowStreamsMessage): void => parentPort?.postMessage(message)
const received = (): Promise<string> => new Promise((resolve) => parentPort?.once('message', resolve))

const simulator = await startSimulator()
post({ type: 'ready', url: simulator.url })
const url = await received()

// The same streams, read as fast as they come: what so many chunks leave on the heap is no cost of slow readers.
for (const reply of await Promise.all(Array.from({ length: Math.min(readers, 100) }, openStream)))
  await readToEnd(reply)
simulator.clearJournal()
post({ type: 'warmed' })
await received()

for (const reply of await Promise.all(Array.from({ length: readers }, openStream))) {
  // Readers do not read at the same moment.
  await pause(1_000 / readers)
  setInterval(() => reply.read(bytesPerSecond), 1_000)
}
await standing()
const streams = simulator.journal().filter(({ bytesSent, finishedAt }) => bytesSent > 100_000 || finishedAt === null)
post({
  type: 'standing',
  megabytes: streams.map(({ bytesSent }) => bytesSent / 1e6),
  ended: streams.filter(({ finishedAt }) => finishedAt !== null).length,
})

/** Waits until what the system buffers is full: for two seconds nothing is sent. */
async function standing(): Promise<void> {
  const sent = (): number => simulator.journal().reduce((sum, { bytesSent }) => sum + bytesSent, 0)
  for (let last = -1; last !== sent();) {
    last = sent()
    await pause(2_000)
  }
}

function openStream(): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(`${url}/api/v1/chat/completions`, {
      method: 'POST',
      agent: false,
      headers: { authorization: `Bearer ${testKey}`, 'content-type': 'application/json' },
    })
    outgoing.on('error', reject).on('response', resolve)
    const model = `acme/${behaviour}`
    outgoing.end(JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }], stream: true }))
  })
}

function readToEnd(reply: IncomingMessage): Promise<void> {
  return new Promise((resolve) => void reply.resume().once('close', resolve))
}
