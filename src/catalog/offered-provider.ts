import type { NativeToolSupport } from '../canonical/native-tool.ts'
import type { ItemOperation, Operation } from '../canonical/operation.ts'
import type { DataPolicy } from './endpoint.ts'
import type { Prices } from './price-kinds.ts'

/** What a provider publishes about itself, as `GET /providers` lists it (contract §8.A). */
export interface ListedProvider {
  /** OpenRouter's slug, e.g. `groq`. */
  readonly slug: string
  /** The display name, e.g. `Groq`. */
  readonly name: string
  readonly privacyPolicyUrl: string | null
  readonly termsOfServiceUrl?: string
  readonly statusPageUrl?: string
  /** An ISO 3166-1 alpha-2 code. */
  readonly headquarters?: string
  /** ISO 3166-1 alpha-2 codes. */
  readonly datacenters?: readonly string[]
}

/** A tool that a provider has built in for some of its models. */
export interface ProviderNativeTool extends NativeToolSupport {
  /** Matches the upstream's own ids of these models. Absent: none; an entry may still name the tool. */
  readonly models?: RegExp
  /** The prices of its use in USD, where the entry of the model has none. */
  readonly pricing?: Prices
}

/** The models that an operation is offered for. */
export interface ServiceRange {
  /** Matches the upstream's own ids of these models. Absent: all. */
  readonly models?: RegExp
  readonly maxInputs?: number
  readonly mostImages?: number
  readonly streams?: true
  readonly language: string
}

/** A provider that can be called now. Its endpoints take these values where the catalogue's entry does not set others. */
export interface OfferedProvider extends Pick<ListedProvider, 'slug' | 'name'> {
  readonly dataPolicy: DataPolicy
  /** The parameters that its endpoints accept, in the vocabulary of contract §6.5. Absent: all. */
  readonly supportedParameters?: readonly string[]
  /** The operations of its language models. */
  readonly operations: readonly Operation[]
  /** What it serves besides chats, by models, and the most inputs of one call. Absent: nothing. */
  readonly services?: { readonly [Name in ItemOperation]?: readonly ServiceRange[] }
  /** The first one of a name whose pattern matches counts. Absent: none. */
  readonly nativeTools?: readonly ProviderNativeTool[]
  /** See `Endpoint.cancels`. */
  readonly cancels?: false
}
