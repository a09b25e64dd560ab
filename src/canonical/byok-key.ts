import type { Secret } from '../util/secret.ts'

/** A key that an account brought for a provider (contract §6.17), as routing and calls use it. */
export interface ByokKey {
  readonly id: string
  readonly account: string
  readonly provider: string
  /** Null where it cannot be decrypted: it is then not called, but what it forbids for others still holds. */
  readonly secret: Secret | null
  /** Whether it is used only after the gateway's own credentials. */
  readonly isFallback: boolean
  /** Whether the gateway's own credentials for the provider are not used for the models of this key. */
  readonly isRequired: boolean
  /** Whether the gateway's own credentials for the provider are not used for any model. */
  readonly isByokOnly: boolean
  /** Whether the account declares that the provider retains nothing sent with this key; null: what is known of the provider holds. */
  readonly declaredZdr: boolean | null
  /** Each null where there is no restriction. A key is used only where all of its restrictions allow it. */
  readonly allowedModels: ReadonlySet<string> | null
  readonly allowedApiKeyHashes: ReadonlySet<string> | null
  readonly allowedUserIds: ReadonlySet<string> | null
}
