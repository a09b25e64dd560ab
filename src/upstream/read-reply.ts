import { GatewayError } from '../canonical/errors.ts'
import {
  errorEvent,
  type CallBatch,
  type CallEvent,
  type CallStream,
  type ErrorEvent,
} from '../canonical/generation-event.ts'
import type { CallReport, Patience } from '../health/candidate.ts'
import type { Framing, UpstreamReply } from '../protocols/protocol.ts'
import { append } from '../util/append.ts'
import type { Clock } from '../util/clock.ts'
import { parseJson } from '../util/json.ts'
import { keepNewest } from '../util/keep-newest.ts'
import { AwsEventStreamReader } from './aws-event-stream-reader.ts'
import { CallDeadline, type CallTimeouts } from './call-deadline.ts'
import { excessOf } from './most-keys.ts'
import { type ByteSource, readBody } from './read-body.ts'
import { openBody, readText, type ReplyBody } from './reply-body.ts'
import type { ResponseStream } from './response-stream.ts'
import { SseReader } from './sse-reader.ts'
import { type FrameReader, StreamDecoder } from './stream-decoder.ts'
import { failureEvent, timedOut, unusable } from './upstream-failure.ts'
import type { UpstreamProvider } from './upstream-provider.ts'
import { type Credentials, withoutSecrets } from './without-secrets.ts'
import { comesFromNoApi, wrongAddress } from './wrong-address.ts'

export interface ReadReplyOptions {
  readonly timeouts: CallTimeouts
  /** Limits in bytes: of one event of a stream, and of a whole JSON reply. */
  readonly limits: { readonly frameBytes: number; readonly replyBytes: number }
  readonly clock: Clock
}

/** A call that was sent. It does not hold the request: a stream may last for minutes, and a prompt is large. */
export interface SentCall {
  readonly provider: UpstreamProvider
  /** The address that was called. */
  readonly origin: string
  readonly path: string
  /** The headers that the upstream received as credentials. Its answer must not show them to the client. */
  readonly credentials: Credentials
  readonly response: ResponseStream
  readonly reply: UpstreamReply
  readonly framing: Framing
  readonly stream: boolean
  /** How long a whole reply may take, in milliseconds. */
  readonly replyMs: number
  readonly patience: Patience
  readonly report: CallReport
  readonly signal: AbortSignal
}

/** A call with its time limits. */
interface TimedCall extends SentCall {
  readonly deadline: CallDeadline
}

const errorBodyBytes = 1_048_576
/**
 * Short, because the status already tells what matters: the text of an error is not worth the time in which another endpoint could answer.
 */
const errorBodyMs = 2_000

const cancelled = new Error('The call was given up.')

/** Reads the reply to a call that was sent. The time limits begin here, also before the first batch is asked for. */
export function readReply(options: ReadReplyOptions, call: SentCall): CallStream {
  const { clock, timeouts } = options
  const { provider, response, stream, replyMs, patience, signal } = call
  const deadline = new CallDeadline({
    clock,
    timeouts,
    awaited: stream ? 'first-token' : 'reply',
    limitMs: stream ? patience.answerMs : Math.min(patience.answerMs, replyMs),
    connected: () => response.started,
    expired: (awaited, limitMs) => response.abort(timedOut(provider, awaited, limitMs)),
  })
  /** Stops the timer and the response, which would otherwise remain where a reader never begins, or never continues. */
  const cancel = (): void => {
    deadline.stop()
    response.abort(cancelled)
  }
  signal.addEventListener('abort', cancel)
  const timed = { ...call, deadline }
  keepNewest('call', timed)
  return batchesOf(options, timed, cancel)
}

