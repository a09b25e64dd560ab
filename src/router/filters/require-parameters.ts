import { supportsParameter } from '../../canonical/parameter-name.ts'
import type { Filter } from './filter.ts'

/** With `provider.require_parameters` an endpoint must support every parameter that was sent (contract §1.2). */
export const requireParameters: Filter = {
  name: 'require_parameters',
  refuse(endpoint, request) {
    const supported = endpoint.supportedParameters
    if (request.routing.requireParameters !== true || supported === null) return null
    const missing = [...request.sentParameters].filter((name) => !supportsParameter(supported, name))
    if (missing.length === 0) return null
    return { field: 'require_parameters', detail: `it does not support ${missing.join(', ')}` }
  },
}
