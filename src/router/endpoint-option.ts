import type { Endpoint } from '../catalog/endpoint.ts'
import type { OwnKey } from '../health/candidate.ts'
import type { ModelChoice } from './resolve/resolve.ts'

/** An endpoint of a requested model, with what the request says about that model. Filters and rankers work on it. */
export interface EndpointOption {
  readonly endpoint: Endpoint
  readonly choice: ModelChoice
  /** The key that the account brought, where the endpoint is the copy that is called with it. */
  readonly own?: OwnKey
  /** Why the gateway's own credentials are not used, where a key of the account forbids it. */
  readonly barred?: string
}
