import { readdirSync, readFileSync } from 'node:fs'
import { setInterval as ticks } from 'node:timers/promises'

/** The unit of /proc/<pid>/stat as the kernel shows it to programs, on every architecture. */
const ticksPerSecond = 100

/** Returns the user and system seconds of a process, with all its threads and children. */
export function cpuSeconds(pid: number): number {
  return sum(processTree(pid), (member) => {
    // The second field is the command in parentheses. utime, stime, cutime and cstime are fields 14 to 17.
    const [user, system, childUser, childSystem] = afterCommand(`/proc/${member}/stat`).slice(11, 15).map(Number)
    return ((user ?? 0) + (system ?? 0) + (childUser ?? 0) + (childSystem ?? 0)) / ticksPerSecond
  })
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

function afterCommand(file: string): string[] {
  const line = readFileSync(file, 'utf8')
  return line.slice(line.lastIndexOf(')') + 2).split(' ')
}

function sum(members: readonly number[], measure: (member: number) => number): number {
  return members.reduce((total, member) => total + measure(member), 0)
}
