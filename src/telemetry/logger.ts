import { type DestinationStream, pino } from 'pino'
import type { AttemptEntry } from '../canonical/generation-context.ts'
import type { FinishedRequest, Happening, Happenings, Reload } from '../canonical/happening.ts'
import { usd } from '../canonical/money.ts'
import type { GenerationRecord } from '../canonical/generation-record.ts'
import { LineBlock } from './line-block.ts'
import { prettyLine } from './pretty-line.ts'
import { SettledGenerations } from './settled-generations.ts'

type Logging = Pick<ReturnType<typeof pino>, 'info' | 'error'>
type Settled = Extract<Happening, { type: 'settled' }>

/** The settings of the log. They are read again when the configuration has changed. */
export interface LogOptions {
  /** The lowest level that is written. */
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly format: 'auto' | 'pretty' | 'json'
}

/** The log of one gateway. */
export interface Logger {
  /** Logs an error. */
  error(error: unknown, message: string): void
  /** Logs that something is not sent to who observes the gateway, such as a destination. */
  loss(message: string): void
  /** Logs a warning of the process, of which Node itself writes plain lines to standard error. */
  warn(warning: Error): void
  /** Writes the buffered lines and ends the log. */
  close(): void
}

/** The length of a block of lines, in UTF-16 units. */
const blockLength = 16_000
/** The most bytes that are kept while nothing can be written. Later lines are dropped. */
const mostBytes = 1_048_576
const flushMs = 1_000

/** The addresses that load balancers request every few seconds. They are logged at the level `debug`. */
const healthChecks: ReadonlySet<string> = new Set(['/healthz', '/readyz'])

/**
 * Creates a log that writes one line for each request to standard output, as JSON, or as text on a terminal. Lines name keys by their masked
 * label, and hold no part of a prompt, an answer or a header.
 */
export function createLogger(happenings: Happenings, options: LogOptions, output?: DestinationStream): Logger {
  const onTerminal = output === undefined && process.stdout.isTTY
  const destination = pino.destination({ dest: 1, maxLength: mostBytes, sync: false })
  // A closed terminal or a full disk must not stop the gateway.
  destination.on('error', () => {})
  const block = new LineBlock(destination, onTerminal ? 0 : blockLength)
  const lines = formatted(output ?? block, options, onTerminal)
  const log = pino({ base: null, level: options.level, timestamp: pino.stdTimeFunctions.isoTime }, lines)
  let dropped = 0
  destination.on('drop', (lost: string) => {
    dropped += lost.split('\n').length - 1
  })
  const flush = setInterval(() => {
    block.flush()
    if (dropped === 0) return
    // This line is dropped and counted too, until lines are written again.
    const before = dropped
    dropped = 0
    log.warn({ dropped: before }, 'lines of the log were dropped, because they could not be written')
    if (dropped > 0) dropped = before
  }, flushMs)
  flush.unref()

  const settled = new SettledGenerations<Settled>()
  happenings.subscribe((happening) => {
    switch (happening.type) {
      case 'settled':
        settled.note(happening.record.id, happening)
        break
      case 'finished': {
        const { request } = happening
        const generation = settled.take(request)
        const level = levelOf(request, generation?.record)
        if (level >= log.levelVal) lines.write(requestLine(level, request, generation))
        break
      }
      case 'attempt': {
        if (!log.isLevelEnabled('debug')) break
        const { generationId, entry } = happening
        log.debug({ generationId, kind: entry.kind, status: entry.status, ...describeFailure(entry) }, 'attempt')
        break
      }
      case 'refused': {
        const { provider, endpoint, credential } = happening
        log.warn({ provider, endpoint, credential }, 'the provider refused this credential')
        break
      }
      case 'server': {
        const { provider, address, change } = happening
        const { kind, ...models } = change
        log.info({ provider, address, ...shortened(models) }, serverMessages[kind])
        break
      }
      case 'configuration':
        log.level = options.level
        logReload(log, happening.reload)
        break
      case 'sharing': {
        const { kind, ...details } = happening.change
        log[kind === 'connected' ? 'info' : 'warn'](details, sharingMessages[kind])
        break
      }
      case 'database': {
        const { kind, ...details } = happening.change
        log[kind === 'back' ? 'info' : 'warn'](details, databaseMessages[kind])
        break
      }
      case 'dropped':
        // What drops something tells so itself, in its own words.
        break
      case 'failed':
        log.error({ err: happening.error }, 'unexpected failure')
    }
  })

  return {
    error: (error, message) => log.error({ err: error }, message),
    loss: (message) => log.warn({ loss: message }, 'telemetry is dropped'),
    warn: (warning) => log.warn({ err: warning }, 'warning of the process'),
    close() {
      clearInterval(flush)
      block.flush()
      destination.flushSync()
    },
  }
}

