import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'

/** Why an endpoint was left out, in the vocabulary of contract §5.4 where it has a word for it. */
export type ExclusionReason =
  | 'operation'
  | 'allowed_providers'
  | 'data_policy:training'
  | 'data_policy:zdr'
  | 'distillable'
  | 'quantization'
  | 'service_tier'
  | 'input_modality'
  | 'output_modality'
  | 'context_length'
  | 'max_price'
  | 'require_parameters'

export interface Refusal {
  /** The request field the rule comes from; of the `provider` object, its key. */
  readonly field: string
  /** What the endpoint lacks, in plain words. */
  readonly detail: string
}

/** One rule that keeps endpoints which cannot serve a request from being tried. Pure. */
export interface Filter {
  readonly name: ExclusionReason
  /** @param pool What the rules before this one left over, the endpoint included. */
  refuse(endpoint: Endpoint, request: GenerationRequest, pool: readonly Endpoint[]): Refusal | null
}
