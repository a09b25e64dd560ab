import type { Figures } from '../processes.ts'
import type { Bench } from '../measure.ts'
import { cpuSeconds } from '../process-meter.ts'
import type { Subject } from '../subjects.ts'
import type { Traffic } from '../traffic.ts'

/** Measures the microseconds of the subject's CPU for each request of a closed loop, and the requests per second. */
export async function cpuPerRequest(subject: Subject, bench: Bench, traffic: Traffic, connections: number) {
  const { pid, target } = await bench.running(subject)
  const before = cpuSeconds(pid)
  const { requests = 0, seconds = 0 }: Figures = await bench.load.ask({
    kind: 'closed',
    target,
    traffic,
    connections,
    seconds: bench.seconds,
  })
  return { cpu: ((cpuSeconds(pid) - before) * 1e6) / requests, rate: requests / seconds }
}
