import { auto, autoBeta } from './auto.ts'
import { free } from './free.ts'
import { fusion, fusionFlash } from './fusion.ts'
import { pareto } from './pareto.ts'
import type { RouterModel } from './router-model.ts'
import { fullMatch } from '../../../util/pattern.ts'

const built: ReadonlyMap<string, RouterModel> = new Map([
  ['auto', auto],
  ['auto-beta', autoBeta],
  ['free', free],
  ['fusion', fusion],
  ['fusion-flash', fusionFlash],
  ['pareto-code', pareto],
])
const unbuilt: ReadonlySet<string> = new Set(['bodybuilder'])

/** The slugs of the router models. */
export const routerSlugs: readonly string[] = [...built.keys()].map((name) => `openrouter/${name}`)

/** Finds a router model by its slug, with `openrouter/` or `waygate/`; null where there is none. */
export function findRouterModel(slug: string): RouterModel | 'not built yet' | null {
  const name = fullMatch(/^(?:openrouter|waygate)\/(.+)$/, slug)?.[1] ?? ''
  return built.get(name) ?? (unbuilt.has(name) ? 'not built yet' : null)
}
