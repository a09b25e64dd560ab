import { usd } from '../canonical/money.ts'
import { type DestinationStream, pino } from 'pino'
import type { GenerationRecord } from '../storage/stores/generation-store.ts'
import type { Channel } from '../util/channel.ts'

interface LoggedRequest {
  readonly requestId: string
  readonly method: string
  readonly path: string
  readonly status: number
  readonly duration: number
  readonly key: string | undefined
  readonly generationId: string | undefined
  readonly aborted: boolean
}

/** A provider refused one of its credentials, told apart by its position from 1. */
interface RefusedCredential {
  readonly provider: string
  readonly endpoint: string
  readonly credential: number
}

/** A local server, or a provider that is asked for its models. */
type ServerChange = { readonly provider: string; readonly address: string } & (
  | { readonly type: 'came'; readonly models: readonly string[] }
  | { readonly type: 'went'; readonly reason: string }
  | { readonly type: 'changed'; readonly added: readonly string[]; readonly removed: readonly string[] }
)

export interface LogChannels {
  readonly settled: Channel<GenerationRecord>
  readonly finished: Channel<LoggedRequest>
  readonly failed: Channel<unknown>
  readonly refused: Channel<RefusedCredential>
  readonly servers: Channel<ServerChange>
}

export interface Logger {
  error(error: unknown, message: string): void
  /** Writes what is buffered. */
  close(): void
}

/** Lines are gathered into writes of this size, and at least once a second: a write a line costs more than the line. */
const bufferBytes = 16_000
const flushMs = 1_000

/**
 * Writes one JSON line a request to standard output. It names keys by their masked label and holds no part of a prompt, an
 * answer or a header.
 */
export function createLogger(channels: LogChannels, output?: DestinationStream): Logger {
  const destination = pino.destination({ dest: 1, minLength: bufferBytes, sync: false })
  const lines = output ?? destination
  const log = pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, lines)
  const flush = setInterval(() => destination.flush(), flushMs)
  flush.unref()

  // A generation settles before its request finishes, and every request finishes: the map holds what is in between.
  const settled = new Map<string, GenerationRecord>()
  channels.settled.subscribe((record) => settled.set(record.requestId, record))
  channels.finished.subscribe(({ duration, ...request }) => {
    const record = settled.get(request.requestId)
    settled.delete(request.requestId)
    lines.write(requestLine(request, duration, record))
  })
  channels.refused.subscribe((credential) => log.warn(credential, 'the provider refused this credential'))
  channels.servers.subscribe(({ type, ...change }) => log.info(shortened(change), serverMessages[type]))
  channels.failed.subscribe((error) => log.error({ err: error }, 'unexpected failure'))

  return {
    error: (error, message) => log.error({ err: error }, message),
    close() {
      clearInterval(flush)
      destination.flushSync()
    },
  }
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
  request: Omit<LoggedRequest, 'duration'>,
  duration: number,
  record: GenerationRecord | undefined,
): string {
  const line = {
    level: 30,
    time: new Date().toISOString(),
    ...request,
    ms: Math.round(duration),
    ...(record !== undefined && describe(record)),
    msg: 'request',
  }
  return `${JSON.stringify(line)}\n`
}

const describe = (record: GenerationRecord) => ({
  model: record.model,
  provider: record.provider,
  promptTokens: record.promptTokens,
  completionTokens: record.completionTokens,
  cost: usd(record.cost),
  attempts: record.attempts.length,
  firstTokenMs: record.latency,
  cancelled: record.cancelled || undefined,
  error: record.errorKind ?? undefined,
})
