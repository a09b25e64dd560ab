import { type ChildProcess, fork } from 'node:child_process'
import { extname } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DocumentFailure } from '../canonical/documents.ts'
import { failure } from './document-error.ts'
import type { DocumentJob, DocumentOutcome } from './job.ts'

// A clone runs `.ts`, the build `.js`. The compiler does not rewrite a URL in a string.
const workerFile = fileURLToPath(new URL(`./worker${extname(import.meta.url)}`, import.meta.url))

/**
 * A process that reads one document at a time. It ends when a document is too much for it, and is then of no use any more. A thread would
 * not do: where the heap of a thread is full, V8 ends the whole process, whatever the limits of the thread (docs/decisions/0018).
 */
export class DocumentProcess {
  readonly #child: ChildProcess
  readonly #exited: Promise<void>
  #settle: ((outcome: DocumentOutcome) => void) | null = null
  #ended = false

  /** @param maxMemoryMb What the process may take in all. Two thirds are for the heap of JavaScript, as the rest is code and buffers. */
  constructor(maxMemoryMb: number) {
    this.#child = fork(workerFile, [String(maxMemoryMb)], {
      execArgv: [`--max-old-space-size=${Math.floor((maxMemoryMb * 2) / 3)}`],
      // What reads foreign documents has no use for the keys in the environment.
      env: {},
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    })
    this.#child.on('message', (outcome: DocumentOutcome) => this.#settle?.(outcome))
    this.#child.on('error', (error) =>
      this.#end(failure('busy', `No process for reading documents starts: ${error.message}`)),
    )
    this.#exited = new Promise((resolve) => {
      this.#child.on('exit', (_, signal) => {
        this.#end(signal === null ? ended : tooMuchMemory)
        resolve()
      })
      this.#child.on('error', () => resolve())
    })
  }

  get hasEnded(): boolean {
    return this.#ended
  }

  /** Resolves with the outcome of a job, also where the process breaks down over it. */
  run(job: DocumentJob): Promise<DocumentOutcome> {
    return new Promise((resolve) => {
      this.#settle = (outcome) => {
        this.#settle = null
        // A gateway that is not closed must be able to end beside an idle process.
        this.#child.unref()
        this.#child.channel?.unref()
        resolve(outcome)
      }
      this.#child.ref()
      this.#child.channel?.ref()
      // A process that ends while the document is written to it tells it by its end.
      this.#child.send(job, () => {})
    })
  }

  /** Ends the process, whatever it does. */
  async terminate(): Promise<void> {
    this.#ended = true
    this.#child.ref()
    this.#child.kill('SIGKILL')
    await this.#exited
  }

  #end(outcome: DocumentFailure): void {
    this.#ended = true
    this.#settle?.(outcome)
  }
}

const ended = failure('broken', 'The document could not be read: the process that read it ended.')
/** The watch of the process ends it by a signal, and so do V8 and the system where there is no memory left. */
const tooMuchMemory = failure('too-much-memory', 'The document takes more memory than reading a document may take.')
