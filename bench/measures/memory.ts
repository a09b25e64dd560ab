import { setTimeout as sleep } from 'node:timers/promises'
import type { Measure } from '../measure.ts'
import { peakResidentBytes, residentBytes } from '../process-meter.ts'

const streams = 1000
const settleMs = 3000
const megabyte = 1024 * 1024

/** A new process for the load and another for the idle streams: what the first leaves behind would hide what the second takes. */
export const memory: Measure = {
  name: 'memory',
  warmUp: false,
  rows: [
    { key: 'idle', label: 'resident memory, idle', unit: 'MB', target: { value: 100 } },
    { key: 'load', label: 'resident memory, peak under JSON load', unit: 'MB' },
    { key: 'after', label: `resident memory, ${settleMs / 1000} s after load`, unit: 'MB' },
    { key: 'stream', label: `memory per idle stream of ${streams}`, unit: 'kB', target: { ratio: 1.5 } },
  ],
  async sample(subject, bench) {
    const underLoad = await bench.fresh(subject, async ({ pid, target }) => {
      await sleep(settleMs)
      const idle = residentBytes(pid)
      const { seconds } = bench
      const work = bench.load.ask({ kind: 'closed', target, traffic: 'json', connections: 32, seconds })
      const load = await peakResidentBytes(pid, work)
      await sleep(settleMs)
      return { idle: idle / megabyte, load: load / megabyte, after: residentBytes(pid) / megabyte }
    })
    const stream = await bench.fresh(subject, async ({ pid, target }) => {
      await sleep(settleMs)
      const before = residentBytes(pid)
      await bench.load.ask({ kind: 'hold', target, streams })
      await sleep(settleMs)
      const held = residentBytes(pid) - before
      await bench.load.ask({ kind: 'release' })
      return held / streams / 1024
    })
    return { ...underLoad, stream }
  },
}
