import type { Usage } from '../canonical/usage.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Route } from './route.ts'
import type { Stickiness } from './stickiness.ts'
import type { TokenCalibration } from '../health/token-calibration.ts'

/** The function that a turn calls with the usage of its complete answer. It keeps no part of the prompt in memory. */
export type ReportUsage = (usage: Usage) => void

/**
 * Creates the feedback from finished answers to the routing of later requests: which endpoint has the prompt of the session in its cache,
 * and how far the token estimate was off.
 */
export const createRoutingFeedback =
  (stickiness: Stickiness, calibration: TokenCalibration) =>
  ({ session, estimatedTokens }: Pick<Route, 'session' | 'estimatedTokens'>, endpoint: Endpoint): ReportUsage =>
  (usage) => {
    if (session !== null) stickiness.served(session, endpoint, usage)
    if (estimatedTokens !== null && usage.promptTokens !== undefined) {
      calibration.observe(endpoint.model, estimatedTokens, usage.promptTokens)
    }
  }

export type RoutingFeedback = ReturnType<typeof createRoutingFeedback>
