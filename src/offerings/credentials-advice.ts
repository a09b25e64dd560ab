import { withoutDate } from '../catalog/resolve-model.ts'
import { aliasesOf } from '../catalog/aliases.ts'
import type { CatalogEntry } from '../catalog/catalog-entry.ts'
import type { Config } from '../config/config.ts'
import type { Provider } from '../providers/provider.ts'
import { lackingVariables } from './offer-providers.ts'

type Setting = Pick<Config, 'file' | 'environment' | 'providers' | 'models' | 'discovery' | 'bareNames'>

/** A model may have fifty hosts. The advice names the variables of only this many. */
const mostHosts = 3

/**
 * Refuses a configuration with an endpoint whose provider has no credentials, because such an endpoint would silently be missing.
 * @throws Error that names the endpoint and the variables.
 */
export function refuseMissingCredentials(
  { file, environment, providers, models }: Setting,
  builtIn: readonly Provider[],
  offered: ReadonlySet<string>,
): void {
  for (const { slug, endpoints } of models) {
    for (const [index, { provider }] of endpoints.entries()) {
      const host = builtIn.find((known) => known.slug === provider)
      // The simulator needs no credentials. It is offered once it has been started.
      if (host === undefined || host.local === true || offered.has(provider)) continue
      const configured = providers.find((known) => known.slug === provider)
      throw new Error(
        `${file ?? 'The configuration'}: models.${slug}.endpoints[${index}] is at ${provider}, which has no credentials. ` +
          adviceFor(provider, lackingVariables(host, environment, configured)),
      )
    }
  }
}

/** Returns what the operator can do for a provider that lacks credentials. */
export const adviceFor = (slug: string, variables: readonly string[]): string =>
  `Set ${variables.join(' and ')}, or configure it under providers.${slug}.`

/**
 * Creates a function that returns, for a model of the catalogue which no offered provider serves, which variables to set so that one does.
 * It returns null for any other name. The catalogue is indexed at the first call, because there may never be one.
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
  const listed = (name: string): CatalogEntry | undefined => bySlug.get(name) ?? bySlug.get(aliases.get(name) ?? '')
  return (name) => listed(name) ?? listed(withoutDate(name))
}
