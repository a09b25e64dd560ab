import type { CredentialReference } from '../health/candidate.ts'
import type { Dialect, Services, SpokenLanguage } from '../protocols/protocol.ts'
import type { Sign } from './sign/sign.ts'

/** One of a provider's credentials, with its secret. Outside `upstream/` only the reference is known. */
export interface Credential {
  readonly reference: CredentialReference
  /** Undefined for a server that needs none, and where `variables` hold the credentials. */
  readonly apiKey: string | undefined
}

/** A provider with all that a call needs: the contents of its file and of the configuration, with its secrets resolved. */
export type UpstreamProvider = SpokenLanguage & ProviderAccess

/** A provider with all that a call needs, except its language. */
export interface ProviderAccess {
  readonly slug: string
  /** Display name, for error messages. */
  readonly name: string
  /** The address under which the paths of the language are; a query string is kept. */
  readonly baseUrl: string
  /** The credentials in the order in which they are tried; one without a key for a server that needs none. */
  readonly credentials: readonly Credential[]
  /** Other languages, by model. The first whose pattern matches is used; all other models use `protocol` and `quirks`. */
  readonly dialects: readonly Dialect[]
  /** Its services for other operations than chat. Absent: it has none. */
  readonly services?: Services
  readonly sign: Sign
  /** The variables that the provider's file names, as far as they are set. `sign` reads them besides the API key. */
  readonly variables: Readonly<Record<string, string>>
  /** The headers of every call, besides the credentials. */
  readonly headers: Readonly<Record<string, string>>
}
