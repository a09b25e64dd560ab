import type { GenerationRequest } from '../../canonical/generation-request.ts'
import type { SortKey } from '../../canonical/routing-preferences.ts'
import type { EndpointOption } from '../endpoint-option.ts'
import type { EndpointState } from '../../health/endpoint-health.ts'

/** An option that no filter refused, with what rankers go by. */
export interface Contender extends EndpointOption {
  /** What is known of the endpoint; null when it was never called, or not for long. */
  readonly state: EndpointState | null
  /** One figure to compare by: pico-USD for this request's mix of prompt and completion. */
  readonly price: number
  /** Whether it asked to be left alone for now, or every credential for it was refused lately. */
  readonly limited: boolean
}

/** What came of one pool: a model's endpoints, or those of all models where the request pools them. */
export interface Ranking {
  readonly order: readonly Contender[]
  /** The rankers that had a say, in the order in which they had it. */
  readonly rankedBy: readonly string[]
}

export interface RankContext {
  /** What the request sorts by, or a variant of the model, or its service tier. */
  readonly sort: SortKey | undefined
  /** Uniform in [0, 1). */
  readonly chance: () => number
  /** Id of the endpoint that the session stays with. */
  readonly stickyEndpointId: string | null
}

/** One rule of order (contract §6.6). Pure but for `chance`. */
export interface Ranker {
  /** In words of the API where it has one. */
  readonly name: string
  /** The contenders in the order it wants: stable, none dropped. Null where it has nothing to say about this request. */
  rank(pool: readonly Contender[], request: GenerationRequest, context: RankContext): readonly Contender[] | null
}
