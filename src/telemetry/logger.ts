import { type DestinationStream, pino } from 'pino'
import type { AttemptEntry } from '../canonical/generation-context.ts'
import type { FinishedRequest, Happening, Happenings } from '../canonical/happening.ts'
import { usd } from '../canonical/money.ts'
import type { GenerationRecord } from '../canonical/generation-record.ts'
import { prettyLine } from './pretty-line.ts'

type Settled = Extract<Happening, { type: 'settled' }>

export interface LogOptions {
  /** The least that is written. */
  readonly level: 'debug' | 'info' | 'warn' | 'error' | 'silent'
  readonly format: 'auto' | 'pretty' | 'json'
}

export interface Logger {
  error(error: unknown, message: string): void
  /** Writes what is buffered. */
  close(): void
}

/** Lines are gathered into writes of this size, and at least once a second: a write a line costs more than the line. */
const bufferBytes = 16_000
/** What is kept while nothing can be written; later lines are dropped. */
const mostBytes = 1_048_576
const flushMs = 1_000

/** Balancers ask every few seconds, and nothing happens. */
const healthChecks: ReadonlySet<string> = new Set(['/healthz', '/readyz'])

/**
 * Writes one line a request to standard output: JSON, or text on a terminal. It names keys by their masked label and holds no part of
 * a prompt, an answer or a header.
 */
export function createLogger(happenings: Happenings, options: LogOptions, output?: DestinationStream): Logger {
  const onTerminal = output === undefined && process.stdout.isTTY
  const destination = pino.destination({
    dest: 1,
    minLength: onTerminal ? 0 : bufferBytes,
    maxLength: mostBytes,
    sync: false,
  })
  // A terminal that is gone, or a full disk: that nobody reads the log is no reason to stop.
  destination.on('error', () => {})
  const lines = formatted(output ?? destination, options.format, onTerminal)
  const log = pino({ base: null, level: options.level, timestamp: pino.stdTimeFunctions.isoTime }, lines)
  const least = log.levels.values[options.level] ?? Infinity
  const flush = setInterval(() => destination.flush(), flushMs)
  flush.unref()

  // A generation settles before its request finishes, and every request finishes: the map holds what is in between.
  const settled = new Map<string, Settled>()
  happenings.subscribe((happening) => {
    switch (happening.type) {
      case 'settled':
        settled.set(happening.record.id, happening)
        break
      case 'finished': {
        const { request } = happening
        const generation = settled.get(request.generationId ?? '')
        settled.delete(request.generationId ?? '')
        const level = levelOf(request, generation?.record)
        if (level >= least) lines.write(requestLine(level, request, generation))
        break
      }
      case 'attempt': {
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
      case 'failed':
        log.error({ err: happening.error }, 'unexpected failure')
    }
  })

  return {
    error: (error, message) => log.error({ err: error }, message),
    close() {
      clearInterval(flush)
      destination.flushSync()
    },
  }
}

function formatted(lines: DestinationStream, format: LogOptions['format'], onTerminal: boolean): DestinationStream {
  if (format === 'json' || (format === 'auto' && !onTerminal)) return lines
  const colours = onTerminal && process.stdout.hasColors()
  return { write: (line) => lines.write(prettyLine(line, colours)) }
}

const { debug, info, warn } = pino.levels.values

/** A request that failed is a warning: for us, for a provider, or for a client that does something wrong. */
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

/** A server may list thousands of models. */
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
 * As pino would write it, in one `JSON.stringify`: pino puts a line together of dozens of small strings, which was a seventh of all
 * that a JSON request allocated, and this is the one line that every request pays for.
 */
function requestLine(
  level: number,
  { duration, error, ...request }: FinishedRequest,
  generation: Settled | undefined,
): string {
  const line = {
    level,
    time: new Date().toISOString(),
    ...request,
    ms: Math.round(duration),
    ...(generation === undefined ? { error } : describe(generation)),
    msg: 'request',
  }
  return `${JSON.stringify(line)}\n`
}

function describe({ record, attempts }: Settled) {
  const failures = attempts.filter(({ errorKind }) => errorKind !== null)
  return {
    model: record.model,
    provider: record.provider,
    promptTokens: record.promptTokens,
    completionTokens: record.completionTokens,
    cost: usd(record.cost),
    attempts: record.attempts.length,
    firstTokenMs: record.latency,
    cancelled: record.cancelled || undefined,
    mayBillMore: record.attempts.some(({ mayBillMore }) => mayBillMore) || undefined,
    error: record.errorKind ?? undefined,
    // Also of a request that another endpoint answered.
    failures: failures.length === 0 ? undefined : failures.map(describeFailure),
  }
}

const describeFailure = (entry: AttemptEntry) => ({
  provider: entry.provider,
  endpoint: entry.endpoint,
  upstreamStatus: entry.upstreamStatus ?? undefined,
  error: entry.errorKind ?? undefined,
  cause: entry.cause ?? undefined,
  ms: Math.round(entry.latency),
})