function formatted(lines: DestinationStream, options: LogOptions, onTerminal: boolean): DestinationStream {
  const colours = onTerminal && process.stdout.hasColors()
  return {
    write(line) {
      const isJson = options.format === 'json' || (options.format === 'auto' && !onTerminal)
      lines.write(isJson ? line : prettyLine(line, colours))
    },
  }
}

const { debug, info, warn } = pino.levels.values

/** Returns the level of a request's line: a warning for one that failed, whether the gateway, a provider or the client is the cause. */
function levelOf({ status, path }: FinishedRequest, record: GenerationRecord | undefined): number {
  if (healthChecks.has(path)) return debug ?? 0
  const hasFailed = status >= 400 || (record !== undefined && record.errorKind !== null)
  return (hasFailed ? warn : info) ?? 0
}

const serverMessages = {
  came: 'the server answers: its models are offered now',
  went: 'the server does not answer: its models are offered no more',
  changed: 'the server lists other models',
} as const

function logReload(log: Logging, reload: Reload): void {
  switch (reload.type) {
    case 'reloaded':
      return log.info({ file: reload.file }, `the configuration was reloaded: ${reload.changed.join(', ')} changed`)
    case 'unchanged':
      return log.info('the configuration was read again: nothing in it has changed')
    case 'refused':
      return log.error({ problems: reload.problems }, 'the new configuration is refused: the one before stays in use')
  }
}
const sharingMessages = {
  connected: 'connected to Redis: this node shares what it learns with the others',
  lost: 'Redis is away: this node works alone until it is back',
  refused: 'Redis does not take what this node tells the others',
  foreign: 'Redis holds what another installation has written, or a node with another secret key: it is ignored',
} as const

const databaseMessages = {
  away: 'PostgreSQL is away: requests go on, and their records wait in the journal',
  back: 'PostgreSQL is back: it takes the records that waited',
} as const

/** The most names in one line: a server may list thousands of models. */
const mostListed = 20

const shortened = (change: object): object =>
  Object.fromEntries(
    Object.entries(change).map(([field, value]: [string, unknown]) =>
      Array.isArray(value) && value.length > mostListed
        ? [field, [...value.slice(0, mostListed), `and ${value.length - mostListed} more`]]
        : [field, value],
    ),
  )

/**
 * Makes the line of a request in pino's format with one `JSON.stringify`. Pino builds a line from dozens of small strings, which was a
 * seventh of all memory that a JSON request allocated, and every request needs this line.
 */
function requestLine(level: number, request: FinishedRequest, generation: Settled | undefined): string {
  const { duration, trace } = request
  const record = generation?.record
  const failures = generation?.attempts.filter(isFailure) ?? []
  const line = {
    level,
    time: new Date().toISOString(),
    requestId: request.requestId,
    method: request.method,
    path: request.path,
    status: request.status,
    key: request.key,
    generationId: request.generationId,
    aborted: request.aborted,
    traceId: trace?.isSampled === true ? trace.traceId : undefined,
    ms: Math.round(duration),
    model: record?.model,
    provider: record?.provider,
    promptTokens: record?.promptTokens,
    completionTokens: record?.completionTokens,
    cost: record && usd(record.cost),
    attempts: record?.attempts.length,
    firstTokenMs: record?.latency,
    cancelled: record?.cancelled === true || undefined,
    mayBillMore: record?.attempts.some(({ mayBillMore }) => mayBillMore) === true || undefined,
    error: record === undefined ? request.error : (record.errorKind ?? undefined),
    // Failures are listed also where another endpoint answered the request.
    failures: failures.length === 0 ? undefined : failures.map(describeFailure),
    msg: 'request',
  }
  return `${JSON.stringify(line)}\n`
}

const isFailure = ({ errorKind }: AttemptEntry): boolean => errorKind !== null

const describeFailure = (entry: AttemptEntry) => ({
  provider: entry.provider,
  endpoint: entry.endpoint,
  upstreamStatus: entry.upstreamStatus ?? undefined,
  error: entry.errorKind ?? undefined,
  cause: entry.cause ?? undefined,
  ms: Math.round(entry.latency),
})
