import type { Target } from './exchange.ts'
import type { Traffic } from './traffic.ts'

/** What a load generator is asked to do. */
export type LoadTask =
  /** Each connection sends its next request when the last reply is complete. Answers `requests` and `seconds`. */
  | {
      readonly kind: 'closed'
      readonly target: Target
      readonly traffic: Traffic
      readonly connections: number
      readonly seconds: number
    }
  /** `rate` requests a second, whether replies come or not. Answers `p50`, `p99` and `max` in milliseconds. */
  | {
      readonly kind: 'open'
      readonly target: Target
      readonly traffic: Traffic
      readonly rate: number
      readonly seconds: number
    }
  /** Opens idle streams, besides those that it has, and keeps them until `release`. */
  | { readonly kind: 'hold'; readonly target: Target; readonly streams: number }
  | { readonly kind: 'release' }
