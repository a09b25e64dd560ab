import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'undici'
import { exchange, type Target } from './exchange.ts'
import type { Launch, Subject } from './subjects.ts'

export interface RunningSubject {
  readonly pid: number
  readonly target: Target
  /** What it writes to standard output and standard error. */
  readonly logFile: string
  /** The milliseconds from its spawn to its first correct reply. */
  readonly startMs: number
  stop(): Promise<void>
}

const startLimitMs = 30_000
const stopLimitMs = 3000
const retryMs = 5

/** Starts a subject in a directory of its own, and waits until it has answered a chat request. */
export async function startSubject(subject: Subject, upstream: string): Promise<RunningSubject> {
  const directory = mkdtempSync(join(tmpdir(), `bench-${subject.name}-`))
  const port = await freePort()
  const log = join(directory, 'log')
  const launch = await subject.launch({ port, upstream, directory })
  const begin = performance.now()
  const child = spawnLaunch(launch, directory, log)
  const { path, healthPath, headers = {} } = launch
  const target = { origin: `http://127.0.0.1:${port}`, path, healthPath, headers }
  const remove = () => rmSync(directory, { recursive: true, force: true })
  const endWithUs = () => {
    signalGroup(child, 'SIGKILL')
    remove()
  }
  process.on('exit', endWithUs)
  const stop = async () => {
    await endGroup(child)
    remove()
    process.off('exit', endWithUs)
  }
  try {
    await firstAnswer(target, child, begin + startLimitMs)
  } catch (error) {
    const reason = `${subject.name} did not start: ${String(error)}\n${readFileSync(log, 'utf8').slice(-1500)}`
    await stop()
    throw new Error(reason, { cause: error })
  }
  return { pid: child.pid ?? 0, target, logFile: log, startMs: performance.now() - begin, stop }
}

/**
 * Spawns the program in a process group of its own, so that the processes that it starts end with it. Its log goes to a file, as in
 * production.
 */
function spawnLaunch({ command, environment }: Launch, directory: string, log: string): ChildProcess {
  const output = openSync(log, 'a')
  const { PATH, HOME } = process.env
  const options = {
    cwd: directory,
    env: { PATH, HOME, NODE_ENV: 'production', ...environment },
    stdio: ['ignore' as const, output, output],
    detached: true,
  }
  const [program = '', ...rest] = command
  const child =
    typeof command === 'string' ? spawn(command, { ...options, shell: true }) : spawn(program, rest, options)
  closeSync(output)
  return child
}

async function firstAnswer(target: Target, child: ChildProcess, deadline: number): Promise<void> {
  let failure: unknown
  const failed = (error: unknown) => (failure = error)
  child.once('error', failed)
  child.once('exit', (code) => failed(new Error(`it ended with code ${code}`)))
  const client = new Client(target.origin, { headersTimeout: 5000 })
  try {
    for (;;) {
      const refusal = await exchange(client, target, 'json').then(
        () => null,
        (error: unknown) => error,
      )
      if (refusal === null) return
      if (failure !== undefined) throw failure
      if (performance.now() > deadline) throw refusal
      await sleep(retryMs)
    }
  } finally {
    await client.destroy()
  }
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (!isAlive(child)) return
  const ended = once(child, 'exit')
  signalGroup(child, 'SIGTERM')
  const force = setTimeout(() => signalGroup(child, 'SIGKILL'), stopLimitMs)
  await ended
  clearTimeout(force)
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (isAlive(child) && child.pid !== undefined) process.kill(-child.pid, signal)
  } catch {
    // The process has ended in the meantime.
  }
}

/** A process that has ended must not be signalled, because another process may have its id now. */
function isAlive(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no free port')
  return address.port
}
