import type { Authenticator } from '../auth/authenticate.ts'
import type { Hook } from './exchange.ts'
import type { RateLimits } from '../ledger/rate-limits.ts'
import { authenticate, inferenceOnly, managementOnly, recognise } from './hooks/authenticate.ts'
import { limitRate } from './hooks/rate-limit.ts'
import { type Readiness, refuseWhileNotReady } from './hooks/refuse-while-not-ready.ts'

/**
 * Which clients may call a route. `public`: all. `recognised`: all, and a valid key gives more. `key`: any valid key. `inference`: a key
 * that may generate. `generation`: the same, while the gateway accepts new generations and the key has not used up its minute.
 * `management`: a key that may administer.
 */
export type Access = 'public' | 'recognised' | 'key' | 'inference' | 'generation' | 'management'

export interface AccessDependencies {
  readonly authenticator: Authenticator
  readonly readiness: () => Readiness
  readonly rateLimits: Pick<RateLimits, 'take'>
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
  recognised: { key: 'optional', hooks: ({ authenticator }) => [recognise(authenticator)] },
  key: { key: 'required', hooks: ({ authenticator }) => [authenticate(authenticator)] },
  inference: { key: 'required', hooks: ({ authenticator }) => [authenticate(authenticator), inferenceOnly] },
  generation: {
    key: 'required',
    hooks: ({ authenticator, readiness, rateLimits }) => [
      refuseWhileNotReady(readiness),
      authenticate(authenticator),
      inferenceOnly,
      limitRate(rateLimits),
    ],
  },
  management: { key: 'required', hooks: ({ authenticator }) => [authenticate(authenticator), managementOnly] },
}
