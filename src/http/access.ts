import type { ConsoleKeys } from '../auth/console-keys.ts'
import type { Hook } from './exchange.ts'
import type { RateLimits } from '../ledger/rate-limits.ts'
import { admitScraper } from './hooks/admit-scraper.ts'
import {
  authenticate,
  type Authentication,
  inferenceOnly,
  managementOnly,
  operatorOnly,
  recognise,
} from './hooks/authenticate.ts'
import { limitRate } from './hooks/rate-limit.ts'
import { type Readiness, refuseWhileNotReady } from './hooks/refuse-while-not-ready.ts'

/**
 * Which clients may call a route. `public`: all. `recognised`: all, and a valid key gives more. `key`: any valid key. `inference`: a key
 * that may generate. `generation`: the same, while the gateway accepts new generations and the key has not used up its minute.
 * `management`: a key that may administer its account. `operator`: one that may administer the gateway. The cookie of a session does
 * everywhere what a management key does, and it may generate. `metrics`: as `hooks/admit-scraper.ts` describes.
 */
export type Access =
  | 'public'
  | 'recognised'
  | 'key'
  | 'inference'
  | 'generation'
  | 'management'
  | 'operator'
  | 'metrics'

export interface AccessDependencies extends Authentication {
  readonly consoleKeys: Pick<ConsoleKeys, 'principalOf'>
  readonly readiness: () => Readiness
  readonly rateLimits: Pick<RateLimits, 'take'>
  /** The key that may read the metrics and nothing else; null where there is none. */
  readonly metricsKey: string | null
}

interface AccessRule {
  /** Whether the OpenAPI document lists a key as required. */
  readonly key: 'none' | 'optional' | 'required'
  /** The hooks that run before the handler, in this order. */
  readonly hooks: (dependencies: AccessDependencies) => readonly Hook[]
}

/** One row decides both what is checked and what is documented. */
export const accessRules: Readonly<Record<Access, AccessRule>> = {
  public: { key: 'none', hooks: () => [] },
  recognised: { key: 'optional', hooks: (dependencies) => [recognise(dependencies)] },
  key: { key: 'required', hooks: (dependencies) => [authenticate(dependencies)] },
  inference: {
    key: 'required',
    hooks: (dependencies) => [authenticate(dependencies), inferenceOnly(dependencies.consoleKeys)],
  },
  generation: {
    key: 'required',
    hooks: (dependencies) => [
      refuseWhileNotReady(dependencies.readiness),
      authenticate(dependencies),
      inferenceOnly(dependencies.consoleKeys),
      limitRate(dependencies.rateLimits),
    ],
  },
  management: { key: 'required', hooks: (dependencies) => [authenticate(dependencies), managementOnly] },
  operator: { key: 'required', hooks: (dependencies) => [authenticate(dependencies), operatorOnly] },
  metrics: {
    key: 'optional',
    hooks: (dependencies) => [admitScraper(dependencies.metricsKey, [authenticate(dependencies), operatorOnly])],
  },
}
