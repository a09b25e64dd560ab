import type { Dispatcher } from 'undici'
import { GatewayError } from '../canonical/errors.ts'
import type { GenerationBatch, GenerationEvent } from '../canonical/generation-event.ts'
import type { GenerationRequest, PromptRequest } from '../canonical/generation-request.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { UpstreamCall, UpstreamProtocol, UpstreamReply } from '../protocols/protocol.ts'
import type { CallEndpoint } from '../router/candidate.ts'
import type { Clock } from '../util/clock.ts'
import { CallDeadline, type CallTimeouts } from './call-deadline.ts'
import { dispatchOptions } from './dispatch-options.ts'
import { parseJson, readBody } from './read-body.ts'
import { ResponseStream } from './response-stream.ts'
import { StreamDecoder } from './stream-decoder.ts'
import { errorEvent, failureEvent, timedOut, unusable } from './upstream-failure.ts'
import type { UpstreamProvider } from './upstream-provider.ts'
import { withoutSecret } from './without-secret.ts'

interface CallEndpointOptions {
  readonly dispatcher: Dispatcher
  readonly providers: (slug: string) => UpstreamProvider | undefined
  /** The languages of chats by name. */
  readonly chatProtocols: ReadonlyMap<string, UpstreamProtocol>
  readonly completionsProtocol: UpstreamProtocol<PromptRequest>
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
  readonly apiKey: string | undefined
  readonly response: ResponseStream
  readonly reply: UpstreamReply
  readonly deadline: CallDeadline
  readonly stream: boolean
  readonly replyMs: number
  readonly signal: AbortSignal
  /** Gives up all that a reader who never comes, or never comes back, would leave behind. */
  readonly cancel: () => void
}

/**
 * Calls endpoints over HTTP. Whatever goes wrong becomes the last event (design law 4). Everything a call holds is given back
 * before its last batch is handed out, when the signal aborts, and when the reader returns early.
 */
export function createCallEndpoint(options: CallEndpointOptions): CallEndpoint {
  const { dispatcher, timeouts, limits, clock } = options

  return ({ endpoint, credential }, request, signal) => {
    const provider = options.providers(credential.provider)
    if (provider === undefined) {
      return only(
        errorEvent(new GatewayError('server', `There is no provider ${credential.provider}.`), 'next-endpoint'),
      )
    }
    const response = new ResponseStream()
    try {
      const { upstreamRequest, reply } = openCall(request, endpoint, provider)
      const { stream } = upstreamRequest
      signal.throwIfAborted()
      const replyMs = replyLimit(request, endpoint)
      dispatcher.dispatch(dispatchOptions(provider, credential.index, upstreamRequest), response)
      const deadline = new CallDeadline({
        clock,
        timeouts,
        awaited: stream ? 'first-token' : 'reply',
        limitMs: stream ? timeouts.firstTokenMs : replyMs,
        connected: () => response.started,
        expired: (awaited, limitMs) => response.abort(timedOut(provider, awaited, limitMs)),
      })
      const cancel = (): void => {
        deadline.stop()
        response.abort(cancelled)
      }
      signal.addEventListener('abort', cancel)
      const apiKey = provider.apiKeys[credential.index]
      const batches = converse({ provider, apiKey, response, reply, deadline, stream, replyMs, signal, cancel })
      return request.context.echoUpstreamBody ? withEcho(upstreamRequest.body, batches) : batches
    } catch (error) {
      return only(failureEvent(error, provider, response, signal))
    }
  }

  async function* converse(exchange: Exchange): AsyncIterable<GenerationBatch> {
    const { provider, response, reply, deadline, stream, replyMs, signal, cancel } = exchange
    let last: GenerationBatch
    try {
      await response.head()
      if (response.status > 299) {
        deadline.expect('reply', errorBodyMs)
        last = await refusal(reply, response)
      } else if (!stream || isJson(response)) {
        if (stream) deadline.expect('reply', replyMs)
        last = await wholeReply(reply, response, provider, limits.replyBytes)
      } else {
        const decoder = new StreamDecoder(reply, limits.frameBytes)
        for (;;) {
          const { begun, frames } = decoder
          const batch = decoder.decode(await response.next())
          if (decoder.ended) {
            last = batch
            break
          }
          if (!begun && decoder.begun) deadline.expect('more', timeouts.idleMs)
          if (batch.length > 0) {
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
    }
    yield withoutSecret(last, exchange.apiKey)
  }

  /** A chat is spoken in the provider's own language; completions are a language of their own. */
  function openCall(request: GenerationRequest, endpoint: Endpoint, provider: UpstreamProvider): UpstreamCall {
    const { slug, protocol, quirks } = provider
    if (request.operation === 'completions') return options.completionsProtocol.openCall(request, endpoint, quirks)
    const chat = options.chatProtocols.get(protocol)
    if (chat === undefined)
      throw new GatewayError('server', `${slug} speaks ${protocol}, which no chat can be held in.`)
    return chat.openCall(request, endpoint, quirks)
  }

  /** How long a whole reply may take: what the longest answer needs at 10 tokens a second, but at least a minute. */
  function replyLimit(request: GenerationRequest, endpoint: Endpoint): number {
    const tokens = request.parameters.maxTokens ?? endpoint.maxCompletionTokens ?? 4096
    return Math.min(Math.max(60_000, tokens * 100), timeouts.totalMs)
  }
}

const cancelled = new Error('The call was given up.')

/** A call that ended before it began. */
async function* only(event: GenerationEvent): AsyncIterable<GenerationBatch> {
  yield [event]
}

/** For the debug echo: what was sent comes before what came back (contract §4.6). */
async function* withEcho(body: unknown, batches: AsyncIterable<GenerationBatch>): AsyncIterable<GenerationBatch> {
  yield [{ type: 'upstream-request', body }]
  yield* batches
}

function isJson(response: ResponseStream): boolean {
  return String(response.headers['content-type']).startsWith('application/json')
}

/** A status that is not 2xx. Of a body that is too long, too slow or cut, the status must do. */
async function refusal(reply: UpstreamReply, response: ResponseStream): Promise<GenerationBatch> {
  const text = await readBody(response, errorBodyBytes).catch(() => null)
  const body = text === null ? null : (parseJson(text) ?? text)
  return [{ type: 'error', ...reply.decodeError(response.status, response.headers, body) }]
}

async function wholeReply(
  reply: UpstreamReply,
  response: ResponseStream,
  provider: UpstreamProvider,
  maxBytes: number,
): Promise<GenerationBatch> {
  const text = await readBody(response, maxBytes)
  if (text === null) throw unusable(provider, `sent a reply of more than ${maxBytes} bytes`)
  const body = parseJson(text)
  if (body === undefined) throw unusable(provider, 'sent a reply that is not valid JSON')
  return reply.decodeResult(body)
}
