import { aliasesOf } from '../catalog/aliases.ts'
import type { CatalogEntry } from '../catalog/catalog-entry.ts'
import type { Config } from '../config/config.ts'
import type { Provider } from '../providers/provider.ts'
import { lackingVariables } from './offer-providers.ts'

type Setting = Pick<Config, 'file' | 'environment' | 'providers' | 'models' | 'discovery' | 'bareNames'>

/** A model with fifty hosts needs no sentence of fifty variables. */
const mostHosts = 3

/**
 * An endpoint that is configured must not vanish for want of a key.
 * @throws Error that names it, and the variables.
 */
export function refuseUnequipped(
  { file, environment, providers, models }: Setting,
  builtIn: readonly Provider[],
  offered: ReadonlySet<string>,
): void {
  for (const { slug, endpoints } of models) {
    for (const [index, { provider }] of endpoints.entries()) {
      const host = builtIn.find((known) => known.slug === provider)
      // The simulator is started, not equipped.
      if (host === undefined || host.local === true || offered.has(provider)) continue
      const configured = providers.find((known) => known.slug === provider)
      throw new Error(
        `${file ?? 'The configuration'}: models.${slug}.endpoints[${index}] is at ${provider}, which has no credentials. ` +
          adviceFor(provider, lackingVariables(host, environment, configured)),
      )
    }
  }
}

/** What the operator can do for a provider that lacks something. */
export const adviceFor = (slug: string, variables: readonly string[]): string =>
  `Set ${variables.join(' and ')}, or configure it under providers.${slug}.`

/**
 * Makes the function that tells, for a name which the catalogue lists although nobody serves it here, what to set so that somebody
 * does; null for any other name. The catalogue is indexed at the first question, which may never come.
 */
export function modelAdvice(
  { environment, providers, discovery, bareNames }: Setting,
  builtIn: readonly Provider[],
  entries: readonly CatalogEntry[],
): (name: string) => string | null {
  const hosts = new Map(builtIn.map((provider) => [provider.slug, provider]))
  const lacking = (slug: string): readonly string[] =>
    lackingVariables(
      hosts.get(slug),
      environment,
      providers.find((known) => known.slug === slug),
    )
  let find: ((name: string) => CatalogEntry | undefined) | undefined
  return (name) => {
    find ??= finder(entries, bareNames)
    const slugs = [...new Set(find(name)?.endpoints.map(({ provider }) => provider))]
    if (slugs.length === 0) return null
    const more = slugs.length > mostHosts ? ', or what another of its providers needs' : ''
    if (!discovery) {
      return `The catalogue lists it, but discovery is off and none of its providers is configured. Name one under \`providers\`, such as ${slugs.slice(0, mostHosts).join(', ')}.`
    }
    const wanted = slugs.slice(0, mostHosts).map((slug) => `${lacking(slug).join(' and ')} (${slug})`)
    return `The catalogue lists it, but none of its providers has credentials. Set ${wanted.join(', or ')}${more}.`
  }
}

function finder(entries: readonly CatalogEntry[], bareNames: boolean): (name: string) => CatalogEntry | undefined {
  const bySlug = new Map(entries.map((entry) => [entry.slug, entry]))
  const aliases = aliasesOf(entries, bareNames)
  return (name) => bySlug.get(name) ?? bySlug.get(aliases.get(name) ?? '')
}
