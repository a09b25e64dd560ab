import type { Filter } from './filter.ts'

/** The field of the request that holds the media. */
const fields = { messages: 'messages', embeddings: 'input', rerank: 'documents' } as const

/** Leaves out endpoints that do not accept a modality of the input (contract §2.2). */
export const inputModality: Filter = {
  name: 'input_modality',
  verdict: { type: 'unavailable', code: 'no_endpoints' },
  ruleFor({ input }) {
    if (!('modalities' in input) || input.modalities.size === 0) return null
    const field = fields[input.type]
    const held = [...input.modalities]
    return ({ inputModalities }) => {
      const missing = held.find((modality) => !inputModalities.includes(modality))
      return missing === undefined ? null : { field, detail: `it takes no ${missing} input` }
    }
  },
}
