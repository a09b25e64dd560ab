import type { Operation } from '../canonical/operation.ts'
import type { DataPolicy } from './endpoint.ts'

/** What a provider states about itself, as `GET /providers` lists it (contract §8.A). */
export interface ListedProvider {
  /** OpenRouter's slug, e.g. `groq`. */
  readonly slug: string
  /** Display name, e.g. `Groq`. */
  readonly name: string
  readonly privacyPolicyUrl: string | null
  readonly termsOfServiceUrl?: string
  readonly statusPageUrl?: string
  /** ISO 3166-1 alpha-2 code. */
  readonly headquarters?: string
  /** ISO 3166-1 alpha-2 codes. */
  readonly datacenters?: readonly string[]
}

/** A provider that can be called now: what its endpoints take from it where the catalogue's entry says nothing else. */
export interface OfferedProvider extends Pick<ListedProvider, 'slug' | 'name'> {
  readonly dataPolicy: DataPolicy
  /** Parameters that its endpoints accept, in the vocabulary of contract §6.5. Absent: all. */
  readonly supportedParameters?: readonly string[]
  readonly operations: readonly Operation[]
  /** See `Endpoint.cancels`. */
  readonly cancels?: false
}
