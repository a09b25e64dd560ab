import type { Filter } from './filter.ts'

const field = 'data_collection'

/** With `data_collection: "deny"`, keeps endpoints that neither train on the data nor keep it after the answer (contract §1.2). */
export const dataCollection: Filter = {
  name: 'data_policy:training',
  verdict: { type: 'unavailable', code: 'privacy_restricted' },
  ruleFor({ routing }) {
    if (routing.dataCollection !== 'deny') return null
    return ({ dataPolicy: { training, retention } }) => {
      if (training) return { field, detail: 'it may train on the data' }
      if (retention !== 'none' && retention !== 'transient') return { field, detail: 'it may keep the data' }
      return null
    }
  },
}
