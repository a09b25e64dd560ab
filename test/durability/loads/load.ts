import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { residentBytes } from '../../../bench/process-meter.ts'
import { type Simulator, startSimulator } from '../../../src/simulator/simulator.ts'
import { KilledGateway } from '../killed-gateway.ts'

/** What a load showed: a line to print, and what is not as it should be. */
export interface Shown {
  readonly line: string
  readonly faults: readonly string[]
}

/** A long or large load on one gateway. `scale` is 1, or less where the machine is small. */
export type Load = (scale: number) => Promise<Shown>

/**
 * A gateway in a process of its own. `acme/<behaviour>` is served with each of the behaviours: by the simulator in this process, or by that
 * whose address is given.
 */
export async function withGateway<Result>(
  behaviours: Readonly<Record<string, string | null>>,
  use: (gateway: KilledGateway, simulator: Simulator) => Promise<Result>,
  keys: readonly string[] = [],
): Promise<Result> {
  const directory = mkdtempSync(join(tmpdir(), 'waygate-load-'))
  const simulator = await startSimulator()
  const providers = Object.fromEntries(
    Object.entries(behaviours).map(([name, url]) => [name, { base_url: `${url ?? simulator.url}/v1` }]),
  )
  const gateway = await KilledGateway.create(directory, { providers, keys })
  try {
    await gateway.start()
    return await use(gateway, simulator)
  } finally {
    await gateway.stop()
    await simulator.close()
    rmSync(directory, { recursive: true, force: true })
  }
}

/** Sends requests at a rate, whether replies come or not. Resolves with the milliseconds of each, once the last has ended. */
export async function atRate(
  perSecond: number,
  seconds: number,
  send: () => Promise<unknown>,
): Promise<readonly number[]> {
  const begin = performance.now()
  const times: number[] = []
  const running: Promise<void>[] = []
  for (let sent = 0; sent < perSecond * seconds; sent++) {
    const due = begin + (sent * 1000) / perSecond
    const early = due - performance.now()
    if (early > 2) await pause(early)
    // The clock of a request starts when it was due, so that a stall counts for all that it delayed.
    running.push(send().then(() => void times.push(performance.now() - due)))
  }
  await Promise.all(running)
  return times
}

/** Sends one JSON request, and reads the reply. */
export async function askOnce(gateway: KilledGateway, model = 'acme/fast'): Promise<number> {
  const reply = await gateway.post({ model, messages: [{ role: 'user', content: 'hi' }] })
  await reply.arrayBuffer()
  return reply.status
}

export const percentile = (values: readonly number[], share: number): number =>
  values.toSorted((one, other) => one - other)[Math.floor((values.length - 1) * share)] ?? 0

export const residentMb = (pid: number): number => residentBytes(pid) / 1024 / 1024

/** Counts what a process has open: files, sockets, pipes. */
export const openFiles = (pid: number): number => readdirSync(`/proc/${pid}/fd`).length
