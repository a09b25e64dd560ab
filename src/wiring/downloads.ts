import { GatewayError } from '../canonical/errors.ts'
import type { Download } from '../canonical/feature-context.ts'
import type { Config } from '../config/config.ts'
import { readAllowList } from '../upstream/allow-list.ts'
import { FetchFailure } from '../upstream/fetch-failure.ts'
import { createGuardedDialer } from '../upstream/guarded-dialer.ts'
import { createGuardedFetch } from '../upstream/guarded-fetch.ts'

/** The longest that one download may take, in milliseconds. */
const longestMs = 30_000

/** Makes the function that downloads what callers, models and pages name. The limit of a request's body is also that of a download. */
export function wireDownloads({ fetch: { allow }, limits, timeouts }: Config): Download {
  const dial = createGuardedDialer({ allowed: readAllowList(allow), connectMs: timeouts.connectMs })
  const fetch = createGuardedFetch(dial)
  return async (address, signal) => {
    try {
      return await fetch(address, { budget: { left: limits.bodyBytes }, timeoutMs: longestMs, signal })
    } catch (error) {
      if (error instanceof FetchFailure) throw new GatewayError('invalid_request', `The address ${error.message}.`)
      throw error
    }
  }
}
