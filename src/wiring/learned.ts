import type { Happenings } from '../canonical/happening.ts'
import { catalogueId } from '../catalog/copied-endpoint.ts'
import type { Config } from '../config/config.ts'
import { type CredentialReference, operator } from '../health/candidate.ts'
import { createEndpointHealth } from '../health/create-endpoint-health.ts'
import type { EndpointHealth } from '../health/endpoint-health.ts'
import { TokenCalibration } from '../health/token-calibration.ts'
import type { Offerings } from '../offerings/offerings.ts'
import { Stickiness } from '../router/stickiness.ts'
import type { Facts } from '../storage/stores/shared-state.ts'
import type { Clock } from '../util/clock.ts'

/** What routing learns from calls. It lasts as long as the gateway. */
export interface Learned {
  readonly health: EndpointHealth
  readonly stickiness: Stickiness
  readonly calibration: TokenCalibration
}

/** Makes the memory of what routing learns. */
export function wireLearned(dependencies: {
  /** Returns the configuration that is in use. */
  readonly settings: () => Config
  /** Returns the operator's credentials of a provider that are in use. */
  readonly credentials: (provider: string) => readonly CredentialReference[]
  readonly clock: Clock
  readonly happenings: Happenings
  /** What other nodes learn. */
  readonly facts: Facts
}): Learned {
  const { settings, credentials, clock, happenings, facts } = dependencies
  const placeOf = ({ provider, id, owner }: CredentialReference): number | string => {
    if (owner !== operator) return id
    const index = credentials(provider).findIndex((credential) => credential.id === id)
    return index === -1 ? 'removed' : index + 1
  }
  return {
    health: createEndpointHealth({
      clock,
      facts,
      onRefusal: ({ endpoint: { provider, id }, credential }) =>
        happenings.publish({ type: 'refused', provider, endpoint: id, credential: placeOf(credential) }),
      get outageWindowMs() {
        return settings().routing.outageWindowMs
      },
      get probeIntervalMs() {
        return settings().routing.probeIntervalMs
      },
    }),
    stickiness: new Stickiness({
      clock,
      facts,
      get ttlMs() {
        return settings().routing.stickyTtlMs
      },
    }),
    calibration: new TokenCalibration(),
  }
}

/**
 * Forgets the health of endpoints that are at another address now, or mean another model there: it tells nothing of what is called from now
 * on.
 */
export function forgetMoved({ health }: Learned, before: Offerings, after: Offerings): void {
  const places = placesOf(before)
  const newPlaces = placesOf(after)
  health.forget((endpointId) => {
    const id = catalogueId(endpointId)
    return newPlaces.has(id) && newPlaces.get(id) !== places.get(id)
  })
}

/** Returns what is called, by the ids of the endpoints. */
function placesOf({ catalog, provider }: Offerings): ReadonlyMap<string, string> {
  const endpoints = [...catalog().models.values()].flatMap((model) => model.endpoints)
  return new Map(
    endpoints.map(({ id, provider: slug, upstreamModel }) => {
      const { baseUrl = '', protocol = '' } = provider(slug) ?? {}
      return [id, `${baseUrl} ${protocol} ${upstreamModel}`]
    }),
  )
}
