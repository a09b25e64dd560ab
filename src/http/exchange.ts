import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Principal } from '../canonical/principal.ts'
import type { TraceContext } from '../canonical/trace-context.ts'
import { GatewayError } from '../canonical/errors.ts'
import { sendJson, sendText } from './send.ts'

/** One request and its reply, with what the hooks found out about the request. */
export class Exchange {
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  /** The path, without the query. */
  readonly path: string
  /** The values of the variable segments of the path, e.g. `{author}`. */
  readonly parameters: Readonly<Record<string, string>>
  requestId = ''
  /** The place in a distributed trace; null where the request is not traced. */
  trace: TraceContext | null = null
  /** Set once the generation has an id. */
  generationId: string | undefined
  /** The id of the session whose cookie the request has, and no key. */
  sessionId: string | undefined
  /** Whether its key or session may do what concerns the whole gateway. */
  isOperator = false
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

  /** The principal of the key in the request. Undefined where no key was needed and no valid one was sent. */
  get caller(): Principal | undefined {
    return this.#principal
  }

  /**
   * The principal of the request.
   * @throws GatewayError 401 where the route's access does not check a key. This fault of the code then gives access to no one.
   */
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

/** Handles a request. An error that it throws becomes the reply. */
export type Handler = (exchange: Exchange) => void | Promise<void>

/**
 * A step before the handler. It throws, or replies itself and returns `true`, or lets the next step run. Where it must wait, it returns a
 * promise, after which the next step runs.
 */
export type Hook = (exchange: Exchange) => boolean | void | Promise<void>

/** Combines hooks and the handler after them into one handler. */
export function inOrder(hooks: readonly Hook[], handle: Handler): Handler {
  return (exchange) => {
    for (let index = 0; index < hooks.length; index++) {
      const outcome = hooks[index]?.(exchange)
      if (outcome === true) return undefined
      if (outcome instanceof Promise) return outcome.then(() => inOrder(hooks.slice(index + 1), handle)(exchange))
    }
    return handle(exchange)
  }
}
