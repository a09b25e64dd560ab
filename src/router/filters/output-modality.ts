import type { Filter } from './filter.ts'

/** Leaves out endpoints that do not produce what `modalities` asks for. */
export const outputModality: Filter = {
  name: 'output_modality',
  verdict: { type: 'unavailable', code: 'no_endpoints' },
  ruleFor({ parameters: { modalities } }) {
    if (modalities === undefined) return null
    return ({ outputModalities }) => {
      const missing = modalities.find((modality) => !outputModalities.includes(modality))
      return missing === undefined ? null : { field: 'modalities', detail: `it produces no ${missing}` }
    }
  },
}
