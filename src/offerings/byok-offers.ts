import type { ByokKey } from '../canonical/byok-key.ts'
import type { Caller } from '../canonical/principal.ts'
import { copiedEndpoint } from '../catalog/copied-endpoint.ts'
import type { Endpoint } from '../catalog/endpoint.ts'
import type { Candidate, CredentialReference, OwnKey } from '../health/candidate.ts'
import type { BroughtKey, Deployment } from '../providers/provider.ts'
import type { UpstreamProvider } from '../upstream/upstream-provider.ts'
import { combine, type Offer } from './offer-providers.ts'
import { type KeyedProviders, readByokKey } from './read-byok-key.ts'

/** The keys of the caller's account that the caller may use, by provider, each in the order in which they are tried. */
export type OwnKeys = (provider: string) => readonly OwnKey[]

/** What accounts can call with keys that they brought (contract §6.17). Everything is read from memory. */
export interface ByokOffers {
  /** Returns the keys that a caller may use; null where its account has none, which is usual. */
  ownKeys(caller: Caller): OwnKeys | null
  /** Lists the providers for which an account has a key that can be used. */
  providersOf(account: string): readonly string[]
  /** Returns a provider without credentials, for its entry in the catalogue of an account. */
  offer(slug: string): Offer
  /** Returns the provider of a candidate as it is called with the key of an account; undefined where the key is gone. */
  provider(candidate: Candidate): UpstreamProvider | undefined
}

const none: readonly string[] = []

/** A key and what follows from it. It lasts as long as the key is not changed. */
interface Brought {
  readonly ownKey: OwnKey
  /** The provider as it is called for a model. */
  providerFor(model: string): UpstreamProvider | undefined
}

/**
 * Creates the offers of keys that accounts brought.
 * @param keysOf Lists the enabled keys of an account in order. As long as a key is not changed, it is the same object.
 */
export function createByokOffers(
  providers: KeyedProviders,
  keysOf: (account: string) => readonly ByokKey[],
): ByokOffers {
  const broughtBy = new WeakMap<ByokKey, Brought>()
  const brought = (key: ByokKey): Brought => {
    const known = broughtBy.get(key)
    if (known !== undefined) return known
    const fresh = bring(providers, key)
    broughtBy.set(key, fresh)
    return fresh
  }
  return {
    ownKeys(caller) {
      const keys = keysOf(caller.account)
      if (keys.length === 0) return null
      const usable = Map.groupBy(
        keys.filter((key) => isFor(key, caller)),
        ({ provider }) => provider,
      )
      return (provider) => usable.get(provider)?.map((key) => brought(key).ownKey) ?? []
    },
    providersOf(account) {
      const keys = keysOf(account)
      if (keys.length === 0) return none
      return [...new Set(keys.flatMap(({ provider, secret }) => (secret === null ? [] : provider)))]
    },
    offer: (slug) => offerOf(providers, slug, {}),
    provider({ endpoint, credential }) {
      const key = keysOf(credential.owner).find(({ id }) => id === credential.id)
      return key && brought(key).providerFor(endpoint.model)
    },
  }
}

const isFor = ({ allowedApiKeyHashes: hashes, allowedUserIds: users }: ByokKey, caller: Caller): boolean =>
  (hashes === null || hashes.has(caller.keyHash)) && (users === null || users.has(caller.creatorUserId ?? ''))

const referenceTo = ({ id, provider, account }: ByokKey): CredentialReference => ({ id, provider, owner: account })

/** The provider without credentials. No variable of the operator's environment is used beside a key of a client. */
function offerOf({ builtIn, configured }: KeyedProviders, slug: string, variables: Record<string, string>): Offer {
  const settings = configured.get(slug) ?? { slug }
  return { ...combine(builtIn.get(slug), { ...settings, apiKeys: [], variables }, {}), credentials: [] }
}

function bring(providers: KeyedProviders, key: ByokKey): Brought {
  const { isFallback, isRequired, isByokOnly, declaredZdr, allowedModels } = key
  const reference = referenceTo(key)
  // A provider that is no longer known, or takes keys of another form now, cannot be called.
  const read = key.secret === null ? null : readByokKey(providers, key.provider, key.secret.reveal())
  const access = read === null || read.type === 'fault' ? null : read
  const deployments = access?.deployments && new Map(access.deployments.map((one) => [one.model, one]))
  const isFor = (model: string): boolean =>
    (allowedModels === null || allowedModels.has(model)) && (deployments === undefined || deployments.has(model))
  const copies = new WeakMap<Endpoint, Endpoint>()
  const called = access === null ? null : calledProviders(providers, reference, access)
  return {
    ownKey: {
      reference,
      isFallback,
      isRequired,
      isByokOnly,
      declaredZdr,
      isFor,
      copyOf(endpoint) {
        if (access === null || !isFor(endpoint.model)) return null
        const known = copies.get(endpoint)
        if (known !== undefined) return known
        const upstreamModel = deployments?.get(endpoint.model)?.upstreamModel ?? endpoint.upstreamModel
        const copy = copiedEndpoint(endpoint, key.id, upstreamModel)
        copies.set(endpoint, copy)
        return copy
      },
    },
    providerFor: (model) => called?.(deployments?.get(model)),
  }
}

/** Returns the provider as it is called with a key: at the address of the key, unless the operator configured one. */
function calledProviders(
  providers: KeyedProviders,
  reference: CredentialReference,
  { apiKey, variables = {}, baseUrl }: BroughtKey,
): (deployment: Deployment | undefined) => UpstreamProvider {
  const offer = offerOf(providers, reference.provider, { ...variables })
  const configured = providers.configured.get(reference.provider)?.baseUrl
  const provider: UpstreamProvider = {
    ...offer,
    baseUrl: configured ?? baseUrl ?? offer.baseUrl,
    credentials: [{ reference, apiKey }],
  }
  const deployed = new Map<Deployment, UpstreamProvider>()
  return (deployment) => {
    if (deployment === undefined) return provider
    const known = deployed.get(deployment) ?? {
      ...provider,
      baseUrl: configured ?? deployment.baseUrl,
      // The address is that of the provider's own protocol.
      dialects: [],
      credentials: [{ reference, apiKey: deployment.apiKey }],
    }
    deployed.set(deployment, known)
    return known
  }
}
