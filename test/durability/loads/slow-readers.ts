import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import type { Simulator } from '../../../src/simulator/simulator.ts'
import { askOnce, atRate, type Load, percentile, residentMb, withGateway } from './load.ts'

const mostReaders = 500
const bytesPerSecond = 1_000
const seconds = 20
const mostMb = 64
/** More than 5 MB of events. */
const long = 'tokens-21000'

/**
 * Fault 22: clients that read slowly cost neither memory nor the time of others. How much of a stream the provider has sent depends on what
 * the system buffers for two connections, which may be all of it: `test/faults/slow-readers.test.ts` has longer streams, and sees it wait.
 */
export const slowReaders: Load = (scale) =>
  withGateway([long], async (gateway, simulator) => {
    const readers = mostReaders * scale
    const others = () => atRate(20, seconds / 2, () => askOnce(gateway))
    await others()
    const p99 = percentile(await others(), 0.99)
    // The same streams, read as fast as they come: what so many chunks leave on the heap is no cost of slow readers.
    await Promise.all(Array.from({ length: Math.min(readers, 100) }, async () => readToEnd(await unread(gateway.url))))
    const before = residentMb(gateway.pid)
    simulator.clearJournal()
    const replies = await Promise.all(Array.from({ length: readers }, () => unread(gateway.url)))
    const end = new AbortController()
    const reading = replies.map(async (reply) => {
      while (!end.signal.aborted) {
        reply.read(bytesPerSecond)
        await pause(1_000)
      }
    })
    await standing(() => sentSoFar(simulator))
    const p99Beside = percentile(await others(), 0.99)
    const grown = residentMb(gateway.pid) - before
    const streams = simulator
      .journal()
      .filter(({ bytesSent, finishedAt }) => bytesSent > 100_000 || finishedAt === null)
    const sent = streams.map(({ bytesSent }) => bytesSent / 1e6)
    const ended = streams.filter(({ finishedAt }) => finishedAt !== null).length
    end.abort()
    for (const reply of replies) reply.destroy()
    await Promise.all(reading)
    return {
      line: `${readers} readers of ${bytesPerSecond} B/s on streams of 5 MB: the provider had sent ${percentile(sent, 0.5).toFixed(1)} MB (most ${Math.max(...sent).toFixed(1)} MB) of each and ended ${ended}; memory ${grown.toFixed(0)} MB more than after as many fast readers; p99 of others ${p99.toFixed(0)} ms before, ${p99Beside.toFixed(0)} ms beside them`,
      faults: [...(grown > mostMb ? [`more than ${mostMb} MB of memory`] : [])],
    }
  })

const sentSoFar = (simulator: Simulator): number =>
  simulator.journal().reduce((sum, { bytesSent }) => sum + bytesSent, 0)

/** Waits until what the system buffers is full: a value stays for a second, or a minute has passed. */
async function standing(look: () => number): Promise<void> {
  for (let waited = 0, last = -1; waited < 60 && last !== look(); waited++) {
    last = look()
    await pause(1_000)
  }
}

async function readToEnd(reply: IncomingMessage): Promise<void> {
  reply.resume()
  await once(reply, 'close')
}

/** Opens a stream whose bytes are only read on demand. */
const unread = (url: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const outgoing = request(`${url}/api/v1/chat/completions`, {
      method: 'POST',
      agent: false,
      headers: { authorization: 'Bearer sk-or-v1-test-key-of-the-default-account', 'content-type': 'application/json' },
    })
    outgoing.on('error', reject).on('response', (reply) => {
      // Ending the load resets the connection.
      reply.on('error', () => {})
      resolve(reply)
    })
    outgoing.end(JSON.stringify({ model: `acme/${long}`, messages: [{ role: 'user', content: 'hi' }], stream: true }))
  })
