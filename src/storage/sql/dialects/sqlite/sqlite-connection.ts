import { extname } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { RecordText } from '../../../../canonical/record-text.ts'
import { StorageError } from '../../../stores/storage-error.ts'
import type { SqliteFailure, SqliteReply, SqliteRequest, SqliteResult } from './sqlite-worker.ts'

// A clone runs `.ts`, the build `.js`. The compiler does not rewrite a URL in a string.
const workerFile = new URL(`./sqlite-worker${extname(import.meta.url)}`, import.meta.url)

interface Call {
  resolve(result: SqliteResult): void
  reject(error: StorageError): void
}

type Unnumbered<Request> = Request extends SqliteRequest ? Omit<Request, 'id'> : never

/** SQLite's codes for "too big", "constraint" and "mismatch": the same row would be refused again. Other failures may pass. */
const permanentCodes: ReadonlySet<number | null> = new Set([18, 19, 20])

/** SQLite's code for "database is locked". */
const locked = 5

/** A failed call to the database, with SQLite's primary result code. */
export class SqliteError extends StorageError {
  readonly code: number | null

  /** Whether the call failed because another process was writing. */
  get isLocked(): boolean {
    return this.code === locked
  }

  constructor({ message, code }: SqliteFailure) {
    super(message, { transient: !permanentCodes.has(code) })
    this.code = code
  }
}

/** How a database is opened. */
export interface ConnectionOptions {
  /** Whether a commit survives a power failure. */
  readonly durable: boolean
  /** Called when the file was deleted or replaced while it was open, with what was done. */
  readonly onNotice: (notice: string) => void
}

const plain: ConnectionOptions = { durable: false, onNotice: () => {} }

/** A connection to one SQLite database in a thread of its own. Calls are carried out in the order in which they are made. */
export class SqliteConnection {
  readonly #worker = new Worker(workerFile, {
    name: 'waygate-sqlite',
    execArgv: [],
    // The thread handles one group of rows at a time. With the default, its young generation would grow to three times 16 MB.
    resourceLimits: { maxYoungGenerationSizeMb: 4 },
  })
  readonly #calls = new Map<number, Call>()
  readonly #onNotice: (notice: string) => void
  #lastId = 0
  #ended: SqliteError | null = null
  #closing: Promise<void> | null = null

  private constructor(onNotice: (notice: string) => void) {
    this.#onNotice = onNotice
    this.#worker.on('message', (reply: SqliteReply) => this.#receive(reply))
    this.#worker.on('error', (error) => this.#end(`The database thread failed: ${error.message}`))
    this.#worker.on('exit', () => this.#end('The database is closed.'))
  }

  /** Opens a file, which is created when it is absent, or `:memory:`. Rejects with an SqliteError. */
  static async open(path: string, { durable, onNotice }: ConnectionOptions = plain): Promise<SqliteConnection> {
    const connection = new SqliteConnection(onNotice)
    try {
      await connection.#call({ type: 'open', path, durable })
      return connection
    } catch (error) {
      await connection.close()
      throw error
    }
  }

  get isOpen(): boolean {
    return this.#ended === null && this.#closing === null
  }

  /** Runs one statement. */
  query(sql: string, parameters: readonly unknown[] = []): Promise<SqliteResult> {
    return this.#call({ type: 'query', sql, parameters })
  }

  /** Begins a transaction that writes. Rejects at once while another process writes. */
  async begin(): Promise<void> {
    await this.#call({ type: 'begin' })
  }

  /** Writes generations in one transaction. Rejects at once while another process writes. */
  async write(records: readonly RecordText[]): Promise<void> {
    await this.#call({ type: 'write', records })
  }

  /** Closes the database after the calls that were made before. A second call returns the same promise. */
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
      this.#worker.postMessage({ ...request, id })
    })
  }

  #receive(reply: SqliteReply): void {
    const call = this.#calls.get(reply.id)
    this.#calls.delete(reply.id)
    if (reply.notice !== undefined) this.#onNotice(reply.notice)
    if ('failure' in reply) call?.reject(new SqliteError(reply.failure))
    else call?.resolve(reply.result)
  }

  #end(message: string): void {
    this.#ended ??= new SqliteError({ message, code: null })
    for (const call of this.#calls.values()) call.reject(this.#ended)
    this.#calls.clear()
  }
}
