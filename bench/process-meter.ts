import { readdirSync, readFileSync } from 'node:fs'
import { setInterval as ticks } from 'node:timers/promises'

/**
 * Returns the seconds of CPU of a process, with all its threads and children, in nanoseconds as the scheduler counts them. The ticks of
 * `/proc/<pid>/stat` count a whole hundredth of a second for whatever runs at that moment: a program that timers of the same clock wake is
 * there each time, and counted up to twice. Threads and children that have ended are not counted; no subject ends any under load.
 */
export function cpuSeconds(pid: number): number {
  return sum(processTree(pid), (member) =>
    sum(readdirSync(`/proc/${member}/task`).map(Number), (thread) => {
      const [nanoseconds] = readFileSync(`/proc/${member}/task/${thread}/schedstat`, 'utf8').split(' ')
      return Number(nanoseconds) / 1e9
    }),
  )
}

/** Returns the resident bytes of a process and its children. */
export function residentBytes(pid: number): number {
  return sum(processTree(pid), (member) => {
    const kilobytes = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${member}/status`, 'utf8'))?.[1]
    return Number(kilobytes ?? 0) * 1024
  })
}

/** Returns the peak of the resident bytes while `work` ran, sampled every 50 ms. */
export async function peakResidentBytes(pid: number, work: Promise<unknown>): Promise<number> {
  let peak = residentBytes(pid)
  const done = new AbortController()
  const finished = work.finally(() => done.abort())
  finished.catch(() => {})
  try {
    for await (const _ of ticks(50, undefined, { signal: done.signal })) peak = Math.max(peak, residentBytes(pid))
  } catch (error) {
    if (!done.signal.aborted) throw error
  }
  await finished
  return peak
}

/** Reads the children of every thread, because each thread has a list of its own. */
function processTree(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap(processTree)]
}

function sum(members: readonly number[], measure: (member: number) => number): number {
  return members.reduce((total, member) => total + measure(member), 0)
}
