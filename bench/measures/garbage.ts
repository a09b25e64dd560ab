import { readFileSync } from 'node:fs'
import type { Bench, Measure } from '../measure.ts'
import type { RunningSubject } from '../start-subject.ts'
import type { Subject } from '../subjects.ts'

/**
 * What a request leaves behind for the garbage collector. Unlike the processor's time, it is nearly the same in every run.
 */
export const garbage: Measure = {
  name: 'garbage',
  warmUp: false,
  rows: [
    { key: 'json', label: 'garbage per JSON request', unit: 'kB' },
    { key: 'stream', label: 'garbage per 100-chunk stream', unit: 'kB' },
  ],
  sample: (subject, bench) =>
    bench.fresh(tracing(subject), async (running) => ({
      json: await garbageOf(running, bench, 'json', 32),
      stream: await garbageOf(running, bench, 'stream', 16),
    })),
}

/** The subject with a line in its log for each collection. Only programs of Node have such lines. */
const tracing = (subject: Subject): Subject => ({
  ...subject,
  async launch(site) {
    const launch = await subject.launch(site)
    const [program, ...rest] = launch.command
    if (program !== process.execPath) throw new Error('it is not started as `node …`, so that its garbage is not known')
    return { ...launch, command: [program, '--trace-gc', '--trace-gc-nvp', ...rest] }
  },
})

/** Returns the kilobytes that each request allocates, once the code of its path is compiled. */
async function garbageOf(
  { target, logFile }: RunningSubject,
  { load, seconds, warmUpSeconds }: Bench,
  traffic: 'json' | 'stream',
  connections: number,
): Promise<number> {
  const task = { kind: 'closed', target, traffic, connections } as const
  await load.ask({ ...task, seconds: warmUpSeconds })
  const before = readFileSync(logFile, 'utf8').length
  const { requests = 0 } = await load.ask({ ...task, seconds })
  const lines = readFileSync(logFile, 'utf8').slice(before)
  let bytes = 0
  for (const [, allocated] of lines.matchAll(/ gc=s .* allocated=(\d+)/g)) bytes += Number(allocated)
  return bytes / requests / 1024
}
