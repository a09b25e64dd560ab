import type { CredentialReference } from '../health/candidate.ts'
import type { Dialect, Services, SpokenLanguage } from '../protocols/protocol.ts'
import type { Sign } from './sign/sign.ts'

/** One of a provider's credentials, with its secret. Beyond `upstream/` only the reference is known. */
export interface Credential {
  readonly reference: CredentialReference
  /** Undefined for a server that needs none, and where `variables` hold what proves who calls. */
  readonly apiKey: string | undefined
}

/** A provider as it is called: what its file and the configuration say, with its secrets resolved. */
export type UpstreamProvider = SpokenLanguage & ProviderAccess

/** A provider as it is called, but for its language. */
export interface ProviderAccess {
  readonly slug: string
  /** Display name, for error messages. */
  readonly name: string
  /** Address under which the language's paths lie; a query string is kept. */
  readonly baseUrl: string
  /** In the order in which they are tried; one without a key for a server that needs none. */
  readonly credentials: readonly Credential[]
  /** The first whose pattern matches counts; the rest of the models are spoken to as `protocol` and `quirks` say. */
  readonly dialects: readonly Dialect[]
  /** How it is asked for what is no chat. Absent: it is not. */
  readonly services?: Services
  readonly sign: Sign
  /** What `sign` reads besides the API key: the variables that the provider's file names, as far as they are set. */
  readonly variables: Readonly<Record<string, string>>
  /** Headers every call carries besides the credentials. */
  readonly headers: Readonly<Record<string, string>>
}
