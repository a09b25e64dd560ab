import type { Route } from '../environment.ts'

/** `GET /healthz`: the process runs. */
export const alive: Route = (c) => c.json({ status: 'ok' })

/** `GET /readyz`: it takes requests. Not while it drains. */
export const ready =
  (isReady: () => boolean): Route =>
  (c) =>
    isReady() ? c.json({ status: 'ready' }) : c.json({ status: 'draining' }, 503)
