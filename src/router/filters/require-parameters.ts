import { sentParameters, supportsParameter } from '../../canonical/parameter-name.ts'
import type { Filter } from './filter.ts'

/** With `provider.require_parameters`, keeps endpoints that support every parameter that was sent (contract §1.2). */
export const requireParameters: Filter = {
  name: 'require_parameters',
  verdict: { type: 'unavailable', code: 'constraint_filtered' },
  ruleFor(request) {
    if (request.routing.requireParameters !== true) return null
    const sent = [...sentParameters(request)]
    return ({ supportedParameters: supported }) => {
      const missing = sent.filter((name) => !supportsParameter(supported, name))
      if (missing.length === 0) return null
      return { field: 'require_parameters', detail: `it does not support ${missing.join(', ')}` }
    }
  },
}
