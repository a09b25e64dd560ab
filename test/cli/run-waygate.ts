import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { builtCommand } from '../built-program.ts'

interface RunOptions {
  readonly directory: string
  readonly environment?: Readonly<Record<string, string>>
  /** Options for Node itself. */
  readonly node?: readonly string[]
  /** The command to start. Default: that of a build of this tree. */
  readonly shim?: string
}

interface Outcome {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Creates a directory that is removed after the test. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'waygate-cli-'))
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}

/** Creates a directory with a configuration, which is removed after the test. */
export function configured(text: string): string {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'waygate.yaml'), text)
  return directory
}

/** Runs a command to its end, in an environment with only the given variables. */
export async function runWaygate(arguments_: readonly string[], options: RunOptions): Promise<Outcome> {
  const running = startWaygate(arguments_, options)
  const [code] = await once(running.child, 'close')
  return { code, stdout: running.stdout(), stderr: running.stderr() }
}

/** Starts a command that keeps running. It is killed after the test. */
export function startWaygate(arguments_: readonly string[], options: RunOptions) {
  const { directory, environment, node = [], shim = builtCommand() } = options
  const child: ChildProcess = spawn(process.execPath, [...node, shim, ...arguments_], {
    cwd: directory,
    env: { ...environment },
    // This only removes what a hanging test would leave behind.
    timeout: 50_000,
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let stdout = ''
  let stderr = ''
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))

  /** Waits until a text was printed, and returns its first group. */
  async function printed(pattern: RegExp): Promise<string> {
    while (child.exitCode === null) {
      const found = pattern.exec(stdout)?.[1]
      if (found !== undefined) return found
      await Promise.race([once(child.stdout ?? child, 'data'), once(child, 'close')])
    }
    throw new Error(`It ended with ${child.exitCode}:\n${stdout}\n${stderr}`)
  }

  async function stop(signal: 'SIGINT' | 'SIGTERM'): Promise<number | null> {
    const closed = once(child, 'close')
    child.kill(signal)
    const [code] = await closed
    return code
  }

  return { child, printed, stop, stdout: () => stdout, stderr: () => stderr }
}
