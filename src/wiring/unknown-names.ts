import type { Config } from '../config/config.ts'
import type { Offerings } from '../offerings/offerings.ts'
import { unknownSlugWarning } from '../offerings/unknown-routed-slugs.ts'
import { renamer } from '../router/resolve/rename.ts'
import { findNamed } from '../router/resolve/resolve.ts'
import { findRouterModel } from '../router/resolve/router-models/find-router-model.ts'
import { splitVariants } from '../router/resolve/variant.ts'

/**
 * Returns a warning for `default_model` and for each alias that leads to a model that neither the catalogue nor the configuration has, as
 * `unknownRoutedSlugs` does for `routing`: a model whose provider has no key yet is known.
 */
export function unknownNames(
  { defaultModel, aliases, file }: Pick<Config, 'defaultModel' | 'aliases' | 'file'>,
  { catalog, adviceFor }: Pick<Offerings, 'catalog' | 'adviceFor'>,
): readonly string[] {
  const offered = catalog()
  const isKnown = (slug: string): boolean => {
    const { base } = splitVariants(slug)
    const isListed = findNamed(slug, { catalog: offered }) !== null || offered.models.has(base)
    return isListed || findRouterModel(base) !== null || adviceFor(base) !== null
  }
  // What an alias makes of the default model is checked with the alias.
  const isRenamed = defaultModel !== null && renamer(aliases)(defaultModel) !== defaultModel
  const named = [
    ...(defaultModel === null || isRenamed ? [] : [{ path: 'default_model', slug: defaultModel }]),
    ...[...aliases].map(([name, slug]) => ({ path: `aliases.${name}`, slug })),
  ]
  return named
    .filter(({ slug }) => !isKnown(slug))
    .map(({ path, slug }) => unknownSlugWarning(file, path, slug, offered.models.keys()))
}
