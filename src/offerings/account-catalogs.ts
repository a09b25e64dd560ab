import type { Catalog } from '../catalog/model.ts'
import { RecencyMap } from '../util/recency-map.ts'

/** The most catalogues that are kept. Beyond it, the one that was not used for longest is removed. Each takes up to a megabyte. */
const mostCatalogs = 32

/**
 * Keeps the catalogues of accounts with providers of their own. Accounts with the same providers share one. To build one takes 1 to 7 ms, so
 * it is built when it is first needed.
 */
export function accountCatalogs(build: (providers: readonly string[]) => Catalog): typeof build {
  const built = new RecencyMap<string, Catalog>(mostCatalogs)
  return (providers) => {
    const key = providers.toSorted().join(' ')
    const catalog = built.get(key) ?? build(providers)
    built.set(key, catalog)
    return catalog
  }
}
