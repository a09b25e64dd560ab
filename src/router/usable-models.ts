import { catalogueId } from '../catalog/copied-endpoint.ts'
import type { Catalog, Model } from '../catalog/model.ts'
import { listOptions, type UsableCredentials } from './list-options.ts'

/**
 * Lists the models that a caller may use, without the endpoints that are left out of all its requests: those that were retired, those for
 * which the caller has no credential, and those that a key of the account forbids (contract §6.2, §6.17). A model that loses no endpoint
 * stays the same object, so what is kept for it is found.
 */
export function usableModels(context: UsableCredentials & { readonly catalog: Catalog }): readonly Model[] {
  return [...context.catalog.models.values()].flatMap((model) => {
    const options = listOptions({ model, thinking: false, lenientEffort: false }, context)
    const usable = new Set(
      options.flatMap(({ endpoint, barred }) =>
        endpoint.deprecated || barred !== undefined ? [] : catalogueId(endpoint.id),
      ),
    )
    const endpoints = model.endpoints.filter(({ id }) => usable.has(id))
    if (endpoints.length === 0) return []
    return endpoints.length === model.endpoints.length ? model : { ...model, endpoints }
  })
}
