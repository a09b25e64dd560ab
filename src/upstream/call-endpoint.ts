import type { Dispatcher } from 'undici'
import { GatewayError } from '../canonical/errors.ts'
import {
  errorEvent,
  type CallBatch,
  type CallEvent,
  type CallStream,
  type ErrorEvent,
} from '../canonical/generation-event.ts'
import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Framing, UpstreamReply } from '../protocols/protocol.ts'
import type { CallEndpoint, CallReport, CallWatch, Patience } from '../health/candidate.ts'
import type { Clock } from '../util/clock.ts'
import { parseJson } from '../util/json.ts'
import { CallDeadline, type CallTimeouts } from './call-deadline.ts'
import { AwsEventStreamReader } from './aws-event-stream-reader.ts'
import { signedCall, unsignedCall } from './dispatch-options.ts'
import { openCall, type OpenCallOptions } from './open-call.ts'
import { readBody } from './read-body.ts'
import { ResponseStream } from './response-stream.ts'
import { exchangeToken } from './sign/exchange-token.ts'
import type { SignTools } from './sign/sign.ts'
import { SseReader } from './sse-reader.ts'
import { type FrameReader, StreamDecoder } from './stream-decoder.ts'
import { failureEvent, timedOut, unusable } from './upstream-failure.ts'
import type { UpstreamProvider } from './upstream-provider.ts'
import { type Credentials, withoutSecrets } from './without-secrets.ts'
import { comesFromNoApi, wrongAddress } from './wrong-address.ts'
import { holdsTooMuch, mostKeys } from './most-keys.ts'

interface CallEndpointOptions extends OpenCallOptions {
  readonly dispatcher: Dispatcher
  readonly providers: (slug: string) => UpstreamProvider | undefined
  readonly watch: CallWatch
  readonly timeouts: CallTimeouts
  /** Caps in bytes: of one event of a stream, and of a whole JSON reply. */
  readonly limits: { readonly frameBytes: number; readonly replyBytes: number }
  readonly clock: Clock
}

const errorBodyBytes = 1_048_576
/** The status has told what matters: an error's text is not worth the time in which another endpoint could answer. */
const errorBodyMs = 2_000

/** A call under way, without the request that it answers: a stream may last for minutes, and a prompt is large. */
interface Exchange {
  readonly provider: UpstreamProvider
  /** Where it is called. */
  readonly origin: string
  readonly path: string
  /** What the upstream was shown, and must not show to others. */
  readonly credentials: Credentials
  readonly response: ResponseStream
  readonly reply: UpstreamReply
  readonly deadline: CallDeadline
  readonly framing: Framing
  readonly stream: boolean
  readonly replyMs: number
  readonly patience: Patience
  readonly report: CallReport
  readonly signal: AbortSignal
  /** Gives up all that a reader who never comes, or never comes back, would leave behind. */
  readonly cancel: () => void
}

/**
 * Calls endpoints over HTTP. Whatever goes wrong becomes the last event (principle 4). Everything a call holds is given back
 * before its last batch is handed out, when the signal aborts, and when the reader returns early.
 */
