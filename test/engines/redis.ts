import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { freePort } from './free-port.ts'

/** A server of Redis or Valkey that a test has for itself. */
export interface Redis {
  readonly url: string
  readonly port: number
  /** Keeps it from answering, with its connections open. */
  hang(): void
  /** Lets it answer again. */
  wake(): void
  /** Ends it as a crash would. Idempotent. */
  stop(): Promise<void>
}

interface RedisSettings {
  /** The port of a server that was stopped. Default: a free one. */
  readonly port?: number
  /** Further options of the command line. */
  readonly options?: readonly string[]
}

export type StartRedis = (settings?: RedisSettings) => Promise<Redis>

/** Starts a server that keeps nothing on disk, on this machine. */
export async function startRedis(program: string, directory: string, settings: RedisSettings = {}): Promise<Redis> {
  const { port = await freePort(), options = [] } = settings
  const plain = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory]
  const server = spawn(program, [...plain, ...options], { stdio: 'ignore' })
  const ended = once(server, 'exit')
  // Whoever ends the test run finds it here, if the test does not stop it.
  writeFileSync(join(directory, `redis-${server.pid}`), String(server.pid))
  while (!(await answers(port))) {
    if (server.exitCode !== null) throw new Error(`${program} ended with code ${server.exitCode}.`)
    await pause(20)
  }
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    hang: () => void server.kill('SIGSTOP'),
    wake: () => void server.kill('SIGCONT'),
    async stop() {
      server.kill('SIGKILL')
      await ended
    },
  }
}

/** Ends a process, if it still runs. */
export function endProcess(id: number): void {
  try {
    process.kill(id, 'SIGKILL')
  } catch {
    // The test stopped it.
  }
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}
