import type { LoadTask } from '../load-task.ts'
import type { Figures } from '../processes.ts'
import type { Bench } from '../measure.ts'
import { cpuSeconds } from '../process-meter.ts'
import type { Subject } from '../subjects.ts'
import type { Traffic } from '../traffic.ts'

/** Measures the microseconds of the subject's CPU for each request of a closed loop, and the requests per second. */
export const cpuPerRequest = (subject: Subject, bench: Bench, traffic: Traffic, connections: number) =>
  cpuOf(subject, bench, { kind: 'closed', traffic, connections })

/** Measures the same for so many requests a second, with what the subject does while it has nothing to answer. */
export const cpuAtRate = (subject: Subject, bench: Bench, traffic: Traffic, rate: number) =>
  cpuOf(subject, bench, { kind: 'open', traffic, rate })

type Load<Task extends LoadTask = Extract<LoadTask, { kind: 'closed' | 'open' }>> = Task extends unknown
  ? Omit<Task, 'target' | 'seconds'>
  : never

async function cpuOf(subject: Subject, bench: Bench, load: Load) {
  const { pid, target } = await bench.running(subject)
  const before = cpuSeconds(pid)
  const { requests = 0, seconds = 0 }: Figures = await bench.load.ask({ ...load, target, seconds: bench.seconds })
  return { cpu: ((cpuSeconds(pid) - before) * 1e6) / requests, rate: requests / seconds }
}