export function createCallEndpoint(options: CallEndpointOptions): CallEndpoint {
  const { dispatcher, timeouts, limits, clock } = options

  const signTools: SignTools = { now: () => clock.now(), exchange: exchangeToken(dispatcher) }

  return (candidate, request, signal, patience, onSent) => {
    const { endpoint, credential } = candidate
    const provider = options.providers(credential.provider)
    if (provider === undefined) {
      return only(
        errorEvent(new GatewayError('server', `There is no provider ${credential.provider}.`), 'next-endpoint'),
      )
    }
    const response = new ResponseStream(onSent)
    const { stream, parameters } = request
    const report = options.watch.begin(candidate, { stream, maxTokens: parameters.maxTokens })
    const failed = (error: unknown): CallStream => {
      const failure = failureEvent(error, provider, response, signal)
      if (signal.aborted) report.abandoned()
      else report.ended(failure)
      return only(failure)
    }
    const replyMs = replyLimit(request, endpoint)
    const opened = () => openCall(options, request, endpoint, provider, signal)
    return whenReady(opened, failed, ({ upstreamRequest, reply, framing }) => {
      const call = unsignedCall(provider, upstreamRequest)
      const account = { apiKey: provider.apiKeys[credential.index], variables: provider.variables }
      const signed = () => provider.sign(call, account, signTools)
      return whenReady(signed, failed, (credentials) => {
        signal.throwIfAborted()
        dispatcher.dispatch(signedCall(call, credentials), response)
        const batches = begin({
          provider,
          origin: call.origin,
          path: call.path,
          credentials,
          response,
          reply,
          framing,
          stream: upstreamRequest.stream,
          replyMs,
          report,
          patience,
          signal,
        })
        return request.context.echoUpstreamBody ? withEcho(upstreamRequest.body, batches) : batches
      })
    })
  }

  /** Sets the limits of a call that is on its way. A scope of its own: what it leaves behind must not hold the request. */
  function begin(call: Omit<Exchange, 'deadline' | 'cancel'>) {
    const { provider, response, stream, replyMs, patience, signal } = call
    const deadline = new CallDeadline({
      clock,
      timeouts,
      awaited: stream ? 'first-token' : 'reply',
      limitMs: stream ? patience.answerMs : Math.min(patience.answerMs, replyMs),
      connected: () => response.started,
      expired: (awaited, limitMs) => response.abort(timedOut(provider, awaited, limitMs)),
    })
    const cancel = (): void => {
      deadline.stop()
      response.abort(cancelled)
    }
    signal.addEventListener('abort', cancel)
    return converse({ ...call, deadline, cancel })
  }

  async function* converse(exchange: Exchange): CallStream {
    const { provider, response, reply, deadline, stream, replyMs, patience, report, signal, cancel } = exchange
    let last: CallBatch = []
    try {
      await response.head()
      if (response.status > 299) {
        deadline.expect('reply', errorBodyMs)
        last = [await refusal(exchange, clock.now())]
      } else if (comesFromNoApi(response)) {
        last = [noApi(exchange)]
      } else if (!stream || isJson(response)) {
        if (stream) deadline.expect('reply', replyMs)
        last = await wholeReply(reply, response, provider, limits.replyBytes)
      } else {
        const decoder = new StreamDecoder(reply, frameReader(exchange.framing, limits.frameBytes))
        for (;;) {
          const { begun, frames } = decoder
          const batch = decoder.decode(await response.next())
          if (!begun && decoder.begun) report.answered()
          if (decoder.ended) {
            last = batch
            break
          }
          if (!begun && decoder.begun) deadline.expect('more', timeouts.idleMs)
          if (!decoder.begun && !patience.commentsCount) {
            // The wait for content goes on.
            if (batch.length > 0) yield batch
          } else if (batch.length > 0) {
            deadline.leave()
            yield batch
            deadline.resume()
          } else if (begun || decoder.frames > frames) {
            deadline.sign()
          }
        }
      }
      response.release()
    } catch (error) {
      last = [failureEvent(error, provider, response, signal)]
    } finally {
      signal.removeEventListener('abort', cancel)
      cancel()
      const ending = last.at(-1)
      if (!signal.aborted && (ending?.type === 'call-end' || ending?.type === 'error')) report.ended(ending)
      else report.abandoned(deadline.silentSince(patience.overdueMs))
    }
    yield withoutSecrets(withStatus(last, response.status), exchange.credentials)
  }

  /** How long a whole reply may take: what the longest answer needs at 10 tokens a second, but at least a minute. */
  function replyLimit(request: GenerationRequest, endpoint: Endpoint): number {
    const tokens = request.parameters.maxTokens ?? endpoint.maxCompletionTokens ?? 4096
    return Math.min(Math.max(60_000, tokens * 100), timeouts.totalMs)
  }
}

const cancelled = new Error('The call was given up.')

/** Goes on at once with what is there, and later with what is on its way; what is thrown on the way becomes the only event. */
function whenReady<Value>(
  value: () => Value | Promise<Value>,
  failed: (error: unknown) => CallStream,
  next: (value: Value) => CallStream,
): CallStream {
  try {
    const ready = value()
    return ready instanceof Promise ? later(ready.then(next).catch(failed)) : next(ready)
  } catch (error) {
    return failed(error)
  }
}

async function* later(batches: Promise<CallStream>): CallStream {
  yield* await batches
}

const frameReader = (framing: Framing, maxFrameBytes: number): FrameReader =>
  framing === 'sse' ? new SseReader({ maxFrameBytes }) : new AwsEventStreamReader({ maxFrameBytes })

/** A call that ended before it began. */
async function* only(event: CallEvent): CallStream {
  yield [event]
}

/** For the debug echo: what was sent comes before what came back (contract §4.6). */
async function* withEcho(body: unknown, batches: CallStream): CallStream {
  yield [{ type: 'upstream-request', body }]
  yield* batches
}

function isJson(response: ResponseStream): boolean {
  return String(response.headers['content-type']).startsWith('application/json')
}

/** A status that is not 2xx. Of a body that is too long, too slow or cut, the status must do. */
async function refusal(exchange: Exchange, receivedAt: number): Promise<ErrorEvent> {
  const { reply, response } = exchange
  const text = await readBody(response, errorBodyBytes).catch(() => null)
  const body = text === null ? null : (parseJson(text) ?? text)
  const failure = reply.decodeError({ status: response.status, headers: response.headers, body, receivedAt })
  return comesFromNoApi(response, failure.error) ? noApi(exchange) : { type: 'error', ...failure }
}

const noApi = (exchange: Exchange): ErrorEvent =>
  errorEvent(wrongAddress(exchange.provider, exchange, exchange.response), 'next-endpoint')

/** A failure with the status that the provider answered with, where it did. */
function withStatus(last: CallBatch, status: number): CallBatch {
  const event = last.at(-1)
  if (event?.type !== 'error' || status === 0) return last
  const { kind, message, details, cause } = event.error
  const error = new GatewayError(kind, message, { ...details, upstreamStatus: status })
  error.cause = cause
  return [...last.slice(0, -1), { ...event, error }]
}

async function wholeReply(
  reply: UpstreamReply,
  response: ResponseStream,
  provider: UpstreamProvider,
  maxBytes: number,
): Promise<CallBatch> {
  const text = await readBody(response, maxBytes)
  if (text === null) throw unusable(provider, `sent a reply of more than ${maxBytes} bytes`)
  if (holdsTooMuch(text)) throw unusable(provider, `sent a reply of more than ${mostKeys} keys`)
  const body = parseJson(text)
  if (body === undefined) throw unusable(provider, 'sent a reply that is not valid JSON')
  return reply.decodeResult(body)
}
