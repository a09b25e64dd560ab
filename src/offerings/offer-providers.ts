import type { Quirks } from '../protocols/protocol.ts'
import type { Provider } from '../providers/provider.ts'

/** A provider that can be called now: its file and the configuration combined, with its keys. */
export interface Offer {
  readonly slug: string
  readonly name: string
  readonly protocol: string
  readonly baseUrl: string
  readonly apiKeys: readonly string[]
  readonly dataPolicy: Pick<Provider['dataPolicy'], 'training' | 'retention'>
  readonly quirks: Quirks
  readonly headers: Readonly<Record<string, string>>
  readonly supportedParameters?: readonly string[]
  readonly operations: readonly ('chat' | 'completions')[]
  readonly privacyPolicyUrl: string | null
  readonly termsOfServiceUrl?: string
  readonly statusPageUrl?: string
  readonly headquarters?: string
  readonly datacenters?: readonly string[]
}

/** What a configuration says about a provider: everything about one of its own, or what differs from a built-in one. */
export interface ConfiguredProvider {
  readonly slug: string
  readonly name?: string
  readonly protocol?: string
  readonly baseUrl?: string
  readonly apiKeys: readonly string[]
  readonly dataPolicy?: Offer['dataPolicy']
}

/**
 * A server nobody has described is taken for OpenAI-like in full: it gets the tier and the hashed end user as OpenAI would
 * (contract Appendix A).
 */
const undescribed: Quirks = { serviceTier: true, userField: 'user' }

/** An absent policy counts as the worst (contract §6.21). */
const unknownPolicy: Offer['dataPolicy'] = { training: true, retention: 'unknown' }

/**
 * The providers that can be called: the configured ones, the built-in ones that configured models name, and with `discovery` all
 * whose variables are set. Whether a local server runs that nobody named, only asking it tells.
 */
export function offerProviders(
  builtIn: readonly Provider[],
  configured: readonly ConfiguredProvider[],
  environment: Readonly<Record<string, string>>,
  options: { readonly discovery: boolean; readonly named: ReadonlySet<string> },
): readonly Offer[] {
  const bySlug = new Map(builtIn.map((provider) => [provider.slug, provider]))
  const own = configured.map((provider) => combine(bySlug.get(provider.slug), provider, environment))
  const taken = new Set(configured.map(({ slug }) => slug))
  const others = builtIn
    .filter(({ slug, local }) => !taken.has(slug) && (options.named.has(slug) || (options.discovery && local !== true)))
    .filter((provider) => isEquipped(provider, environment))
    .map((provider) => offer(provider, environment))
  return [...own, ...others]
}

/** What has to be set before a provider can be called. */
export function lackOf(provider: Provider, environment: Readonly<Record<string, string>>): string {
  const { slug, apiKeyVariables, variables = [] } = provider
  const unset = variables.filter((name) => !(name in environment))
  const key = apiKeyVariables.some((name) => name in environment) ? [] : apiKeyVariables.slice(0, 1)
  return `Set ${[...key, ...unset].join(' and ')}, or configure it under providers.${slug}.`
}

/** A built-in provider as it stands, with the keys and addresses that the environment holds. */
export const offer = (provider: Provider, environment: Readonly<Record<string, string>>): Offer =>
  combine(provider, { slug: provider.slug, apiKeys: [] }, environment)

function combine(
  builtIn: Provider | undefined,
  configured: ConfiguredProvider,
  environment: Readonly<Record<string, string>>,
): Offer {
  const found = builtIn?.apiKeyVariables.map((name) => environment[name]).find((value) => value !== undefined)
  return {
    slug: configured.slug,
    name: configured.name ?? builtIn?.name ?? configured.slug,
    protocol: configured.protocol ?? builtIn?.protocol ?? 'chat-completions',
    baseUrl: configured.baseUrl ?? (builtIn === undefined ? '' : fill(builtIn.baseUrl, environment)),
    apiKeys: configured.apiKeys.length > 0 ? configured.apiKeys : found === undefined ? [] : [found],
    dataPolicy: configured.dataPolicy ?? builtIn?.dataPolicy ?? unknownPolicy,
    quirks: builtIn?.quirks ?? undescribed,
    headers: builtIn?.headers ?? {},
    supportedParameters: builtIn?.supportedParameters,
    operations: configured.protocol === 'completions' ? ['completions'] : (builtIn?.operations ?? ['chat']),
    privacyPolicyUrl: builtIn?.privacyPolicyUrl ?? null,
    termsOfServiceUrl: builtIn?.termsOfServiceUrl,
    statusPageUrl: builtIn?.statusPageUrl,
    headquarters: builtIn?.headquarters,
    datacenters: builtIn?.datacenters,
  }
}

const isEquipped = (provider: Provider, environment: Readonly<Record<string, string>>): boolean =>
  (provider.apiKeyVariables.length === 0 || provider.apiKeyVariables.some((name) => name in environment)) &&
  (provider.variables ?? []).every((name) => name in environment)

const fill = (address: string, environment: Readonly<Record<string, string>>): string =>
  address.replace(/\{([A-Z0-9_]+)\}/g, (_, name: string) => environment[name] ?? '')
