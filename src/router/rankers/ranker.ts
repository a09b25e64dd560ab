import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { SortKey } from '../../canonical/routing-preferences.ts'
import type { EndpointOption } from '../endpoint-option.ts'
import type { EndpointState } from '../../health/endpoint-health.ts'

/** An option that no filter refused, with what rankers compare. */
export interface Contender extends EndpointOption {
  /** The state of the endpoint; null when it was never called, or not for a long time. */
  readonly state: EndpointState | null
  /** The price for comparison, in pico-USD for this request's mix of prompt and completion. */
  readonly price: number
  /** Whether the endpoint is rate limited, or every credential for it was refused or rate limited lately. */
  readonly limited: boolean
}

/** The ranking of one pool: the endpoints of a model, or those of all models where the request pools them. */
export interface Ranking {
  readonly order: readonly Contender[]
  /** The rankers that applied, in their order. */
  readonly rankedBy: readonly string[]
}

/** What rankers use besides the request. */
export interface RankContext {
  /** The sort of the request, or of a variant of the model, or of the service tier. */
  readonly sort: SortKey | undefined
  /** Uniform in [0, 1). */
  readonly chance: () => number
  /** The id of the endpoint with which the session stays. */
  readonly stickyEndpointId: string | null
}

/** A rule of order (contract §6.6). Pure except for `chance`. */
export interface Ranker {
  /** The name in the API, where there is one. */
  readonly name: string
  /** Sorts the contenders: the sort is stable and drops none. Null where the rule does not apply to this request. */
  rank(pool: readonly Contender[], request: GenerationRequest, context: RankContext): readonly Contender[] | null
}
