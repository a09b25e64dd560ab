import { trimEnd } from '../util/trim-end.ts'
import type { DomainFilter } from './web-engines.ts'

interface Site {
  /** In lower case and ASCII. */
  readonly host: string
  /** Empty for the whole domain. Without a trailing slash. */
  readonly path: string
}

/**
 * Makes the function that tells whether an address is within a filter: in one of the allowed domains, if there are any, and in none of the
 * excluded ones. An entry that is no domain matches nothing. Only http and https addresses are within any filter.
 */
export function isWithin({ allowedDomains = [], excludedDomains = [] }: DomainFilter): (address: string) => boolean {
  const allowed = pathsByHost(allowedDomains)
  const excluded = pathsByHost(excludedDomains)
  return (address) => {
    const url = URL.parse(address)
    if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false
    return (allowedDomains.length === 0 || isIn(url, allowed)) && !isIn(url, excluded)
  }
}

/**
 * Returns the first entries of a filter in the form that engines take: without scheme, wildcard, dots at the ends, and what is no domain.
 * Undefined where there are none.
 */
export function plainDomains(entries: readonly string[] = [], most = 200): readonly string[] | undefined {
  const domains = entries.map(siteOf).flatMap((site) => (site === null ? [] : [site.host + site.path]))
  return domains.length === 0 ? undefined : domains.slice(0, most)
}

/**
 * Adds `site:` operators to a query, for engines without another filter. As many are added as fit; fewer allowed domains mean fewer
 * results, and none from elsewhere. No engine takes an operator for granted, so results are filtered afterwards too.
 */
export function withSiteOperators(
  query: string,
  { allowedDomains, excludedDomains }: DomainFilter,
  most: { readonly characters: number; readonly words: number } = { characters: 2_000, words: 100 },
): string {
  const fits = (text: string): boolean => text.length <= most.characters && text.split(' ').length <= most.words
  let allowed = ''
  for (const domain of plainDomains(allowedDomains) ?? []) {
    const longer = allowed === '' ? `site:${domain}` : `${allowed} OR site:${domain}`
    if (!fits(`${query} (${longer})`)) break
    allowed = longer
  }
  // Some engines bind OR more loosely than the space before it.
  let text = allowed === '' ? query : `${query} ${allowed.includes(' ') ? `(${allowed})` : allowed}`
  for (const domain of plainDomains(excludedDomains) ?? []) {
    const longer = `${text} -site:${domain}`
    if (!fits(longer)) break
    text = longer
  }
  return text
}

/** Reads `example.com`, `*.example.com`, `.gov`, `example.com/blog` and `https://example.com/blog`; null for what is no domain. */
function siteOf(entry: string): Site | null {
  const text = entry.trim().toLowerCase()
  const rest = text.slice(text.indexOf('://') === -1 ? 0 : text.indexOf('://') + 3)
  const bare = rest.startsWith('*.') ? rest.slice(2) : rest.startsWith('.') ? rest.slice(1) : rest
  const url = URL.parse(`http://${bare}`)
  if (url === null || url.hostname === '' || bare.includes(' ')) return null
  // Paths distinguish letter cases, and the entry is in lower case: `isWithin` compares them in lower case.
  return { host: trimEnd(url.hostname, '.'), path: trimEnd(url.pathname.replaceAll('*', ''), '/') }
}

type PathsByHost = ReadonlyMap<string, ReadonlySet<string>>

/** Reads the entries once, however many addresses are asked about. */
function pathsByHost(entries: readonly string[]): PathsByHost {
  const paths = new Map<string, Set<string>>()
  for (const site of entries.map(siteOf)) {
    if (site === null) continue
    const ofHost = paths.get(site.host)
    if (ofHost === undefined) paths.set(site.host, new Set([site.path]))
    else ofHost.add(site.path)
  }
  return paths
}

/** Tells whether the host of an address, or a domain above it, is listed with a path that is that of the address or above it. */
function isIn(url: URL, sites: PathsByHost): boolean {
  const path = url.pathname.toLowerCase()
  for (const host of endings(trimEnd(url.hostname, '.'))) {
    for (const above of sites.get(host) ?? []) {
      if (above === '' || path === above || path.startsWith(`${above}/`)) return true
    }
  }
  return false
}

/** Yields a host and the domains above it. */
function* endings(host: string): Generator<string, void, void> {
  yield host
  for (let dot = host.indexOf('.'); dot !== -1; dot = host.indexOf('.', dot + 1)) yield host.slice(dot + 1)
}
