import type { DataPolicy } from '../catalog/endpoint.ts'
import type { ListedProvider, OfferedProvider } from '../catalog/offered-provider.ts'
import type { QuirksByLanguage, UpstreamLanguage } from '../protocols/protocol.ts'
import type { ProviderAccess } from '../upstream/upstream-provider.ts'

/** What a provider does with what it receives, and the page that says so. */
export interface StatedDataPolicy extends DataPolicy {
  /** Address of the provider's own statement, and the day it was read (ISO date). */
  readonly source: string
  readonly asOf: string
}

/**
 * A host that serves models: one file, data first. Adding a provider is adding one of these files and running
 * `npm run generate`; nothing else names it. What it is called with, what its endpoints take from it and what it is listed by is declared by
 * `ProviderAccess`, `OfferedProvider` and `ListedProvider`; the rest is about how these follow from the environment.
 */
export type Provider = { readonly [Language in UpstreamLanguage]: ProviderOf<Language> }[UpstreamLanguage]

interface ProviderOf<Language extends UpstreamLanguage> extends ProviderFacts {
  /** The wire language it speaks. */
  readonly protocol: Language
  readonly quirks: QuirksByLanguage[Language]
}

interface ProviderFacts
  extends
    ListedProvider,
    Partial<Pick<ProviderAccess, 'dialects' | 'headers'>>,
    Pick<OfferedProvider, 'supportedParameters' | 'cancels'>,
    Partial<Pick<OfferedProvider, 'operations'>> {
  /** Address under which the language's paths lie, such as `/chat/completions`. `{NAME}` is replaced by that variable of `variables`. */
  readonly baseUrl: string
  /** Environment variables that hold an API key, the usual one first. Empty for a server that needs none. */
  readonly apiKeyVariables: readonly string[]
  /** Further environment variables that `baseUrl` needs. */
  readonly variables?: readonly string[]
  /** Values of `variables` where they are not set, e.g. a region. */
  readonly variableDefaults?: Readonly<Record<string, string>>
  /** Parts of `baseUrl` in small letters, such as `{host}`, that follow from the variables. */
  readonly addressParts?: (variables: Readonly<Record<string, string>>) => Readonly<Record<string, string>>
  /** Sets of environment variables, any of which takes the place of an API key when all of it is set. */
  readonly credentialVariables?: readonly (readonly string[])[]
  /** Environment variables that `sign` reads where they are set, e.g. a session token. */
  readonly optionalVariables?: readonly string[]
  /** How calls prove who they come from. Default: the API key as a bearer token, or as the language's vendor has it. */
  readonly sign?: ProviderAccess['sign']
  /** A server on this machine, offered when it answers `GET {baseUrl}/models`; its models are what it lists. */
  readonly local?: boolean
  readonly dataPolicy: StatedDataPolicy
  /** The provider's API documentation: where the quirks were learned. */
  readonly documentation: string
}

/** Checks a provider's shape where it is written: its quirks must be those of its language. */
export function defineProvider<Language extends UpstreamLanguage>(
  provider: ProviderOf<Language>,
): ProviderOf<Language> {
  return provider
}
