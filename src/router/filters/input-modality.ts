import type { Filter } from './filter.ts'

/** What the messages hold, the endpoint must take (contract §2.2). */
export const inputModality: Filter = {
  name: 'input_modality',
  refuse(endpoint, request) {
    if (request.input.type !== 'messages' || request.input.modalities.size === 0) return null
    const missing = [...request.input.modalities].find((modality) => !endpoint.inputModalities.includes(modality))
    return missing === undefined ? null : { field: 'messages', detail: `it takes no ${missing} input` }
  },
}
