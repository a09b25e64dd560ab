import type { DataPolicy } from '../catalog/endpoint.ts'
import type { ListedProvider, OfferedProvider } from '../catalog/offered-provider.ts'
import type { QuirksByLanguage, UpstreamLanguage } from '../protocols/protocol.ts'
import type { ProviderAccess } from '../upstream/upstream-provider.ts'

/** A provider's data policy, and the page that states it. */
export interface StatedDataPolicy extends DataPolicy {
  /** The address of the provider's own statement, and the day when it was read (ISO date). */
  readonly source: string
  readonly asOf: string
}

/**
 * A host that serves models. Each is one file, data first: to add a provider, add a file and run `npm run generate`; no other file names
 * it. `ProviderAccess`, `OfferedProvider` and `ListedProvider` declare what calls need, what its endpoints take from it and what is listed
 * of it. The other fields state how these follow from the environment.
 */
export type Provider = { readonly [Language in UpstreamLanguage]: ProviderOf<Language> }[UpstreamLanguage]

interface ProviderOf<Language extends UpstreamLanguage> extends ProviderFacts {
  /** The protocol of its API. */
  readonly protocol: Language
  readonly quirks: QuirksByLanguage[Language]
}

interface ProviderFacts
  extends
    ListedProvider,
    Partial<Pick<ProviderAccess, 'dialects' | 'headers' | 'services'>>,
    Pick<OfferedProvider, 'supportedParameters' | 'nativeTools' | 'cancels'>,
    Partial<Pick<OfferedProvider, 'operations'>> {
  /** The address before the protocol's paths, such as `/chat/completions`. `{NAME}` is replaced by that variable of `variables`. */
  readonly baseUrl: string
  /** The environment variables that hold an API key, the usual one first. Empty for a server that needs none. */
  readonly apiKeyVariables: readonly string[]
  /** Other environment variables that `baseUrl` needs. */
  readonly variables?: readonly string[]
  /** The values of `variables` that are used where they are not set, e.g. a region. */
  readonly variableDefaults?: Readonly<Record<string, string>>
  /** Returns parts of `baseUrl` in lower case, such as `{host}`, that follow from the variables. */
  readonly addressParts?: (variables: Readonly<Record<string, string>>) => Readonly<Record<string, string>>
  /** Sets of environment variables. A set replaces an API key when all of its variables are set. */
  readonly credentialVariables?: readonly (readonly string[])[]
  /** Environment variables that `sign` reads where they are set, e.g. a session token. */
  readonly optionalVariables?: readonly string[]
  /** How calls are authenticated. Default: the API key as a bearer token, or in the way of the protocol's vendor. */
  readonly sign?: ProviderAccess['sign']
  /**
   * Reads a key that a client brings for it (contract §6.17), where that is more than the API key itself. The message of a fault is read after
   * "the key", and quotes nothing of it.
   */
  readonly readKey?: (text: string) => BroughtKey | KeyFault
  /** Whether it is a server on this machine. It is offered when it answers `GET {baseUrl}/models`, with the models that it lists. */
  readonly local?: boolean
  /** Absent: nobody has read one, and the provider is taken for one that trains on requests and keeps them. */
  readonly dataPolicy?: StatedDataPolicy
  /** The provider's API documentation, which is the source of the quirks. */
  readonly documentation: string
}

/** What a client's key is used with. Nothing of the operator's own account is used beside it. */
export interface BroughtKey {
  readonly type: 'key'
  /** The API key or the document with credentials that `sign` reads. Absent where `variables` hold the credentials. */
  readonly apiKey?: string
  /** The values of the provider's variables. */
  readonly variables?: Readonly<Record<string, string>>
  /** The text whose ends the label of the key shows. */
  readonly shown: string
  /** Its address, where that does not follow from `variables`. */
  readonly baseUrl?: string
  /** The only models that it may be used for, where each has an address of its own. */
  readonly deployments?: readonly Deployment[]
}

/** One model at an address of its own, in the provider's own protocol. */
export interface Deployment {
  readonly model: string
  readonly upstreamModel: string
  readonly baseUrl: string
  readonly apiKey: string
}

/** The reason why a text is no key for a provider. */
export interface KeyFault {
  readonly type: 'fault'
  readonly message: string
}

export const keyFault = (message: string): KeyFault => ({ type: 'fault', message })

/** Defines a provider. Its type checks that the quirks are those of its protocol. */
export function defineProvider<Language extends UpstreamLanguage>(
  provider: ProviderOf<Language>,
): ProviderOf<Language> {
  return provider
}
