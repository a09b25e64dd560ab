import type { RequestContext } from '../../canonical/generation-request.ts'
import type { RequestHeaders } from '../protocol.ts'
import { search } from '../../util/pattern.ts'

const usualSeconds = 300
const mostSeconds = 86_400

/** The headers of the response cache (contract §6.13); undefined where it is not asked for. */
export function cacheRequest(headers: RequestHeaders): RequestContext['cache'] {
  if (!isTrue(headers['x-openrouter-cache'])) return undefined
  return {
    ttlSeconds: seconds(headers['x-openrouter-cache-ttl']),
    clear: isTrue(headers['x-openrouter-cache-clear']),
  }
}

const isTrue = (value: string | string[] | undefined): boolean => String(value).trim().toLowerCase() === 'true'

/** The leading digits count: `60abc` is 60, and `1.5` is 1. */
function seconds(value: string | string[] | undefined): number {
  const digits = search(/^\d{1,10}/, String(value).trim())?.[0]
  return digits === undefined ? usualSeconds : Math.min(mostSeconds, Math.max(1, Number(digits)))
}
