import type { Dialect, SpokenLanguage } from '../protocols/protocol.ts'
import type { Sign } from './sign/sign.ts'

/** A provider as it is called: what its file and the configuration say, with its secrets resolved. */
export type UpstreamProvider = SpokenLanguage & ProviderAccess

interface ProviderAccess {
  readonly slug: string
  /** Display name, for error messages. */
  readonly name: string
  /** Address under which the language's paths lie; a query string is kept. */
  readonly baseUrl: string
  /** In configured order; empty for a server that needs none. */
  readonly apiKeys: readonly string[]
  readonly dialects: readonly Dialect[]
  readonly sign: Sign
  /** What `sign` reads besides the API key: the variables that the provider's file names, as far as they are set. */
  readonly variables: Readonly<Record<string, string>>
  /** Headers every call carries besides the credentials. */
  readonly headers: Readonly<Record<string, string>>
}
