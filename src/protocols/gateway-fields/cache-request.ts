import type { CacheWish } from '../../canonical/generation-request.ts'
import type { RequestHeaders } from '../protocol.ts'
import { search } from '../../util/pattern.ts'

/** Decodes the headers of the response cache (contract §6.13). Returns undefined where there are none. */
export function cacheRequest(headers: RequestHeaders): CacheWish | undefined {
  const enabled = switchOf(headers['x-openrouter-cache'])
  const ttlSeconds = seconds(headers['x-openrouter-cache-ttl'])
  const clear = switchOf(headers['x-openrouter-cache-clear']) === true
  if (enabled === undefined && ttlSeconds === undefined && !clear) return undefined
  return { ...(enabled !== undefined && { enabled }), ...(ttlSeconds !== undefined && { ttlSeconds }), clear }
}

function switchOf(value: string | string[] | undefined): boolean | undefined {
  const word = String(value).trim().toLowerCase()
  return word === 'true' ? true : word === 'false' ? false : undefined
}

/** Reads a number of seconds. The leading digits count: `60abc` is 60, and `1.5` is 1. */
function seconds(value: string | string[] | undefined): number | undefined {
  const digits = search(/^\d{1,10}/, String(value).trim())?.[0]
  return digits === undefined ? undefined : Number(digits)
}
