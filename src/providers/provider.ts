import type { Quirks } from '../protocols/protocol.ts'

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
export interface Provider {
  /** OpenRouter's slug, the file's name, e.g. `groq`. */
  readonly slug: string
  /** Display name, e.g. `Groq`. */
  readonly name: string
  /** The wire language it speaks. */
  readonly protocol: 'chat-completions'
  /** Address under which `/chat/completions` lies. `{NAME}` is replaced by that variable of `variables`. */
  readonly baseUrl: string
  /** Environment variables that hold an API key, the usual one first. Empty for a server that needs none. */
  readonly apiKeyVariables: readonly string[]
  /** Further environment variables that `baseUrl` needs. */
  readonly variables?: readonly string[]
  /** A server on this machine, offered when it answers `GET {baseUrl}/models`; its models are what it lists. */
  readonly local?: boolean
  readonly dataPolicy: StatedDataPolicy
  readonly quirks: Quirks
  /** Parameters its endpoints accept, in the vocabulary of contract §6.5, where the catalogue does not say better. Absent: all. */
  readonly supportedParameters?: readonly string[]
  /** Default: chat only. */
  readonly operations?: readonly ('chat' | 'completions')[]
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

/** Checks a provider's shape where it is written, and keeps its literal types. */
export function defineProvider(provider: Provider): Provider {
  return provider
}
