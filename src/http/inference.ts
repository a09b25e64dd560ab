import type { ServerResponse } from 'node:http'
import { type CacheUse, GenerationContext } from '../canonical/generation-context.ts'
import type { GenerationBatch, GenerationEvent, GenerationStream } from '../canonical/generation-event.ts'
import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Generate } from '../canonical/turn.ts'
import type { ClientProtocol, ErrorEncoder, ReplyIdentity, ReplyProtocol } from '../protocols/protocol.ts'
import type { Clock } from '../util/clock.ts'
import { generationId } from '../util/ids.ts'
import { abortOnDisconnect } from './abort-on-disconnect.ts'
import type { Exchange, Handler } from './exchange.ts'
import { sendError } from './send-error.ts'
import { type BodyLimits, readJsonBody } from './read-json-body.ts'
import { writeResult } from './write-result.ts'
import { writeSse } from './write-sse.ts'

export interface InferenceDependencies {
  readonly generate: Generate
  readonly clock: Clock
  readonly limits: BodyLimits
  /** The time in milliseconds, from a request's arrival, after which no further call to an endpoint begins. */
  readonly totalMs: number
  readonly keepaliveMs: number
}

/** Creates the handler of a client protocol's `POST`: validate → decode → generate → write. */
export function inference<Request extends GenerationRequest>(
  protocol: ClientProtocol<Request> | ReplyProtocol<Request>,
  dependencies: InferenceDependencies,
): Handler {
  return async (exchange) => {
    const write = await begin(exchange, protocol, dependencies)
    await write()
  }
}

/** Writes the answer. The closure does not keep the request, unless the request is needed to write a JSON reply. */
type Write = () => Promise<void>

async function begin<Request extends GenerationRequest>(
  exchange: Exchange,
  protocol: ClientProtocol<Request> | ReplyProtocol<Request>,
  dependencies: InferenceDependencies,
): Promise<Write> {
  const { incoming, outgoing, principal, requestId } = exchange
  const createdAt = dependencies.clock.now()
  const startedAt = dependencies.clock.monotonic()
  const signal = abortOnDisconnect(outgoing)
  const request = protocol.decodeRequest(await readJsonBody(incoming, dependencies.limits), incoming.headers)

  const created = Math.floor(createdAt / 1000)
  const identity = { id: generationId(created), created, now: () => dependencies.clock.now() }
  exchange.generationId = identity.id
  const context = new GenerationContext({
    id: identity.id,
    requestId,
    principal,
    signal,
    createdAt,
    startedAt,
    deadline: startedAt + dependencies.totalMs,
    trace: exchange.trace,
  })
  const stream = dependencies.generate(request, context)
  return request.stream && 'streamEncoder' in protocol
    ? streamWriter(
        outgoing,
        stream,
        context,
        protocol.streamEncoder(identity, request),
        protocol,
        dependencies.keepaliveMs,
      )
    : resultWriter(outgoing, stream, identity, context, request, protocol)
}

/** Returns the headers of the reply. It is called when the head is written. By then the endpoint is known, unless it is slow. */
const headersOf = ({ id, raisedMaxTokens, cache }: GenerationContext): Readonly<Record<string, string>> => ({
  'x-generation-id': id,
  ...(raisedMaxTokens !== undefined && { 'x-waygate-max-tokens': String(raisedMaxTokens) }),
  ...(cache !== null && cacheHeaders(cache)),
})

/** Source: contract §0.b. */
const cacheHeaders = (cache: CacheUse): Readonly<Record<string, string>> => ({
  'x-openrouter-cache-status': cache.status,
  'x-openrouter-cache-ttl': String(cache.ttlSeconds),
  ...(cache.status === 'HIT' && {
    'x-openrouter-cache-age': String(cache.ageSeconds),
    'x-openrouter-cache-source-id': cache.sourceId,
  }),
})

/** Creates a function that replies with an error in the protocol's form, as long as nothing has been sent. */
const refuser =
  (outgoing: ServerResponse, context: GenerationContext, protocol: ErrorEncoder) =>
  ({ error, metadata }: Extract<GenerationEvent, { type: 'error' }>): void =>
    sendError(outgoing, error, protocol.encodeError(error, metadata, context.id), headersOf(context))

const streamWriter =
  (
    outgoing: ServerResponse,
    stream: GenerationStream,
    context: GenerationContext,
    encode: (batch: GenerationBatch) => string,
    protocol: Pick<ClientProtocol, 'encodeError' | 'keepAlive'>,
    keepaliveMs: number,
  ): Write =>
  () =>
    writeSse(stream, outgoing, {
      headers: () => headersOf(context),
      keepaliveMs,
      keepAlive: protocol.keepAlive,
      encode,
      refuse: refuser(outgoing, context, protocol),
    })

const resultWriter =
  <Request extends GenerationRequest>(
    outgoing: ServerResponse,
    stream: GenerationStream,
    identity: ReplyIdentity,
    context: GenerationContext,
    request: Request,
    protocol: ReplyProtocol<Request>,
  ): Write =>
  () =>
    writeResult(stream, outgoing, {
      headers: () => headersOf(context),
      encode: (result) => protocol.encodeResult(identity, result, request),
      showsBrokenAnswers: protocol.showsBrokenAnswers,
      refuse: refuser(outgoing, context, protocol),
    })
