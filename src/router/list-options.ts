import type { Endpoint } from '../catalog/endpoint.ts'
import type { CredentialReference, OwnKey } from '../health/candidate.ts'
import type { EndpointOption } from './endpoint-option.ts'
import type { ModelChoice } from './resolve/resolve.ts'

/** The credentials that may be used for one request. */
export interface UsableCredentials {
  /** Lists the gateway's own credentials for a provider, in the order to try; none where only accounts have keys for it. */
  readonly credentials: (provider: string) => readonly CredentialReference[]
  /** Lists the keys that the account brought for a provider, in the order to try; null where it has none at all. */
  readonly ownKeys: ((provider: string) => readonly OwnKey[]) | null
}

/** Lists the endpoints of a model, with a copy for each key that the account brought (contract §6.17). */
export function listOptions(
  choice: ModelChoice,
  { credentials, ownKeys }: UsableCredentials,
): readonly EndpointOption[] {
  const { endpoints } = choice.model
  if (ownKeys === null) return endpoints.map((endpoint) => ({ endpoint, choice }))
  return endpoints.flatMap((endpoint) => {
    const keys = ownKeys(endpoint.provider)
    const copies = keys.flatMap((own): EndpointOption | readonly [] => {
      const copy = own.copyOf(endpoint)
      return copy === null ? [] : { endpoint: copy, choice, own }
    })
    if (credentials(endpoint.provider).length === 0) return copies
    return [...copies, { endpoint, choice, ...barredBy(keys, endpoint) }]
  })
}

/** Returns why the gateway's own credentials are not used for an endpoint, where a key of the account forbids it. */
function barredBy(keys: readonly OwnKey[], { model }: Endpoint): { readonly barred?: string } {
  if (keys.some(({ isByokOnly }) => isByokOnly)) {
    return { barred: 'the account allows only its own keys for this provider (is_byok_only)' }
  }
  return keys.some((own) => own.isRequired && own.isFor(model))
    ? { barred: 'the account allows only its own keys for this model at this provider (is_required)' }
    : {}
}
