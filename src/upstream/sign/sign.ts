import type { WrittenForm } from '../../util/form/write-form.ts'

/** A request that is ready to be sent, for schemes that sign its contents. */
export interface SignableCall {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly origin: string
  /** The path with its query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  /** Text, bytes in pieces, or a form that is written as it is sent. */
  readonly body: string | readonly Buffer[] | WrittenForm
}

/** The credentials for calls to a provider. */
export interface Account {
  /** Undefined for a server that needs none, and where `variables` hold the credentials. */
  readonly apiKey: string | undefined
  /** The variables that the provider's file names, as far as they are set. */
  readonly variables: Readonly<Record<string, string>>
}

/** The time and the network, for schemes that fetch a token first. */
export interface SignDependencies {
  /** Unix milliseconds. */
  readonly now: () => number
  /** Makes one exchange, limited in time and size, with an address that the scheme or its credentials name. */
  readonly exchange: (request: TokenRequest) => Promise<{ readonly status: number; readonly body: unknown }>
}

export interface TokenRequest {
  readonly method: 'GET' | 'POST' | 'PUT'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

/**
 * Returns the headers that authenticate a call: at once where they are known, as a promise only where a token has to be fetched first.
 * @throws GatewayError of kind `provider_unavailable` where the credentials cannot be used; it never quotes them.
 */
export type Sign = (
  call: SignableCall,
  account: Account,
  dependencies: SignDependencies,
) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>
