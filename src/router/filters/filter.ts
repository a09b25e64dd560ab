import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { Option } from '../option.ts'

/** Why an endpoint was left out, in the vocabulary of contract §5.4 where it has a word for it. */
export type ExclusionReason =
  | 'deprecated'
  | 'operation'
  | 'allowed_providers'
  | 'data_policy:training'
  | 'data_policy:zdr'
  | 'distillable'
  | 'quantization'
  | 'service_tier'
  | 'input_modality'
  | 'output_modality'
  | 'tools'
  | 'reasoning'
  | 'output_length'
  | 'context_length'
  | 'max_price'
  | 'require_parameters'

export interface Refusal {
  /** The request field the rule comes from; of the `provider` object, its key. */
  readonly field: string
  /** What the endpoint lacks, in plain words. */
  readonly detail: string
}

/** What filters know besides the request. */
export interface FilterContext {
  /** Estimates the prompt's length in tokens as this model counts them; what it costs is paid by the first who asks. */
  readonly promptTokens: (model: string) => number
  /** Calls to providers that one request may make, all in all. */
  readonly mostCalls: number
}

/** Why this option cannot serve the request; null when it can. */
export type Rule = (endpoint: Endpoint, option: Option) => Refusal | null

/** One rule that keeps endpoints which cannot serve a request from being tried. Pure. */
export interface Filter {
  readonly name: ExclusionReason
  /**
   * What the rule says for this request; null where it says nothing, as most do for most requests.
   * @param pool What the rules before this one left over.
   */
  ruleFor(request: GenerationRequest, pool: readonly Option[], context: FilterContext): Rule | null
}
