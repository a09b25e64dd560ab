import type { Dispatcher } from 'undici'
import { GatewayError } from '../canonical/errors.ts'
import { errorEvent, type CallEvent, type CallStream } from '../canonical/generation-event.ts'
import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import {
  type CallEndpoint,
  type CallWatch,
  type Candidate,
  type CredentialReference,
  operator,
} from '../health/candidate.ts'
import { signedCall, unsignedCall } from './dispatch-options.ts'
import { openCall, type OpenCallOptions } from './open-call.ts'
import { readReply, type ReadReplyOptions } from './read-reply.ts'
import { ResponseStream } from './response-stream.ts'
import { exchangeToken } from './sign/exchange-token.ts'
import type { SignDependencies } from './sign/sign.ts'
import { failureEvent } from './upstream-failure.ts'
import type { UpstreamProvider } from './upstream-provider.ts'

interface CallEndpointOptions extends OpenCallOptions, ReadReplyOptions {
  readonly dispatcher: Dispatcher
  /** Returns the provider of a candidate, with the candidate's credential among those that it lists. */
  readonly providers: (candidate: Candidate) => UpstreamProvider | undefined
  readonly watch: CallWatch
}

/**
 * Makes the function that calls endpoints over HTTP. Every failure becomes the last event (principle 4). Everything that a call holds is
 * released before its last batch is handed out, when the signal aborts, and when the reader returns early.
 */
export function createCallEndpoint(options: CallEndpointOptions): CallEndpoint {
  const { dispatcher, clock, timeouts } = options
  const signTools: SignDependencies = { now: () => clock.now(), exchange: exchangeToken(dispatcher) }

  return (candidate, request, signal, patience, onSent) => {
    const { endpoint, credential } = candidate
    const provider = options.providers(candidate)
    const known = provider?.credentials.find(({ reference }) => reference.id === credential.id)
    if (provider === undefined || known === undefined) return only(missing(provider, credential))
    const response = new ResponseStream(onSent)
    const { stream, parameters } = request
    const report = options.watch.begin(candidate, { stream, maxTokens: parameters.maxTokens })
    const failed = (error: unknown): CallStream => {
      const failure = failureEvent(error, provider, response, signal)
      if (signal.aborted) report.abandoned()
      else report.ended(failure)
      return only(failure)
    }
    const replyMs = replyLimit(request, endpoint, timeouts.totalMs)
    const opened = () => openCall(options, request, endpoint, provider, signal)
    return whenReady(opened, failed, ({ upstreamRequest, reply, framing }) => {
      const call = unsignedCall(provider, upstreamRequest, request.context.upstreamTrace)
      const signed = () => provider.sign(call, { apiKey: known.apiKey, variables: provider.variables }, signTools)
      return whenReady(signed, failed, (headers) => {
        signal.throwIfAborted()
        dispatcher.dispatch(signedCall(call, headers), response)
        const batches = readReply(options, {
          provider,
          origin: call.origin,
          path: call.path,
          credentials: headers,
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
}

/** Makes the error for a provider or a credential that was removed after the request had been routed. */
function missing(provider: UpstreamProvider | undefined, credential: CredentialReference): CallEvent {
  if (credential.owner !== operator) {
    const message = 'The account has removed its key for this provider.'
    return errorEvent(new GatewayError('provider_unavailable', message), 'next-endpoint')
  }
  return provider === undefined
    ? errorEvent(new GatewayError('server', `There is no provider ${credential.provider}.`), 'next-endpoint')
    : errorEvent(new GatewayError('server', `${provider.name} has this credential no more.`), 'next-credential')
}

/** Returns how long a whole reply may take, in milliseconds: what the longest answer needs at 10 tokens a second, but at least a minute. */
function replyLimit({ parameters }: GenerationRequest, endpoint: Endpoint, totalMs: number): number {
  const tokens = parameters.maxTokens ?? endpoint.maxCompletionTokens ?? 4096
  return Math.min(Math.max(60_000, tokens * 100), totalMs)
}

/** Calls `next` at once with a value, and later with the value of a promise. An error before or in `next` becomes the only event. */
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

/** Returns the stream of a call that ended before it was sent. */
async function* only(event: CallEvent): CallStream {
  yield [event]
}

/** Adds the body that was sent before the batches of the reply, for the debug echo (contract §4.6). */
async function* withEcho(body: unknown, batches: CallStream): CallStream {
  yield [{ type: 'upstream-request', body }]
  yield* batches
}
