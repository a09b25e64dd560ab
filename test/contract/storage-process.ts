import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** Starts another process with the same storage. `task` is the name of a task in `storage-process-main.ts`. */
export class StorageProcess {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>
  readonly #exit: Promise<unknown[]>

  constructor(task: string, url: string, ...rest: readonly string[]) {
    const main = fileURLToPath(new URL('storage-process-main.ts', import.meta.url))
    const child = spawn(process.execPath, [main, task, url, ...rest], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#child = child
    this.#exit = once(child, 'exit')
    this.#lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  }

  /** The next line that it prints; null when it has ended. */
  async line(): Promise<string | null> {
    const next = await this.#lines.next()
    return next.done === true ? null : next.value
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  /** Its exit code; null after a signal. */
  async ended(): Promise<unknown> {
    return (await this.#exit)[0]
  }
}
