import { setTimeout as sleep } from 'node:timers/promises'
import type { Bench, Measure } from '../measure.ts'
import { peakResidentBytes, residentBytes } from '../process-meter.ts'
import type { RunningSubject } from '../start-subject.ts'

const streams = 1000
const settleMs = 2000
/** What a process still has then, it keeps. */
const afterLoadMs = 10_000
const megabyte = 1024 * 1024

export const memory: Measure = {
  name: 'memory',
  warmUp: false,
  rows: [
    { key: 'idle', label: 'resident memory, idle', unit: 'MB', target: { value: 95 } },
    { key: 'load', label: 'resident memory, peak under JSON load', unit: 'MB' },
    { key: 'after', label: `resident memory, ${afterLoadMs / 1000} s after load`, unit: 'MB', target: { above: 60 } },
  ],
  sample: (subject, bench) =>
    bench.fresh(subject, async (running) => {
      const idle = await settled(running)
      const load = await peakResidentBytes(running.pid, loadWithJson(running, bench))
      const after = await settled(running, afterLoadMs)
      return { idle: idle / megabyte, load: load / megabyte, after: after / megabyte }
    }),
}

/**
 * A load and the first thousand streams fill the heap to its normal size, together with the room that garbage left in it. Otherwise a
 * process with much free room would seem to hold the streams at no cost. The memory that a second thousand adds is the result.
 */
export const idleStreams: Measure = {
  name: 'memory',
  warmUp: false,
  rows: [{ key: 'stream', label: 'memory per idle stream', unit: 'kB', target: { ratio: 1.5 } }],
  sample: (subject, bench) =>
    bench.fresh(subject, async (running) => {
      const hold = () => bench.load.ask({ kind: 'hold', target: running.target, streams })
      try {
        await loadWithJson(running, bench)
        await hold()
        const first = await settled(running)
        await hold()
        const second = await settled(running)
        return { stream: (second - first) / streams / 1024 }
      } finally {
        await bench.load.ask({ kind: 'release' })
      }
    }),
}

function loadWithJson({ target }: RunningSubject, { load, seconds }: Bench): Promise<unknown> {
  return load.ask({ kind: 'closed', target, traffic: 'json', connections: 32, seconds })
}

async function settled({ pid }: RunningSubject, milliseconds = settleMs): Promise<number> {
  await sleep(milliseconds)
  return residentBytes(pid)
}
