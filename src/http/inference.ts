import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { GenerationContext } from '../canonical/generation-context.ts'
import type { GenerationEvent } from '../canonical/generation-event.ts'
import type { GenerationRequest } from '../canonical/generation-request.ts'
import type { Generate } from '../generate.ts'
import type { ClientProtocol } from '../protocols/protocol.ts'
import type { Clock } from '../util/clock.ts'
import { generationId } from '../util/ids.ts'
import type { Route } from './environment.ts'
import { sendError } from './error-response.ts'
import { type BodyLimits, readJsonBody } from './read-json-body.ts'
import { writeResult } from './write-result.ts'
import { writeSse } from './write-sse.ts'

export interface InferenceTools {
  readonly generate: Generate
  readonly clock: Clock
  readonly limits: BodyLimits
  readonly keepaliveMs: number
}

/** Made once: an abort without a reason makes a stack trace each time. */
const clientLeft = new Error('The client left.')

/** `POST` of a client protocol: validate → decode → generate → write. */
export function inference<Request extends GenerationRequest>(
  protocol: ClientProtocol<Request>,
  tools: InferenceTools,
): Route {
  return async (c) => {
    const { incoming, outgoing } = c.env
    const createdAt = tools.clock.now()
    const startedAt = tools.clock.monotonic()
    const leaving = new AbortController()
    outgoing.once('close', () => {
      if (!outgoing.writableFinished) leaving.abort(clientLeft)
    })

    const request = protocol.decodeRequest(await readJsonBody(incoming, tools.limits), incoming.headers)
    const created = Math.floor(createdAt / 1000)
    const identity = { id: generationId(created), created }
    c.set('generationId', identity.id)
    const context = new GenerationContext({
      id: identity.id,
      requestId: c.get('requestId'),
      payer: c.get('principal'),
      signal: leaving.signal,
      createdAt,
      startedAt,
    })

    const headers = { 'x-generation-id': identity.id }
    const refuse = ({ error, metadata }: Extract<GenerationEvent, { type: 'error' }>): void =>
      sendError(outgoing, error, protocol.encodeError(error, metadata), headers)
    const stream = tools.generate(request, context)
    await (request.stream
      ? writeSse(stream, outgoing, {
          headers,
          keepaliveMs: tools.keepaliveMs,
          encode: protocol.streamEncoder(identity, request),
          refuse,
        })
      : writeResult(stream, outgoing, {
          headers,
          encode: (result) => protocol.encodeResult(identity, result, request),
          showsBrokenAnswers: protocol.showsBrokenAnswers,
          refuse,
        }))
    return RESPONSE_ALREADY_SENT
  }
}
