import type { Catalog, Model } from '../../catalog/model.ts'
import { splitVariants } from './variant.ts'
import { fullMatch } from '../../util/pattern.ts'

/** The models by author. They are kept, since a request may name any number of aliases. */
const authors = new WeakMap<Catalog, Map<string, readonly Model[]>>()

/**
 * Returns the newest model of `~author/family-latest` (contract §6.1), among the models whose catalogue entry names the family, else among
 * those whose name begins with it. Null when there is none, or the slug is not of that form. Retired models and variants do not count.
 */
export function latestModel(catalog: Catalog, slug: string): Model | null {
  const [, author, family] = fullMatch(/^~([^/]+)\/(.+)-latest$/, slug) ?? []
  if (author === undefined || family === undefined) return null
  const models = modelsOf(catalog, author)
  const members = models.filter((model) => model.family === family)
  const named = members.length > 0 ? members : models.filter((model) => isNamed(model, family))
  return named.reduce<Model | null>((newest, model) => (model.created > (newest?.created ?? -1) ? model : newest), null)
}

function modelsOf(catalog: Catalog, author: string): readonly Model[] {
  let byAuthor = authors.get(catalog)
  if (byAuthor === undefined) {
    byAuthor = Map.groupBy([...catalog.models.values()].filter(isVisible), (model) => model.author)
    authors.set(catalog, byAuthor)
  }
  return byAuthor.get(author) ?? []
}

const isVisible = ({ slug, endpoints }: Model): boolean =>
  splitVariants(slug).variants.size === 0 && endpoints.some(({ deprecated }) => !deprecated)

/** Tells whether a model's name is that of a family and then another word or a version: `m1` is of `m`, `mini` is not, `m10` is not of `m1`. */
function isNamed({ slug, author }: Model, family: string): boolean {
  const name = slug.slice(author.length + 1)
  if (!name.startsWith(family)) return false
  const seam = name.slice(family.length - 1, family.length + 1)
  return fullMatch(/^([a-z]{2}|\d\d)$/i, seam) === null
}
