import type { AvailabilityCode } from '../../canonical/errors.ts'
import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { EndpointOption } from '../endpoint-option.ts'

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
export type Rule = (endpoint: Endpoint, option: EndpointOption) => Refusal | null

/** What the client is told where the rule leaves no endpoint over (contract §5.4, §6.2). */
export type Verdict =
  | {
      readonly type: 'unavailable'
      readonly code: AvailabilityCode
      /** What the endpoints that were looked for would do. Default: meet the request. */
      readonly wanted?: string
    }
  /** The request itself asks for what none of its models can do. */
  | {
      readonly type: 'refused'
      readonly kind: 'invalid_request' | 'context_length_exceeded'
      readonly advice?: string
    }

/** One rule that keeps endpoints which cannot serve a request from being tried. Pure. */
export interface Filter {
  /** Names the rule to operators, and to clients unless `excludedBy` does. */
  readonly name: string
  /** The word of contract §5.4 for the rule, where it is another than the name. */
  readonly excludedBy?: string
  readonly verdict: Verdict
  /**
   * What the rule says for this request; null where it says nothing, as most do for most requests.
   * @param pool What the rules before this one left over.
   */
  ruleFor(request: GenerationRequest, pool: readonly EndpointOption[], context: FilterContext): Rule | null
}
