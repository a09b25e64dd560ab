import type { Filter } from './filter.ts'

/** Leaves out endpoints that do not accept a modality in the messages (contract §2.2). */
export const inputModality: Filter = {
  name: 'input_modality',
  verdict: { type: 'unavailable', code: 'no_endpoints' },
  ruleFor({ input }) {
    if (input.type !== 'messages' || input.modalities.size === 0) return null
    const held = [...input.modalities]
    return ({ inputModalities }) => {
      const missing = held.find((modality) => !inputModalities.includes(modality))
      return missing === undefined ? null : { field: 'messages', detail: `it takes no ${missing} input` }
    }
  },
}
