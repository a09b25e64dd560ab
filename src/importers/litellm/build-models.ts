import type { CatalogEntry } from '../../catalog/catalog-entry.ts'
import { modelName } from '../../catalog/model-name.ts'
import { withoutDate } from '../../catalog/resolve-model.ts'
import { priceKinds, type PriceKind } from '../../catalog/price-kinds.ts'
import type { Deployment } from './read-deployment.ts'

type Section = Readonly<Record<string, unknown>>

/** The providers and models that follow from the deployments. */
export interface Built {
  readonly providers: Readonly<Record<string, Section>>
  readonly models: Readonly<Record<string, Section>>
  /** The deployments without a price, neither in the file nor in the catalogue. */
  readonly unpriced: readonly Deployment[]
}

/** Puts deployments together: those with one name are the endpoints of one model, those with one address have one provider. */
export function buildModels(deployments: readonly Deployment[], entries: readonly CatalogEntry[]): Built {
  const known = knownEndpoints(entries)
  const outputsByName = knownOutputs(entries)
  const slugs = providerSlugs(deployments)
  const names = new Map(deployments.map(({ name }) => [name, deployments.filter((other) => other.name === name)]))
  const unpriced: Deployment[] = []
  const models = [...names].map(([name, group]): readonly [string, Section] => {
    const slug = modelSlug(name)
    const sorted = group.toSorted((one, other) => one.order - other.order)
    const facts = sorted.map(({ provider: { slug }, baseModel }) => known(slug, baseModel))
    const context = sorted.map(({ contextLength }, index) => contextLength ?? facts[index]?.entry.contextLength)
    // Two deployments with the same provider and id differ in their key, and the provider has both.
    const unique = sorted.filter(
      (one, index) =>
        sorted.findIndex(
          (other) => slugs.get(other) === slugs.get(one) && other.upstreamModel === one.upstreamModel,
        ) === index,
    )
    const endpoints = unique.map((deployment, index) => {
      const fact = facts[sorted.indexOf(deployment)]
      const pricing = Object.keys(deployment.pricing).length > 0 ? deployment.pricing : fact?.pricing
      if (pricing === undefined && !localProviders.has(deployment.provider.slug)) unpriced.push(deployment)
      const provider = slugs.get(deployment) ?? ''
      const isSecond = unique.findIndex((other) => slugs.get(other) === provider) !== index
      return clean({
        provider,
        model: deployment.upstreamModel,
        tag: isSecond ? `${provider}/${index + 1}` : undefined,
        pricing,
        max_completion_tokens: deployment.maxCompletionTokens ?? undefined,
      })
    })
    const inputs = facts.find((fact) => fact?.entry.inputModalities !== undefined)?.entry.inputModalities
    const outputs = sorted.map(
      ({ outputModalities, baseModel }, index) =>
        outputModalities ?? facts[index]?.entry.outputModalities ?? outputsByName.get(modelName(baseModel)),
    )
    return [
      slug,
      clean({
        aliases: slug === name || !isName.test(name) ? undefined : [name],
        context_length: context.find((length) => length !== undefined),
        input_modalities: inputs,
        output_modalities: outputs.find((modalities) => modalities !== undefined),
        endpoints,
      }),
    ]
  })
  return { providers: buildProviders(deployments, slugs), models: Object.fromEntries(models), unpriced }
}

/** Servers on the operator’s own machine cost nothing. */
const localProviders: ReadonlySet<string | null> = new Set(['ollama', 'lmstudio', 'llama-cpp', 'vllm'])

const isSlug = /^[A-Za-z0-9][A-Za-z0-9._-]*\/[A-Za-z0-9][A-Za-z0-9._:+-]*$/
const isName = /^[A-Za-z0-9][A-Za-z0-9._:+-]*$/

/** Returns the slug of a name: itself where it has an author, else one of the author `litellm`. */
export const modelSlug = (name: string): string =>
  isSlug.test(name)
    ? name
    : `litellm/${name.replaceAll(/[^A-Za-z0-9._:+-]+/g, '-').replace(/^[^A-Za-z0-9]+/, '') || 'model'}`

interface Fact {
  readonly entry: CatalogEntry
  readonly pricing: Readonly<Record<string, number>>
}

const keyOf = (provider: string | null, model: string): string => `${provider} ${model}`

/**
 * Returns the function that finds an endpoint of the catalogue by its provider and model, with its prices in the words of the configuration.
 * Where no endpoint has the name, it is read as the gateway reads names: without its date, and at Bedrock without region and version.
 */
