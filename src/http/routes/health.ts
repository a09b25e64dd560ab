import type { Route } from '../exchange.ts'

/** `GET /healthz`: the process runs. */
export const alive: Route = (exchange) => exchange.json({ status: 'ok' })

/** `GET /readyz`: it takes requests. Not while it drains. */
export const ready =
  (isReady: () => boolean): Route =>
  (exchange) =>
    isReady() ? exchange.json({ status: 'ready' }) : exchange.json({ status: 'draining' }, 503)
