import type { Filter } from './filter.ts'

/** What `modalities` asks for, the endpoint must produce. */
export const outputModality: Filter = {
  name: 'output_modality',
  refuse(endpoint, request) {
    const missing = request.parameters.modalities?.find((modality) => !endpoint.outputModalities.includes(modality))
    return missing === undefined ? null : { field: 'modalities', detail: `it produces no ${missing}` }
  },
}
