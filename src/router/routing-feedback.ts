import type { Usage } from '../canonical/usage.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Route } from './route.ts'
import type { Stickiness } from './stickiness.ts'
import type { TokenCalibration } from '../health/token-calibration.ts'

/** What a request leaves behind for routing the next ones, once it was served; it holds nothing of the prompt. */
export type ReportUsage = (usage: Usage) => void

/** Keeps what a finished answer teaches: where its session's prompt is cached now, and how far the token estimate was off. */
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
