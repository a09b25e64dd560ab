import type { NativeToolSupport } from './native-tool.ts'
import type { Operation } from './operation.ts'

/** An endpoint, as far as plugins and server tools need it. */
export interface OfferedEndpoint {
  readonly id: string
  readonly model: string
  readonly provider: string
  readonly providerName: string
  readonly contextLength: number | null
  readonly maxCompletionTokens: number | null
  readonly operations: readonly Operation[]
  readonly inputModalities: readonly string[]
  readonly outputModalities: readonly string[]
  /** The tools that it has built in and runs itself. */
  readonly nativeTools: readonly NativeToolSupport[]
  /** The prices of a token, in pico-USD. */
  readonly pricing: { readonly prompt: number; readonly completion: number }
  /** The limits that the model has wherever it is served. */
  readonly template: { readonly mostMessages?: number }
}

/** An endpoint that the router may choose for a request. */
export interface AdmittedEndpoint {
  readonly endpoint: OfferedEndpoint
  /** What the estimate of a prompt is multiplied by, as far as usage that was reported for the model has taught it. */
  readonly tokenFactor: number
}

/** A model that is offered now, as far as plugins and server tools need it. */
export interface OfferedModel {
  readonly slug: string
  readonly name: string
  readonly description?: string
  /** Unix seconds; 0 when unknown. */
  readonly created: number
  readonly contextLength: number | null
  readonly inputModalities: readonly string[]
  readonly outputModalities: readonly string[]
  readonly endpoints: readonly OfferedEndpoint[]
}

/** The models that are offered now. */
export interface ModelDirectory {
  /** Finds a model by slug or alias; null where it is not offered. */
  find(slug: string): OfferedModel | null
  /** Lists all models, in the order of the listing. */
  list(): readonly OfferedModel[]
}
