import type { Route } from '../exchange.ts'
import type { Readiness } from '../hooks/refuse-while-not-ready.ts'

/** `GET /healthz`: the process runs. */
export const alive: Route = (exchange) => exchange.json({ status: 'ok' })

/** `GET /readyz`: it takes requests. Not while it drains, nor while it cannot store more records. */
export const ready =
  (readiness: () => Readiness): Route =>
  (exchange) => {
    const status = readiness()
    exchange.json({ status }, status === 'ready' ? 200 : 503)
  }
