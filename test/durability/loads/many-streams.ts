import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from '../../engines/free-port.ts'
import type { KilledGateway } from '../killed-gateway.ts'
import { askOnce, atRate, type Load, percentile, residentMb, withGateway } from './load.ts'

const mostStreams = 1_000
const behaviour = 'tokens-300+pace-50'
const mostTimesBare = 1.5
const drainSeconds = 30
const bareProxy = fileURLToPath(new URL('../../../bench/bare-proxy.ts', import.meta.url))

/** Fault 23: many streams at once cost little more memory than through a bare proxy, and give it back. */
export const manyStreams: Load = (scale) =>
  withGateway({ paced: null }, async (gateway, simulator) => {
    simulator.setBehaviour(behaviour)
    const streams = mostStreams * scale
    const port = await freePort()
    const bare = spawn(process.execPath, [bareProxy, String(port), `${simulator.url}/v1`], { stdio: 'ignore' })
    try {
      await pause(1_000)
      await atRate(100, 10, () => askOnce(gateway))
      const through = await measure(streams, gateway.pid, (signal) => open(gateway, signal))
      const bareBody = JSON.stringify({ model: 'paced', stream: true, messages: [{ role: 'user', content: 'hi' }] })
      const direct = await measure(streams, bare.pid ?? 0, (signal) =>
        fetch(`http://127.0.0.1:${port}/v1/chat/completions`, { method: 'POST', body: bareBody, signal }),
      )
      const ratio = through.perStreamKb / direct.perStreamKb
      return {
        line: `${streams} streams of 300 tokens at once: ${through.perStreamKb.toFixed(0)} kB each, bare proxy ${direct.perStreamKb.toFixed(0)} kB (${ratio.toFixed(2)} times); p99 to the first token ${through.p99.toFixed(0)} ms, bare ${direct.p99.toFixed(0)} ms; memory ${through.before.toFixed(0)} MB before, ${through.after.toFixed(0)} MB ${drainSeconds} s after; ${through.whole} whole`,
        faults: [
          ...(through.whole < streams ? [`only ${through.whole} streams were whole`] : []),
          ...(ratio > mostTimesBare ? [`more than ${mostTimesBare} times the memory of the bare proxy`] : []),
        ],
      }
    } finally {
      bare.kill('SIGKILL')
    }
  })

const open = (gateway: KilledGateway, signal: AbortSignal): Promise<Response> =>
  gateway.post({ model: 'acme/paced', stream: true, messages: [{ role: 'user', content: 'hi' }] }, undefined, signal)

async function measure(streams: number, pid: number, begin: (signal: AbortSignal) => Promise<Response>) {
  const { signal } = new AbortController()
  const before = residentMb(pid)
  const first: number[] = []
  let whole = 0
  const read = async (): Promise<void> => {
    const begun = performance.now()
    const reply = await begin(signal)
    let text = ''
    for await (const bytes of reply.body ?? []) {
      if (text === '') first.push(performance.now() - begun)
      text = text.slice(-200) + Buffer.from(bytes).toString()
    }
    if (text.includes('data: [DONE]')) whole++
  }
  const running = Promise.all(Array.from({ length: streams }, read))
  let peak = before
  const ended = new AbortController()
  void running.finally(() => ended.abort())
  while (!ended.signal.aborted) {
    peak = Math.max(peak, residentMb(pid))
    await pause(200)
  }
  await running
  await pause(drainSeconds * 1_000)
  return {
    before,
    after: residentMb(pid),
    perStreamKb: ((peak - before) * 1024) / streams,
    p99: percentile(first, 0.99),
    whole,
  }
}
