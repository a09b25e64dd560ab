import type { HttpBindings } from '@hono/node-server'
import type { Context } from 'hono'
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

/** A step before the route: answers itself, throws, or lets the next step come. */
export type Hook = (c: Context<Environment>) => Response | undefined

export type Route = (c: Context<Environment>) => Response | Promise<Response>

/**
 * Hooks and their route as one function. Hono would take them one by one too, at the price of a promise a step: a tenth of what
 * the gateway adds to a JSON reply.
 */
export function inOrder(hooks: readonly Hook[], route: Route): Route {
  return (c) => {
    for (const hook of hooks) {
      const answer = hook(c)
      if (answer !== undefined) return answer
    }
    return route(c)
  }
}
