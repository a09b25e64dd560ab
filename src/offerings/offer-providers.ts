import type { DataPolicy } from '../catalog/endpoint.ts'
import type { ListedProvider, OfferedProvider } from '../catalog/offered-provider.ts'
import type { ProviderConfig } from '../config/config.ts'
import type { Dialect, QuirksByLanguage, Services, SpokenLanguage, UpstreamLanguage } from '../protocols/protocol.ts'
import { toolsOfLanguage } from '../providers/native-tools.ts'
import { bedrockServices, cohereServices, openAiServices } from '../providers/services.ts'
import type { Provider } from '../providers/provider.ts'
import { bearer, keyHeader } from '../upstream/sign/api-key.ts'
import type { Sign } from '../upstream/sign/sign.ts'
import type { UpstreamProvider } from '../upstream/upstream-provider.ts'
import { gatewayCredentials } from './gateway-credentials.ts'

/** A provider that can be called now: its file and the configuration combined, with its keys. */
export type Offer = UpstreamProvider & OfferedProvider & ListedProvider

/**
 * The quirks of a server without a file of its own. It is treated like the vendor of its protocol in full: for example, it gets the service
 * tier and the hashed end user, as OpenAI would (contract Appendix A).
 */
const vendorQuirks: QuirksByLanguage = {
  'chat-completions': { maxTokensField: 'either', streamUsage: 'unless-refused', serviceTier: true, userField: 'user' },
  completions: { streamUsage: 'unless-refused', serviceTier: true, userField: 'user' },
  responses: { serviceTier: true, userField: 'user' },
  messages: { serviceTier: true },
  'generate-content': { serviceTier: true },
  converse: {},
  'cohere-chat': {},
}

/** What a server without a file of its own serves besides chats, by the language of its chats. */
const vendorServices: Readonly<Record<UpstreamLanguage, Services>> = {
  'chat-completions': openAiServices,
  completions: openAiServices,
  responses: openAiServices,
  messages: {},
  'generate-content': { embeddings: [{ language: 'google', maxInputs: 100 }] },
  converse: bedrockServices,
  'cohere-chat': cohereServices,
}

/** How an operator's own server receives its key: in the way of the vendor whose protocol it has. */
const usualSign: Readonly<Record<string, Sign>> = {
  messages: keyHeader('x-api-key'),
  'generate-content': keyHeader('x-goog-api-key'),
}

/** A missing policy is treated as the worst (contract §6.21). */
const unknownPolicy: DataPolicy = { training: true, retention: 'unknown' }

/**
 * Returns the providers that can be called: configured ones that lack nothing, built-in ones that configured models name, and with
 * `discovery` all whose variables are set. Local servers that are not configured are found only by a request, elsewhere.
 */
export function offerProviders(
  builtIn: readonly Provider[],
  configured: readonly ProviderConfig[],
  environment: Readonly<Record<string, string>>,
  options: { readonly discovery: boolean; readonly named: ReadonlySet<string> },
): readonly Offer[] {
  const bySlug = new Map(builtIn.map((provider) => [provider.slug, provider]))
  const own = configured
    .filter((provider) => lackingVariables(bySlug.get(provider.slug), environment, provider).length === 0)
    .map((provider) => combine(bySlug.get(provider.slug), provider, environment))
  const taken = new Set(configured.map(({ slug }) => slug))
  const others = builtIn
    .filter(({ slug, local }) => !taken.has(slug) && (options.named.has(slug) || (options.discovery && local !== true)))
    .filter((provider) => lackingVariables(provider, environment).length === 0)
    .map((provider) => offer(provider, environment))
  return [...own, ...others]
}

/**
 * Returns the environment variables that must be set before a provider can be called. Where several sets would do, returns the usual one.
 */
export function lackingVariables(
  provider: Provider | undefined,
  environment: Readonly<Record<string, string>>,
  configured?: ProviderConfig,
): readonly string[] {
  // A server at an address of the operator's own may need no key.
  if (provider === undefined || configured?.baseUrl !== undefined) return []
  const { apiKeyVariables, credentialVariables = [], variables = [], variableDefaults = {} } = provider
  const values = { ...environment, ...configured?.variables }
  const isSet = (name: string): boolean => name in values
  const unset = variables.filter((name) => !isSet(name) && !(name in variableDefaults))
  const hasCredentials =
    (configured !== undefined && configured.apiKeys.length > 0) ||
    apiKeyVariables.some(isSet) ||
    credentialVariables.some((names) => names.every(isSet)) ||
    // AWS and Google can give credentials to the machine itself, without a variable. There it is enough that the provider is configured.
    (configured !== undefined && credentialVariables.length > 0)
  const usual = apiKeyVariables.length > 0 ? apiKeyVariables.slice(0, 1) : (credentialVariables[0] ?? [])
  return [...(hasCredentials ? [] : usual), ...unset]
}

/** Combines a built-in provider with the keys and addresses from the environment. */
export const offer = (provider: Provider, environment: Readonly<Record<string, string>>): Offer =>
  combine(provider, { slug: provider.slug, apiKeys: [] }, environment)

