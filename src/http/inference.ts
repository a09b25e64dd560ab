import type { IncomingMessage, ServerResponse } from 'node:http'
import { type CacheUse, GenerationContext } from '../canonical/generation-context.ts'
import type { GenerationBatch, GenerationEvent, GenerationStream } from '../canonical/generation-event.ts'
import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Generate } from '../canonical/turn.ts'
import type {
  BytesProtocol,
  ClientProtocol,
  ErrorEncoder,
  ReplyIdentity,
  ReplyProtocol,
} from '../protocols/protocol.ts'
import type { Clock } from '../util/clock.ts'
import { generationId } from '../util/ids.ts'
import { keepNewest } from '../util/keep-newest.ts'
import { abortOnDisconnect } from './abort-on-disconnect.ts'
import type { Exchange, Handler } from './exchange.ts'
import { sendError } from './send-error.ts'
import { type BodyLimits, readJsonBody } from './read-json-body.ts'
import { writeBytes } from './write-bytes.ts'
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

/** A body that was read, and what must be given back once its reply is written. */
export interface Received<Body> {
  readonly body: Body
  readonly release?: () => Promise<void>
}

/** How the request of a client protocol becomes one that can be generated, where that takes more than reading JSON. */
export interface RequestSteps<Request extends GenerationRequest, Body> {
  /** Reads the body. @throws GatewayError 400, 408, 413, 415, 503 */
  readonly read: (incoming: IncomingMessage, limits: BodyLimits, signal: AbortSignal) => Promise<Received<Body>>
  /** Fetches what the request only names. Absent: nothing is fetched. */
  readonly complete?: (request: Request, signal: AbortSignal) => Request | Promise<Request>
}

export type InferenceProtocol<Request extends GenerationRequest, Body> =
  | ClientProtocol<Request, Body>
  | ReplyProtocol<Request, Body>
  | BytesProtocol<Request>

/** Reads a body of JSON. */
export const readJson: RequestSteps<GenerationRequest, unknown>['read'] = async (incoming, limits) => ({
  body: await readJsonBody(incoming, limits),
})

/** Creates the handler of a client protocol's `POST`: validate → decode → generate → write. */
export function inference<Request extends GenerationRequest, Body>(
  protocol: InferenceProtocol<Request, Body>,
  steps: RequestSteps<Request, Body>,
  dependencies: InferenceDependencies,
): Handler {
  return async (exchange) => {
    const { write, release } = await begin(exchange, protocol, steps, dependencies)
    try {
      await write()
    } finally {
      await release?.()
    }
  }
}

/** Writes the answer. The closure does not keep the request, unless the request is needed to write a JSON reply. */
type Write = () => Promise<void>

interface Begun extends Pick<Received<unknown>, 'release'> {
  readonly write: Write
}

async function begin<Request extends GenerationRequest, Body>(
  exchange: Exchange,
  protocol: InferenceProtocol<Request, Body>,
  steps: RequestSteps<Request, Body>,
  dependencies: InferenceDependencies,
): Promise<Begun> {
  const createdAt = dependencies.clock.now()
  const startedAt = dependencies.clock.monotonic()
  const { incoming } = exchange
  const signal = abortOnDisconnect(exchange.outgoing)
  const { body, release } = await steps.read(incoming, dependencies.limits, signal)
  try {
    const decoded = protocol.decodeRequest(body, incoming.headers)
    if (isShort(incoming)) keepNewest('request', exchange, decoded)
    const request = steps.complete === undefined ? decoded : await steps.complete(decoded, signal)
    const write = generated(exchange, request, protocol, { signal, createdAt, startedAt }, dependencies)
    return { write, release }
  } catch (error) {
    await release?.()
    throw error
  }
}

/** Starts the generation, and returns what writes it. */
function generated<Request extends GenerationRequest, Body>(
  exchange: Exchange,
  request: Request,
  protocol: InferenceProtocol<Request, Body>,
  began: { readonly signal: AbortSignal; readonly createdAt: number; readonly startedAt: number },
  dependencies: InferenceDependencies,
): Write {
  const { outgoing, principal, requestId } = exchange
  const { clock, totalMs, keepaliveMs, generate } = dependencies
  const created = Math.floor(began.createdAt / 1000)
  const identity = { id: generationId(created), created, now: () => clock.now() }
  exchange.generationId = identity.id
  const context = new GenerationContext({
    id: identity.id,
    requestId,
    principal,
    ...began,
    deadline: began.startedAt + totalMs,
    trace: exchange.trace,
  })
  const stream = generate(request, context)
  if ('mediaType' in protocol) return bytesWriter(outgoing, stream, context, protocol.mediaType(request), protocol)
  return request.stream && 'streamEncoder' in protocol
    ? streamWriter(outgoing, stream, context, protocol.streamEncoder(identity, request), protocol, keepaliveMs)
    : resultWriter(outgoing, stream, identity, context, request, protocol)
}

/** The most bytes of a request that is kept in memory after its end. */
const mostKept = 65_536

/** False where the length is not known. */
const isShort = ({ headers }: IncomingMessage): boolean => Number(headers['content-length']) <= mostKept

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

const bytesWriter =
  (
    outgoing: ServerResponse,
    stream: GenerationStream,
    context: GenerationContext,
    mediaType: string,
    protocol: ErrorEncoder,
  ): Write =>
  () =>
    writeBytes(stream, outgoing, {
      headers: () => headersOf(context),
      mediaType,
      refuse: refuser(outgoing, context, protocol),
    })

const resultWriter =
  <Request extends GenerationRequest>(
    outgoing: ServerResponse,
    stream: GenerationStream,
    identity: ReplyIdentity,
    context: GenerationContext,
    request: Request,
    protocol: Pick<ReplyProtocol<Request>, 'encodeResult' | 'encodeError' | 'showsBrokenAnswers'>,
  ): Write =>
  () =>
    writeResult(stream, outgoing, {
      headers: () => headersOf(context),
      encode: (result) => protocol.encodeResult(identity, result, request),
      showsBrokenAnswers: protocol.showsBrokenAnswers,
      refuse: refuser(outgoing, context, protocol),
    })
