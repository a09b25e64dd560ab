import type { Filter } from './filter.ts'

/** `data_collection: "deny"` leaves those who neither train on the data nor keep it once they have answered (contract §1.2). */
export const dataCollection: Filter = {
  name: 'data_policy:training',
  refuse({ dataPolicy: { training, retention } }, { routing }) {
    if (routing.dataCollection !== 'deny') return null
    const field = 'data_collection'
    if (training) return { field, detail: 'it may train on the data' }
    if (retention !== 'none' && retention !== 'transient') return { field, detail: 'it may keep the data' }
    return null
  },
}