async function* batchesOf(options: ReadReplyOptions, call: TimedCall, cancel: () => void): CallStream {
  const { provider, response, deadline, stream, patience, report, signal } = call
  let last: CallBatch = []
  let body: ReplyBody | null = null
  try {
    await response.head()
    if (response.status > 299) {
      deadline.expect('reply', errorBodyMs)
      last = [await refusal(call, options.clock.now())]
    } else {
      body = await openBody(response, options.limits.replyBytes, call.framing)
      const kind = await body.kind(call.framing, stream)
      if (kind === 'page') last = [noApi(call)]
      else if (kind === 'json') {
        if (stream) deadline.expect('reply', call.replyMs)
        last = await wholeReply(call, body, options.limits.replyBytes)
      } else if (stream) {
        const decoder = new StreamDecoder(call.reply, frameReader(call.framing, options.limits.frameBytes))
        last = await nextBatch(call, decoder, body, options)
        while (!decoder.ended) {
          // Without content, and where comments do not count, the wait for content goes on while the client reads.
          const isRead = decoder.begun || patience.commentsCount
          if (isRead) deadline.pause()
          yield last
          if (isRead) deadline.resume()
          last = await nextBatch(call, decoder, body, options)
        }
      } else last = await wholeStream(call, body, options.limits)
    }
    response.release()
  } catch (error) {
    last = [failureEvent(error, provider, response, signal)]
  } finally {
    signal.removeEventListener('abort', cancel)
    cancel()
    body?.close()
    const ending = last.at(-1)
    if (!signal.aborted && (ending?.type === 'call-end' || ending?.type === 'error')) report.ended(ending)
    else report.abandoned(deadline.silentSince(patience.overdueMs))
  }
  yield withoutSecrets(withStatus(last, response.status), call.credentials)
}

/** Reads until there are events to hand out, or the call has ended. Returns them as one batch. */
async function nextBatch(
  { deadline, patience, report }: TimedCall,
  decoder: StreamDecoder,
  source: ByteSource,
  { timeouts }: ReadReplyOptions,
): Promise<CallBatch> {
  for (;;) {
    const { begun, frames } = decoder
    const batch = decoder.decode(await source.next())
    if (!begun && decoder.begun) {
      report.answered()
      if (!decoder.ended) deadline.expect('more', timeouts.idleMs)
    }
    if (decoder.ended || batch.length > 0) return batch
    if (begun || (patience.commentsCount && decoder.frames > frames)) deadline.noteActivity()
  }
}

function frameReader(framing: Framing, maxFrameBytes: number): FrameReader | null {
  switch (framing) {
    case 'sse':
      return new SseReader({ maxFrameBytes })
    case 'aws-event-stream':
      return new AwsEventStreamReader({ maxFrameBytes })
    case 'bytes':
      return null
  }
}

/** Reads a stream that came where a whole reply was requested. Its limit in bytes is that of a whole reply. */
async function wholeStream(
  { reply, framing, provider }: SentCall,
  source: ByteSource,
  { frameBytes, replyBytes }: ReadReplyOptions['limits'],
): Promise<CallBatch> {
  const decoder = new StreamDecoder(reply, frameReader(framing, frameBytes))
  const events: CallEvent[] = []
  let bytes = 0
  while (!decoder.ended) {
    const chunks = await source.next()
    for (const { length } of chunks ?? []) bytes += length
    if (bytes > replyBytes) throw unusable(provider, `sent a reply of more than ${replyBytes} bytes`)
    append(events, decoder.decode(chunks))
  }
  return events
}

/** Reads an answer whose status is not 2xx. Where its body is too long, too slow or cut, only the status and the headers are used. */
async function refusal(call: SentCall, receivedAt: number): Promise<ErrorEvent> {
  const { reply, response } = call
  const text = await readText(response, errorBodyBytes).catch(() => null)
  const body = text === null ? null : (parseJson(text) ?? text)
  const failure = reply.decodeError({ status: response.status, headers: response.headers, body, receivedAt })
  return comesFromNoApi(response, failure.error) ? noApi(call) : { type: 'error', ...failure }
}

const noApi = (call: SentCall): ErrorEvent =>
  errorEvent(wrongAddress(call.provider, call, call.response), 'next-endpoint')

/** Adds the status of the provider to a failure, where the provider answered. */
function withStatus(last: CallBatch, status: number): CallBatch {
  const event = last.at(-1)
  if (event?.type !== 'error' || status === 0) return last
  const { kind, message, details, cause } = event.error
  const error = new GatewayError(kind, message, { ...details, upstreamStatus: status })
  error.cause = cause
  return [...last.slice(0, -1), { ...event, error }]
}

async function wholeReply({ reply, provider }: SentCall, source: ByteSource, maxBytes: number): Promise<CallBatch> {
  const whole = await readBody(source, maxBytes)
  if (whole === null) throw unusable(provider, `sent a reply of more than ${maxBytes} bytes`)
  const text = reply.cut?.(whole) ?? whole
  const excess = excessOf(text)
  if (excess !== null) throw unusable(provider, `sent a reply that ${excess}`)
  const body = parseJson(text)
  if (body === undefined) throw unusable(provider, 'sent a reply that is not valid JSON')
  return reply.decodeResult(body)
}
