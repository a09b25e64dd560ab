import { GatewayError } from '../canonical/errors.ts'
import type { Download } from '../canonical/feature-context.ts'
import type { Config } from '../config/config.ts'
import { type AllowList, readAllowList } from '../upstream/allow-list.ts'
import { FetchFailure } from '../upstream/fetch-failure.ts'
import { createGuardedDialer } from '../upstream/guarded-dialer.ts'
import { createGuardedFetch, type GuardedFetch } from '../upstream/guarded-fetch.ts'

/** The longest that one download may take, in milliseconds. */
const longestMs = 30_000

/** The one way to addresses that callers, models and pages name, with the private addresses that the operator allows (principle 10). */
export interface Guarded {
  readonly fetch: GuardedFetch
  readonly allowed: AllowList
}

/** Makes the guarded fetch of a gateway. */
export function wireGuardedFetch({ fetch: { allow }, timeouts: { connectMs } }: Config): Guarded {
  const allowed = readAllowList(allow)
  return { allowed, fetch: createGuardedFetch(createGuardedDialer({ allowed, connectMs })) }
}

/** Makes the function that downloads for plugins and server tools. The limit of a request's body is also that of a download. */
export const wireDownloads =
  ({ limits }: Config, { fetch }: Guarded): Download =>
  async (address, signal) => {
    try {
      return await fetch(address, { budget: { left: limits.bodyBytes }, timeoutMs: longestMs, signal })
    } catch (error) {
      if (error instanceof FetchFailure) throw new GatewayError('invalid_request', `The address ${error.message}.`)
      throw error
    }
  }
