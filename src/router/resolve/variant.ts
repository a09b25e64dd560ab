import { resolveModel } from '../../catalog/resolve-model.ts'
import type { Tier } from '../../catalog/endpoint.ts'
import type { Catalog, Model } from '../../catalog/model.ts'
import type { PluginRequest } from '../../canonical/plugin-request.ts'
import type { SortKey } from '../../canonical/routing-preferences.ts'
import { freeVariant } from './free-variant.ts'
import { isMiss, type Miss } from './miss.ts'

/** The variants that may be models of their own, where the catalogue lists them by that name (contract §6.1). */
const ownModels = ['free', 'extended', 'thinking', 'batch'] as const
/** The variants that change how an endpoint of the model is chosen. */
const routingVariants = ['nitro', 'floor', 'exacto'] as const
/** The variants that stand for a plugin. */
const pluginVariants = ['online'] as const

export type Variant = (typeof ownModels)[number] | (typeof routingVariants)[number] | (typeof pluginVariants)[number]

const known: ReadonlySet<string> = new Set<Variant>([...ownModels, ...routingVariants, ...pluginVariants])
const isVariant = (word: string | undefined): word is Variant => word !== undefined && known.has(word)

/** A slug, split into its base and its variants. */
export interface VariedSlug {
  readonly slug: string
  readonly base: string
  readonly variants: ReadonlySet<Variant>
}

/** Splits the variants off the end of a slug. There may be several, in any order. Other colons belong to the name. */
export function splitVariants(slug: string): VariedSlug {
  const words = slug.split(':')
  let end = words.length
  while (end > 1 && isVariant(words[end - 1])) end--
  return { slug, base: words.slice(0, end).join(':'), variants: new Set(words.slice(end).filter(isVariant)) }
}

/** Returns the miss for a name that is listed without the part after its colon; null where it is not listed either way. */
export function unknownVariant(base: string, isKnown: (name: string) => boolean): Miss | null {
  const colon = base.indexOf(':')
  if (colon === -1 || !isKnown(base.slice(0, colon))) return null
  const names = [...known].map((variant) => `:${variant}`).join(', ')
  return {
    code: 'model_not_found',
    message: `${base} is not a valid model ID: ${base.slice(0, colon)} has no variant "${base.slice(colon)}". Known variants are ${names}.`,
  }
}

/** Returns the requested variant of a model: the model that is listed by that name, else one that is derived from the plain model. */
export function inVariant(catalog: Catalog, model: Model, wanted: ReadonlySet<Variant>): Model | Miss {
  let found: Model | Miss = listedVariant(catalog, model.slug, wanted) ?? model
  for (const variant of ownModels) {
    if (isMiss(found)) return found
    if (wanted.has(variant) && !found.slug.split(':').includes(variant)) found = derived(found, variant)
  }
  return found
}

/** Finds a model that is listed with some of the variants in its name, whether or not the name without them is listed. */
export function listedVariant(catalog: Catalog, name: string, wanted: ReadonlySet<Variant>): Model | null {
  const left = ownModels.filter((variant) => wanted.has(variant))
  for (const variant of left) {
    const listed = resolveModel(catalog, `${name}:${variant}`)
    if (listed === null) continue
    return listedVariant(catalog, listed.slug, new Set(left.filter((other) => other !== variant))) ?? listed
  }
  return null
}

function derived(model: Model, variant: (typeof ownModels)[number]): Model | Miss {
  const { slug } = model
  const code = 'model_not_found'
  switch (variant) {
    case 'free':
      return (
        freeVariant(model) ?? {
          code: 'free_variant_ended',
          message: `${slug} has no free endpoint. Without \`:free\` it is served at its price.`,
          fallbackModels: [slug],
        }
      )
    case 'thinking':
      if (model.reasoning !== null) return model
      return { code, message: `${slug}:thinking is not a valid model ID: ${slug} does not reason.` }
    case 'extended':
    case 'batch':
      return { code, message: `${slug}:${variant} is not a valid model ID: ${slug} is not listed in that variant.` }
  }
}

/** Returns what the variants say about the choice of endpoints (contract §6.1). `:nitro` and `:floor` take precedence over `:exacto`. */
export function endpointPreference(wanted: ReadonlySet<Variant>): { readonly sort?: SortKey; readonly admits?: Tier } {
  if (wanted.has('nitro')) return { sort: 'throughput', admits: 'priority' }
  if (wanted.has('floor')) return { sort: 'price', admits: 'flex' }
  return wanted.has('exacto') ? { sort: 'exacto' } : {}
}

/** Returns the miss for a slug with both `:nitro` and `:floor`, which ask for opposite orders; null for any other. */
export const contradiction = ({ slug, variants }: VariedSlug): Miss | null =>
  variants.has('nitro') && variants.has('floor')
    ? {
        code: 'model_not_found',
        message: `${slug} is not a valid model ID: \`:nitro\` and \`:floor\` contradict each other.`,
      }
    : null

/** Returns the plugins that the variants stand for: `:online` searches the web (contract §6.1). */
export const pluginsOf = (wanted: ReadonlySet<Variant>): readonly PluginRequest[] =>
  wanted.has('online') ? [{ id: 'web', enabled: true, settings: {} }] : []
