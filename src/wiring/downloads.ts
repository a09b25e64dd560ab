import { GatewayError } from '../canonical/errors.ts'
import type { Download } from '../canonical/feature-context.ts'
import type { PlacedAddress } from '../canonical/placed-address.ts'
import type { Config } from '../config/config.ts'
import type { FetchTogether } from '../http/fetch-together.ts'
import { mediaTypeOf } from '../util/media-type.ts'
import { type AllowList, readAllowList } from '../upstream/allow-list.ts'
import { explainFetch, refusedAddress } from '../upstream/explain-fetch.ts'
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

/** Makes the function that downloads what a request names, before it is sent anywhere. */
export const wireFetchTogether =
  ({ fetch }: Guarded): FetchTogether =>
  async (places, mostBytes, signal) => {
    const budget = { left: mostBytes }
    const failed = new AbortController()
    const either = AbortSignal.any([signal, failed.signal])
    const one = async (place: PlacedAddress) => {
      const { contentType, bytes } = await fetch(place.address, { budget, timeoutMs: longestMs, signal: either })
      const mediaType = mediaTypeOf(contentType, bytes)
      if (place.kind === 'image' && !mediaType.startsWith('image/')) {
        throw refusedAddress('unsupported_image_format', place, `leads to ${mediaType}, which is not an image`)
      }
      return { bytes, mediaType }
    }
    const explained = (place: PlacedAddress) =>
      one(place).catch((error: unknown) => {
        failed.abort(error)
        throw error instanceof FetchFailure ? explainFetch(error, place) : error
      })
    return Promise.all(places.map(explained))
  }
