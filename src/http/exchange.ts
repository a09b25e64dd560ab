import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Principal } from '../canonical/principal.ts'
import { GatewayError } from '../canonical/errors.ts'
import { sendJson, sendText } from './send.ts'

/** One request and its reply, with what the hooks found out about it. */
export class Exchange {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  /** Without the query. */
  readonly path: string
  /** What stands in the segments that the address names, e.g. `{author}`. */
  readonly parameters: Readonly<Record<string, string>>
  requestId = ''
  /** Set once there is a generation. */
  generationId: string | undefined
  #principal: Principal | undefined

  constructor(
    incoming: IncomingMessage,
    outgoing: ServerResponse,
    path: string,
    parameters: Readonly<Record<string, string>>,
  ) {
    this.incoming = incoming
    this.outgoing = outgoing
    this.path = path
    this.parameters = parameters
  }

  get query(): URLSearchParams {
    const { url = '' } = this.incoming
    const start = url.indexOf('?')
    return new URLSearchParams(start === -1 ? '' : url.slice(start + 1))
  }

  /** The principal of the key that was sent; undefined where none was needed and no valid one was sent. */
  get asker(): Principal | undefined {
    return this.#principal
  }

  /** @throws GatewayError 401 behind an access that asks for no key: a mistake of ours that lets nobody in. */
  get principal(): Principal {
    if (this.#principal === undefined) throw new GatewayError('authentication')
    return this.#principal
  }

  set principal(principal: Principal) {
    this.#principal = principal
  }

  json(body: object, status = 200): void {
    sendJson(this.outgoing, status, body)
  }

  text(body: string, headers: OutgoingHttpHeaders): void {
    sendText(this.outgoing, 200, body, headers)
  }
}

/** Answers a request, or throws the error that is to be its answer. */
export type Handler = (exchange: Exchange) => void | Promise<void>

/** A step before the handler: throws, answers itself and returns `true`, or lets the next step come. */
export type Hook = (exchange: Exchange) => boolean | void

/** Makes one handler of hooks and the handler that they stand before. */
export function inOrder(hooks: readonly Hook[], handle: Handler): Handler {
  return (exchange) => {
    for (const hook of hooks) if (hook(exchange) === true) return undefined
    return handle(exchange)
  }
}
