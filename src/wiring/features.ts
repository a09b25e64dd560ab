import { GatewayError } from '../canonical/errors.ts'
import type { Facilities } from '../canonical/feature-context.ts'
import type { Catalog } from '../catalog/model.ts'
import { resolveModel } from '../catalog/resolve-model.ts'
import type { Config } from '../config/config.ts'
import { plugins } from '../plugins/_registry.ts'
import type { Plugins } from '../plugins/run-plugins.ts'
import { latestModel } from '../router/resolve/latest-model.ts'
import { serverTools } from '../server-tools/_registry.ts'
import type { ServerToolRegistry } from '../server-tools/tool-loop.ts'
import type { createDispatcher } from '../upstream/dispatcher.ts'
import type { Clock } from '../util/clock.ts'
import { wireEngines } from './engines.ts'

/** Makes the plugins and server tools, and what they work with. */
export function wireFeatures(dependencies: {
  readonly config: Config
  readonly clock: Clock
  readonly dispatcher: ReturnType<typeof createDispatcher>
  readonly catalog: () => Catalog
}): { readonly plugins: Plugins; readonly serverTools: ServerToolRegistry; readonly facilities: Facilities } {
  const { config, clock, dispatcher, catalog } = dependencies
  return {
    plugins: {
      registry: plugins.toSorted((one, other) => one.order - other.order),
      ofAccount: (account) => config.accounts.get(account)?.plugins ?? [],
    },
    serverTools: new Map(serverTools.flatMap((tool) => [tool.type, ...tool.aliases].map((type) => [type, tool]))),
    facilities: {
      clock,
      web: wireEngines({ config, dispatcher, clock }),
      documents: noDocuments,
      download: () => Promise.reject(new GatewayError('invalid_request', 'Downloads are not wired.')),
      models: {
        find: (slug) => resolveModel(catalog(), slug) ?? latestModel(catalog(), slug),
        list: () => [...catalog().models.values()],
      },
    },
  }
}

const noDocuments: Facilities['documents'] = {
  readPage: () => Promise.reject(new Error('Documents are not wired.')),
  readPdf: () => Promise.reject(new Error('Documents are not wired.')),
  close: () => Promise.resolve(),
}
