import type { Endpoint } from '../catalog/endpoint.ts'
import type { ModelChoice } from './resolve/resolve.ts'

/** An endpoint of a requested model, with what the request says about that model. Filters and rankers work on it. */
export interface EndpointOption {
  readonly endpoint: Endpoint
  readonly choice: ModelChoice
}