/**
 * Combines a provider's file with its configuration.
 * @param builtIn Undefined for a provider of the operator's own.
 */
export function combine(
  builtIn: Provider | undefined,
  configured: ProviderConfig,
  environment: Readonly<Record<string, string>>,
): Offer {
  const values = { ...environment, ...configured.variables }
  const variables = builtIn === undefined ? {} : variablesOf(builtIn, values)
  const protocol = configured.protocol ?? builtIn?.protocol ?? 'chat-completions'
  // They belong to the provider's own protocol, as its dialects do.
  const ownTools = configured.protocol === undefined ? (builtIn?.nativeTools ?? []) : []
  const found = (builtIn?.apiKeyVariables ?? []).flatMap((name) => values[name] ?? []).slice(0, 1)
  return {
    slug: configured.slug,
    name: configured.name ?? builtIn?.name ?? configured.slug,
    ...withStreamOptions(languageOf(protocol, builtIn), configured.streamOptions),
    baseUrl: configured.baseUrl ?? (builtIn === undefined ? '' : addressOf(builtIn, variables)),
    credentials: gatewayCredentials(configured.slug, configured.apiKeys.length > 0 ? configured.apiKeys : found),
    dataPolicy: configured.dataPolicy ?? builtIn?.dataPolicy ?? unknownPolicy,
    dialects: dialectsOf(configured, builtIn),
    services: servicesOf(configured, builtIn),
    sign: builtIn?.sign ?? usualSign[protocol] ?? bearer,
    variables,
    headers: builtIn?.headers ?? {},
    supportedParameters: builtIn?.supportedParameters,
    nativeTools: [...ownTools, ...(toolsOfLanguage[protocol] ?? [])],
    operations: configured.protocol === 'completions' ? ['completions'] : (builtIn?.operations ?? ['chat']),
    cancels: builtIn?.cancels,
    privacyPolicyUrl: builtIn?.privacyPolicyUrl ?? null,
    termsOfServiceUrl: builtIn?.termsOfServiceUrl,
    statusPageUrl: builtIn?.statusPageUrl,
    headquarters: builtIn?.headquarters,
    datacenters: configured.datacenters ?? builtIn?.datacenters,
  }
}

/** Returns a provider's protocol and quirks. Quirks belong to the provider's own protocol; with another one the defaults apply. */
const languageOf = (protocol: UpstreamLanguage, builtIn: Provider | undefined): SpokenLanguage =>
  builtIn?.protocol === protocol ? languagePartOf(builtIn) : defaultsOf(protocol)

function defaultsOf<Language extends UpstreamLanguage>(protocol: Language): SpokenLanguage<Language> {
  return { protocol, quirks: vendorQuirks[protocol] }
}

/** Returns only the protocol and the quirks of a provider. */
const languagePartOf = <Language extends UpstreamLanguage>({
  protocol,
  quirks,
}: SpokenLanguage<Language>): SpokenLanguage<Language> => ({ protocol, quirks })

function withStreamOptions(spoken: SpokenLanguage, streamUsage: boolean | undefined): SpokenLanguage {
  if (streamUsage === undefined) return spoken
  const { protocol, quirks } = spoken
  if (protocol === 'chat-completions') return { protocol, quirks: { ...quirks, streamUsage } }
  return protocol === 'completions' ? { protocol, quirks: { ...quirks, streamUsage } } : spoken
}

/** Returns how a provider is asked for what is no chat: as configured, as its file says, or as its language suggests. */
function servicesOf({ protocol, services: written }: ProviderConfig, builtIn: Provider | undefined): Services {
  const usual =
    builtIn !== undefined && protocol === undefined
      ? (builtIn.services ?? {})
      : vendorServices[protocol ?? builtIn?.protocol ?? 'chat-completions']
  return { ...usual, ...written }
}

/** Returns the dialects of a provider. They belong to its own protocol; with another one there are none. */
function dialectsOf({ protocol, streamOptions }: ProviderConfig, builtIn: Provider | undefined): readonly Dialect[] {
  const dialects = protocol === undefined ? (builtIn?.dialects ?? []) : []
  if (streamOptions === undefined) return dialects
  return dialects.map((dialect) =>
    dialect.protocol === 'chat-completions'
      ? { ...dialect, quirks: { ...dialect.quirks, streamUsage: streamOptions } }
      : dialect,
  )
}

/** Returns all environment variables that a provider's file names, except those for API keys. */
export const variableNames = (provider: Provider): readonly string[] => [
  ...(provider.variables ?? []),
  ...(provider.credentialVariables ?? []).flat(),
  ...(provider.optionalVariables ?? []),
]

function variablesOf(
  provider: Provider,
  environment: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const set = variableNames(provider).flatMap((name) => {
    const value = environment[name] ?? provider.variableDefaults?.[name]
    return value === undefined ? [] : [[name, value]]
  })
  return Object.fromEntries(set)
}

function addressOf({ baseUrl, addressParts }: Provider, variables: Readonly<Record<string, string>>): string {
  const parts = { ...variables, ...addressParts?.(variables) }
  return baseUrl.replace(/\{(\w+)\}/g, (_, name: string) => parts[name] ?? '')
}