function knownEndpoints(entries: readonly CatalogEntry[]) {
  const isKind = (kind: string): kind is PriceKind => kind in priceKinds
  const exact = new Map<string, Fact>()
  const plain = new Map<string, Fact>()
  for (const entry of entries) {
    for (const { provider, model, pricing } of entry.endpoints) {
      const written = Object.entries(pricing).flatMap(([kind, price]) =>
        isKind(kind) && typeof price === 'number' ? [[priceKinds[kind].wireName, price]] : [],
      )
      const fact = { entry, pricing: Object.fromEntries(written) }
      exact.set(keyOf(provider, model), fact)
      const key = keyOf(provider, plainName(model))
      if (!plain.has(key)) plain.set(key, fact)
    }
  }
  return (provider: string | null, model: string): Fact | undefined =>
    exact.get(keyOf(provider, model)) ?? plain.get(keyOf(provider, plainName(model)))
}

/** Takes off what names a region, a version or a day: `us.anthropic.claude-sonnet-4-5-20250929-v1:0` is `anthropic.claude-sonnet-4-5`. */
const plainName = (model: string): string =>
  withoutDate(
    model
      .replace(/^(us|us-gov|eu|apac|jp|au|ca|sa|global)\./, '')
      .replace(/@20\d{6}$/, '')
      .replace(/(-20\d{6}-v\d+)?(:\d+)?$/, ''),
  )

/**
 * Returns the slug of each deployment’s provider: the built-in one for the first address and account of a provider, and one after the host
 * for others, since a provider here has one address.
 */
function providerSlugs(deployments: readonly Deployment[]): ReadonlyMap<Deployment, string> {
  const slugs = new Map<string, string>()
  return new Map(
    // A provider without an address must have the built-in slug.
    deployments
      .toSorted((one, other) => Number(one.provider.baseUrl !== null) - Number(other.provider.baseUrl !== null))
      .map((deployment) => {
        const { slug, prefix, baseUrl, variables } = deployment.provider
        const identity = JSON.stringify([slug, prefix, baseUrl, variables])
        const taken = new Set(slugs.values())
        const found =
          slugs.get(identity) ?? free([...(slug === null ? [] : [slug]), nameOf(prefix, baseUrl, variables)], taken)
        slugs.set(identity, found)
        return [deployment, found]
      }),
  )
}

/** Returns the first of the wished slugs that is free, else the last one with a number. */
function free(wished: readonly string[], taken: ReadonlySet<string>): string {
  const last = wished.at(-1) ?? 'provider'
  const numbered = Array.from({ length: taken.size + 1 }, (_, index) => `${last}-${index + 2}`)
  return [...wished, ...numbered].find((slug) => !taken.has(slug)) ?? last
}

const azureHost = /\.(openai|services\.ai|cognitiveservices)\.azure\.com/

/** Returns a slug for a provider that is not the built-in one, after its host or its region. */
function nameOf(prefix: string, baseUrl: string | null, variables: Readonly<Record<string, string>>): string {
  const place =
    baseUrl
      ?.replace(/^https?:\/\//, '')
      .replace(azureHost, '')
      .split('/', 1)[0] ??
    Object.values(variables)[0] ??
    ''
  return `${prefix}-${place}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
}

/**
 * Returns what models produce that produce no text, by their plain names: a server of the operator’s own may serve
 * `text-embedding-3-small` too, and LiteLLM’s file need not say that it is no chat.
 */
const knownOutputs = (entries: readonly CatalogEntry[]): ReadonlyMap<string, readonly string[]> =>
  new Map(
    entries.flatMap(({ slug, outputModalities }) =>
      outputModalities === undefined || outputModalities.includes('text') ? [] : [[modelName(slug), outputModalities]],
    ),
  )

function buildProviders(
  deployments: readonly Deployment[],
  slugs: ReadonlyMap<Deployment, string>,
): Built['providers'] {
  const bySlug = Map.groupBy(deployments, (deployment) => slugs.get(deployment) ?? '')
  return Object.fromEntries(
    [...bySlug].map(([slug, group]) => {
      const keys = [...new Set(group.flatMap(({ provider }) => provider.apiKey ?? []))]
      const { provider } = group[0] ?? { provider: { slug: null, baseUrl: null, variables: {}, protocol: undefined } }
      return [
        slug,
        clean({
          base_url: provider.baseUrl ?? undefined,
          protocol: provider.protocol ?? (slug === provider.slug ? undefined : protocols[provider.slug ?? '']),
          api_key: keys.length === 1 ? keys[0] : undefined,
          api_keys: keys.length > 1 ? keys : undefined,
          variables: Object.keys(provider.variables).length > 0 ? provider.variables : undefined,
        }),
      ]
    }),
  )
}

/** The protocols of providers that do not speak chat completions, for a second one of the kind. */
const protocols: Readonly<Record<string, string>> = {
  anthropic: 'messages',
  cohere: 'cohere-chat',
  'amazon-bedrock': 'converse',
  'google-ai-studio': 'generate-content',
  'google-vertex': 'generate-content',
}

/** Leaves out what is undefined. */
export const clean = (section: Section): Section =>
  Object.fromEntries(Object.entries(section).filter(([, value]) => value !== undefined))
