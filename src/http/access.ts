import type { Authenticator } from '../auth/authenticate.ts'
import type { Hook } from './exchange.ts'
import { authenticate, inferenceOnly, recognise } from './hooks/authenticate.ts'
import { type Readiness, refuseWhileNotReady } from './hooks/refuse-while-not-ready.ts'

/**
 * Who may call a route: anybody; anybody, with more for a valid key; any valid key; a key that may generate; the same, while the gateway
 * begins new generations.
 */
export type Access = 'public' | 'recognised' | 'key' | 'inference' | 'generation'

export interface AccessDependencies {
  readonly authenticator: Authenticator
  readonly readiness: () => Readiness
}

interface AccessRule {
  /** What the OpenAPI document says. */
  readonly key: 'none' | 'optional' | 'required'
  /** What runs before the handler, in this order. */
  readonly hooks: (dependencies: AccessDependencies) => readonly Hook[]
}

/** One row decides what is checked and what is documented. */
export const accessRules: Readonly<Record<Access, AccessRule>> = {
  public: { key: 'none', hooks: () => [] },
  recognised: { key: 'optional', hooks: ({ authenticator }) => [recognise(authenticator)] },
  key: { key: 'required', hooks: ({ authenticator }) => [authenticate(authenticator)] },
  inference: { key: 'required', hooks: ({ authenticator }) => [authenticate(authenticator), inferenceOnly] },
  generation: {
    key: 'required',
    hooks: ({ authenticator, readiness }) => [
      refuseWhileNotReady(readiness),
      authenticate(authenticator),
      inferenceOnly,
    ],
  },
}
