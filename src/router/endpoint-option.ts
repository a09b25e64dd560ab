import type { Endpoint } from '../catalog/endpoint.ts'
import type { ModelChoice } from './resolve/resolve.ts'

/** An endpoint of a model that was asked for, with what was said about that model: what filters and rankers look at. */
export interface EndpointOption {
  readonly endpoint: Endpoint
  readonly choice: ModelChoice
}
