import type { HttpBindings } from '@hono/node-server'
import type { Handler, MiddlewareHandler } from 'hono'
import type { Principal } from '../auth/principal.ts'

/** What travels with a request through hooks and routes. */
export interface Environment {
  readonly Bindings: HttpBindings
  readonly Variables: {
    requestId: string
    /** Set by the authenticate hook. */
    principal: Principal
    /** Set by inference routes once there is a generation. */
    generationId: string
  }
}

export type Hook = MiddlewareHandler<Environment>
export type Route = Handler<Environment>
