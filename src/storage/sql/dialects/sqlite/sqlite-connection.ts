import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import { StorageError } from '../../../storage-error.ts'
import type { Insert } from '../../database.ts'
import type { SqliteFailure, SqliteReply, SqliteRequest, SqliteResult } from './sqlite-worker.ts'

// The clone runs `.ts`, the build `.js`: a URL in a string is not rewritten by the compiler.
const workerFile = new URL(`./sqlite-worker${extname(import.meta.url)}`, import.meta.url)

interface Call {
  resolve(result: SqliteResult): void
  reject(error: StorageError): void
}

type Unnumbered<Request> = Request extends SqliteRequest ? Omit<Request, 'id'> : never

/** Too big, constraint, mismatch: the same row will be refused again. Anything else may pass. */
const permanentCodes: ReadonlySet<number | null> = new Set([18, 19, 20])

/** SQLite's "database is locked". */
const locked = 5

/** A failed call to the database, with SQLite's primary result code. */
export class SqliteError extends StorageError {
  readonly code: number | null

  /** Whether another process was writing. */
  get isLocked(): boolean {
    return this.code === locked
  }

  constructor({ message, code }: SqliteFailure) {
    super(message, { transient: !permanentCodes.has(code) })
    this.code = code
  }
}

/** One SQLite database in its own thread. Calls are carried out in the order they are made. */
export class SqliteConnection {
  readonly #worker = new Worker(workerFile, {
    name: 'waygate-sqlite',
    execArgv: [],
    // It handles one group of rows at a time; the default young generation would grow to three times 16 MB.
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  })
  readonly #calls = new Map<number, Call>()
  #lastId = 0
  #ended: SqliteError | null = null
  #closing: Promise<void> | null = null

  private constructor() {
    this.#worker.on('message', (reply: SqliteReply) => this.#receive(reply))
    this.#worker.on('error', (error) => this.#end(`The database thread failed: ${error.message}`))
    this.#worker.on('exit', () => this.#end('The database is closed.'))
  }

  /** `path` is a file, created when absent, or `:memory:`. Rejects with an SqliteError. */
  static async open(path: string): Promise<SqliteConnection> {
    const connection = new SqliteConnection()
    try {
      await connection.#call({ type: 'open', path })
      return connection
    } catch (error) {
      await connection.close()
      throw error
    }
  }

  get isOpen(): boolean {
    return this.#ended === null && this.#closing === null
  }

  query(sql: string, parameters: readonly unknown[] = []): Promise<SqliteResult> {
    return this.#call({ type: 'query', sql, parameters })
  }

  /**
   * Carries out the inserts in one transaction; rejects at once while another process writes. They cross as one JSON text: half the cost of cloning the arrays on this side
   * (3 against 7 µs a generation, measured) and on the other.
   */
  async write(inserts: readonly Insert[]): Promise<void> {
    await this.#call({ type: 'write', inserts: JSON.stringify(inserts) })
  }

  /** After what was asked before. Closing again gives the same promise. */
  close(): Promise<void> {
    this.#closing ??= this.#close()
    return this.#closing
  }

  async #close(): Promise<void> {
    try {
      if (this.#ended === null) await this.#call({ type: 'close' })
    } finally {
      await this.#worker.terminate()
    }
  }

  #call(request: Unnumbered<SqliteRequest>): Promise<SqliteResult> {
    if (this.#ended !== null) return Promise.reject(this.#ended)
    const id = ++this.#lastId
    return new Promise((resolve, reject) => {
      this.#calls.set(id, { resolve, reject })
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      this.#worker.postMessage({ ...request, id })
    })
  }

  #receive(reply: SqliteReply): void {
    const call = this.#calls.get(reply.id)
    this.#calls.delete(reply.id)
    if ('failure' in reply) call?.reject(new SqliteError(reply.failure))
    else call?.resolve(reply.result)
  }

  #end(message: string): void {
    this.#ended ??= new SqliteError({ message, code: null })
    for (const call of this.#calls.values()) call.reject(this.#ended)
    this.#calls.clear()
  }
}
