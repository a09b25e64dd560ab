import type { AvailabilityCode } from '../../canonical/errors.ts'
import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { Endpoint } from '../../catalog/endpoint.ts'
import type { EndpointOption } from '../endpoint-option.ts'

/** The reason why a filter refuses an endpoint. */
export interface Refusal {
  /** The field of the request from which the rule follows; in the `provider` object, its key. */
  readonly field: string
  /** What the endpoint lacks, for a reader. */
  readonly detail: string
}

/** What filters use besides the request. */
export interface FilterContext {
  /** Estimates the tokens of the prompt as this model counts them. The first call makes the estimate, and later calls reuse it. */
  readonly promptTokens: (model: string) => number
  /** The same from a sample of a long prompt: it may be off by a third, and takes no time. */
  readonly roughTokens: (model: string) => number
  /** The most calls to providers that one request may make in all. */
  readonly mostCalls: number
}

/** The test of a filter: returns why this endpoint cannot serve the request, or null when it can. */
export type Rule = (endpoint: Endpoint, option: EndpointOption) => Refusal | null

/** The kind of error that the client gets where the filter leaves no endpoint (contract §5.4, §6.2). */
export type Verdict =
  | {
      readonly type: 'unavailable'
      readonly code: AvailabilityCode
      /** What the wanted endpoints would do, for the message. Default: meet the request. */
      readonly wanted?: string
    }
  /** The request asks for something that none of its models can do. */
  | {
      readonly type: 'refused'
      readonly kind: 'invalid_request' | 'context_length_exceeded'
      readonly advice?: string
    }

/** A rule that leaves out endpoints which cannot serve a request. Pure. */
export interface Filter {
  /** The name of the rule for operators, and for clients where `excludedBy` is absent. */
  readonly name: string
  /** The name of the rule in contract §5.4, where it differs from `name`. */
  readonly excludedBy?: string
  readonly verdict: Verdict
  /**
   * Makes the test for this request. Null where the rule does not apply, which is so for most requests.
   * @param pool The endpoints that the filters before this one kept.
   */
  ruleFor(request: GenerationRequest, pool: readonly EndpointOption[], context: FilterContext): Rule | null
}
