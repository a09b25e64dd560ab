import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { cpuSeconds } from '../../bench/process-meter.ts'
import { startSimulator } from '../../src/simulator/simulator.ts'
import { type ReadRows, sqliteRows } from './read-rows.ts'

const shim = fileURLToPath(new URL('../../bin/waygate.js', import.meta.url))
const key = 'sk-or-v1-test-key-of-the-default-account'
const clients = 16
const recordedMs = 20_000

/** What was sent and received so far. A request is named by its `user`, which is on record. */
interface Sent {
  count: number
  /** The requests whose reply was complete. */
  readonly acknowledged: Set<string>
  /** The requests that were answered with an error, by its status. */
  readonly refused: Map<string, number>
  /** The requests that were under way when the gateway was killed: they may be on record or not. */
  readonly cutOff: Set<string>
}

/** How the gateway is set up. */
interface Setting {
  /** The section of the configuration. */
  readonly storage?: object
  readonly providers?: Readonly<Record<string, object>>
  /** The largest size that its files may have. */
  readonly fileKb?: number | null
  /** API keys besides that of the clients here. */
  readonly keys?: readonly string[]
  /** Reads its database; by default the SQLite file. */
  readonly readRows?: ReadRows
}

/** A start of the process, until it took requests. */
export interface Start {
  readonly ms: number
  /** Of processor time, with all threads. */
  readonly cpuMs: number
}

/** A gateway process that is killed and started again on the same files, and clients that keep account of what they received. */
export class KilledGateway {
  readonly directory: string
  readonly database: string
  readonly sent: Sent = { count: 0, acknowledged: new Set(), refused: new Map(), cutOff: new Set() }
  readonly stop: () => Promise<void>
  /** The characters of a text in each request that goes on record, so that the files of the journal are filled sooner. */
  padding = 0
  readonly #fileKb: number | null
  readonly #readRows: ReadRows
  #child: ChildProcess | null = null
  #url = ''
  #output = ''

  private constructor(directory: string, { fileKb = null, readRows }: Setting, stop: () => Promise<void>) {
    this.directory = directory
    this.#fileKb = fileKb
    this.database = join(directory, '.waygate', 'waygate.db')
    this.#readRows = readRows ?? sqliteRows(this.database)
    this.stop = async () => {
      const closed =
        this.#child?.exitCode === null && this.#child.signalCode === null ? once(this.#child, 'close') : null
      this.kill()
      await closed
      await stop()
    }
  }

  /** Writes the configuration of a gateway whose provider is the simulator. Does not start it. */
  static async create(directory: string, setting: Setting = {}): Promise<KilledGateway> {
    const { storage = {}, providers = {}, keys = [] } = setting
    const simulator = await startSimulator({ quiet: true })
    const endpoint = (model: string, provider = 'prov-a') => ({
      endpoints: [{ provider, model, pricing: { prompt: 1, completion: 2 } }],
    })
    const others = Object.keys(providers).map((slug) => [`acme/${slug}`, endpoint(slug, slug)])
    const config = {
      server: { port: 0 },
      log: { level: 'warn', format: 'json' },
      discovery: false,
      storage,
      keys: [{ name: 'test', key }, ...keys.map((other) => ({ name: other, key: other }))],
      providers: { 'prov-a': { base_url: `${simulator.url}/v1` }, ...providers },
      models: {
        'acme/fast': endpoint('tokens-5'),
        'acme/slow': endpoint('tokens-10+pace-5'),
        ...Object.fromEntries(others),
      },
    }
    mkdirSync(join(directory, '.waygate'), { recursive: true })
    writeFileSync(join(directory, 'waygate.yaml'), stringify(config))
    return new KilledGateway(directory, setting, () => simulator.close())
  }

  /** What the process has printed since it was started. */
  get output(): string {
    return this.#output
  }

  get url(): string {
    return this.#url
  }

  get pid(): number {
    return this.#child?.pid ?? 0
  }

