import type { Documents } from '../canonical/documents.ts'
import type { Facilities } from '../canonical/feature-context.ts'
import type { Catalog } from '../catalog/model.ts'
import { resolveModel } from '../catalog/resolve-model.ts'
import type { Config } from '../config/config.ts'
import { plugins } from '../plugins/_registry.ts'
import type { Plugins } from '../plugins/run-plugins.ts'
import { latestModel } from '../router/resolve/latest-model.ts'
import { serverTools } from '../server-tools/_registry.ts'
import type { ServerToolRegistry } from '../server-tools/tool-loop.ts'
import { createCallEngine } from '../upstream/call-engine.ts'
import type { createDispatcher } from '../upstream/dispatcher.ts'
import type { Clock } from '../util/clock.ts'
import { type Guarded, wireDownloads } from './downloads.ts'
import { wireEngines } from './engines.ts'
import { wireModeration } from './moderation.ts'
import { wireOcr } from './ocr.ts'

/** Makes the plugins and server tools, and what they work with. */
export function wireFeatures(dependencies: {
  readonly config: Config
  readonly clock: Clock
  readonly dispatcher: ReturnType<typeof createDispatcher>
  readonly guarded: Guarded
  readonly catalog: () => Catalog
  readonly documents: Documents
}): { readonly plugins: Plugins; readonly serverTools: ServerToolRegistry; readonly facilities: Facilities } {
  const { config, clock, catalog, documents } = dependencies
  const callEngine = createCallEngine(dependencies)
  return {
    plugins: {
      registry: plugins.toSorted((one, other) => one.order - other.order),
      ofAccount: (account) => config.accounts.get(account)?.plugins ?? [],
    },
    serverTools: new Map(serverTools.flatMap((tool) => [tool.type, ...tool.aliases].map((type) => [type, tool]))),
    facilities: {
      clock,
      web: wireEngines(dependencies),
      documents,
      download: wireDownloads(config, dependencies.guarded),
      moderation: wireModeration(config, callEngine),
      ocr: wireOcr(config, callEngine),
      models: {
        find: (slug) => resolveModel(catalog(), slug) ?? latestModel(catalog(), slug),
        list: () => [...catalog().models.values()],
      },
    },
  }
}
