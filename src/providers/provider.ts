import type { Operation } from '../canonical/operation.ts'
import type { Dialect, QuirksByLanguage, UpstreamLanguage } from '../protocols/protocol.ts'
import type { Sign } from '../upstream/sign/sign.ts'

/** What a provider does with what it receives, and the page that says so. */
export interface StatedDataPolicy {
  readonly training: boolean
  readonly retention: 'none' | 'transient' | 'unknown' | `days:${number}`
  /** Address of the provider's own statement, and the day it was read (ISO date). */
  readonly source: string
  readonly asOf: string
}

/**
 * A host that serves models: one file, data first. Adding a provider is adding one of these files and running
 * `npm run generate`; nothing else names it.
 */
export type Provider = { readonly [Language in UpstreamLanguage]: ProviderOf<Language> }[UpstreamLanguage]

interface ProviderOf<Language extends UpstreamLanguage> extends ProviderFacts {
  /** The wire language it speaks. */
  readonly protocol: Language
  readonly quirks: QuirksByLanguage[Language]
}

interface ProviderFacts {
  /** OpenRouter's slug, the file's name, e.g. `groq`. */
  readonly slug: string
  /** Display name, e.g. `Groq`. */
  readonly name: string
  /** The first whose pattern matches counts; the rest of the models are spoken to as `protocol` and `quirks` say. */
  readonly dialects?: readonly Dialect[]
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
  readonly sign?: Sign
  /** A server on this machine, offered when it answers `GET {baseUrl}/models`; its models are what it lists. */
  readonly local?: boolean
  readonly dataPolicy: StatedDataPolicy
  /** Parameters its endpoints accept, in the vocabulary of contract §6.5, where the catalogue does not say better. Absent: all. */
  readonly supportedParameters?: readonly string[]
  /** Default: chat only. */
  readonly operations?: readonly Operation[]
  /** Where a stream whose reader leaves runs on, and is billed in full, as far as is known. Absent: it stops. */
  readonly cancels?: false
  readonly privacyPolicyUrl: string | null
  readonly termsOfServiceUrl?: string
  readonly statusPageUrl?: string
  /** ISO country code. */
  readonly headquarters?: string
  readonly datacenters?: readonly string[]
  /** The provider's API documentation: where the quirks were learned. */
  readonly documentation: string
  /** Headers every call carries besides the credentials. */
  readonly headers?: Readonly<Record<string, string>>
}

/** Checks a provider's shape where it is written: its quirks must be those of its language. */
export function defineProvider<Language extends UpstreamLanguage>(
  provider: ProviderOf<Language>,
): ProviderOf<Language> {
  return provider
}
