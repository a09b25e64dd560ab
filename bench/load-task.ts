import type { Target } from './exchange.ts'
import type { Traffic } from './traffic.ts'

/** A task for a load generator. */
export type LoadTask =
  /** Each connection sends its next request when the last reply is complete. The result is `requests` and `seconds`. */
  | {
      readonly kind: 'closed'
      readonly target: Target
      readonly traffic: Traffic
      readonly connections: number
      readonly seconds: number
    }
  /** `rate` requests are sent per second, whether replies come or not. The result is also `p50`, `p99` and `max` in milliseconds. */
  | {
      readonly kind: 'open'
      readonly target: Target
      readonly traffic: Traffic
      readonly rate: number
      readonly seconds: number
    }
  /** Opens further idle streams, and keeps all of them until `release`. */
  | { readonly kind: 'hold'; readonly target: Target; readonly streams: number }
  | { readonly kind: 'release' }