  /** Starts the process. Resolves once it takes requests. */
  async start(): Promise<Start> {
    const startedAt = performance.now()
    const limits = this.#fileKb === null ? [] : ['prlimit', `--fsize=${this.#fileKb * 1024}`]
    const [command, ...rest] = [...limits, process.execPath, shim, 'serve']
    const child = spawn(command, rest, { cwd: this.directory, env: { PATH: '/usr/bin:/bin' } })
    this.#child = child
    this.#output = ''
    const listening = Promise.withResolvers<string>()
    const read = (text: string): void => {
      this.#output += text
      const url = /listens on (\S+)/.exec(this.#output)?.[1]
      if (url !== undefined) listening.resolve(url)
    }
    child.stdout.setEncoding('utf8').on('data', read)
    child.stderr.setEncoding('utf8').on('data', read)
    child.once('close', (code, signal) =>
      listening.reject(new Error(`It ended with ${code ?? signal}: ${this.#output}`)),
    )
    this.#url = await listening.promise
    return { ms: performance.now() - startedAt, cpuMs: cpuSeconds(child.pid ?? 0) * 1000 }
  }

  /** Kills the process with a signal that it cannot handle. */
  kill(): void {
    this.#child?.kill('SIGKILL')
  }

  /** Asks the process to end. Resolves with its exit code. */
  async end(): Promise<unknown> {
    const closed = this.#child === null ? Promise.resolve([null]) : once(this.#child, 'close')
    this.#child?.kill('SIGTERM')
    return (await closed)[0]
  }

  post(body: object, bearer: string = key, signal: AbortSignal | null = null): Promise<Response> {
    return fetch(`${this.#url}/api/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${bearer}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal,
    })
  }

  /** Sends one request, streamed or not, and keeps account of it. */
  async ask(): Promise<void> {
    const user = `request-${this.sent.count++}`
    const stream = Math.random() < 0.5
    const body = {
      model: Math.random() < 0.7 ? 'acme/fast' : 'acme/slow',
      messages: [{ role: 'user', content: 'hi' }],
      user,
      stream,
      trace: { padding: 'x'.repeat(this.padding) },
    }
    try {
      const response = await this.post(body)
      const text = await response.text()
      const isWhole = stream ? /"finish_reason":"stop"[^]*data: \[DONE\]\s*$/.test(text) : text.endsWith('}')
      if (response.ok && isWhole && !text.includes('"error"')) this.sent.acknowledged.add(user)
      else this.sent.refused.set(user, response.status)
    } catch {
      this.sent.cutOff.add(user)
    }
  }

  /** Keeps all clients busy for this time. */
  async load(ms: number): Promise<void> {
    const until = performance.now() + ms
    const client = async (): Promise<void> => {
      while (performance.now() < until) await this.ask()
    }
    await Promise.all(Array.from({ length: clients }, client))
  }

  /** Keeps all clients busy, and kills the process in the middle of that: this long after twenty more replies were complete. */
  async killUnderLoad(afterMs: number, meanwhile: () => void | Promise<void> = () => {}): Promise<void> {
    const end = new AbortController()
    const client = async (): Promise<void> => {
      while (!end.signal.aborted) await this.ask()
    }
    const loading = Promise.all(Array.from({ length: clients }, client))
    await meanwhile()
    const enough = this.#ended + 20
    while (this.#ended < enough) await setTimeout(5)
    await setTimeout(afterMs)
    end.abort()
    const closed = this.#child === null ? null : once(this.#child, 'close')
    this.kill()
    await closed
    await loading
  }

  /** Waits until the database has what the journal had, and returns what is wrong with its rows: nothing, if all is well. */
  async faults(): Promise<readonly string[]> {
    const until = performance.now() + recordedMs
    let rows = await this.#rows()
    while (!this.#isComplete(rows) && performance.now() < until) {
      await setTimeout(50)
      rows = await this.#rows()
    }
    const counts = Map.groupBy(rows, (user) => user)
    const missing = [...this.sent.acknowledged].filter((user) => !counts.has(user))
    const doubled = [...counts].filter(([, found]) => found.length > 1).map(([user]) => user)
    const unknown = [...counts.keys()].filter((user) => !this.#mayBeRecorded(user))
    return [
      ...missing.map((user) => `${user} was acknowledged and is not on record`),
      ...doubled.map((user) => `${user} is on record more than once`),
      ...unknown.map((user) => `${user} is on record, although it was neither acknowledged nor cut off`),
    ]
  }

  /** Lists the folders of journals that hold records. */
  journals(): readonly string[] {
    const folder = join(this.directory, '.waygate', 'journal')
    return existsSync(folder) ? readdirSync(folder).filter((name) => /^\d/.test(name)) : []
  }

  /** Reads everything that the journals hold. */
  journalText(): string {
    const folder = join(this.directory, '.waygate', 'journal')
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.log'))
      .map((name) => readFileSync(join(folder, name), 'utf8'))
      .join('')
  }

  /** Reads the newest row of a user; null where there is none. */
  async rowOf(user: string): Promise<Readonly<Record<string, unknown>> | null> {
    return (await this.#readRows(`select * from generation where external_user = '${user}'`))[0] ?? null
  }

  /** Counts the rows of a user. */
  async rowsOf(user: string): Promise<number> {
    return (await this.#readRows(`select id from generation where external_user = '${user}'`)).length
  }

  /** Counts all rows. */
  async count(): Promise<number> {
    return Number((await this.#readRows('select count(*) as count from generation'))[0]?.['count'])
  }

  /** The number of requests that got a reply. */
  get #ended(): number {
    return this.sent.acknowledged.size + this.sent.refused.size
  }

  #isComplete(rows: readonly string[]): boolean {
    const found = new Set(rows)
    return [...this.sent.acknowledged].every((user) => found.has(user))
  }

  #mayBeRecorded(user: string): boolean {
    const { acknowledged, cutOff, refused } = this.sent
    return acknowledged.has(user) || cutOff.has(user) || refused.has(user)
  }

  async #rows(): Promise<readonly string[]> {
    const rows = await this.#readRows('select external_user from generation')
    return rows.map((row) => String(row['external_user']))
  }
}
