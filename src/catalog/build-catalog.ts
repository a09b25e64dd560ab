import type { CatalogEntry, CatalogEntryEndpoint, CatalogEntryOverride } from './catalog-entry.ts'
import type { OfferedProvider, ProviderNativeTool, ServiceRange } from './offered-provider.ts'
import { aliasesOf } from './aliases.ts'
import { type ItemOperation, type Operation, operations, outputsOf } from '../canonical/operation.ts'
import type { ParameterName } from '../canonical/parameter-name.ts'
import type { Endpoint } from './endpoint.ts'
import type { Catalog, Model } from './model.ts'
import { parameterNames } from '../canonical/parameter-name.ts'
import { type KnownModels, knownModels } from './known-models.ts'
import { priceListToPico } from './pico-usd.ts'
import { mapPrices, type PriceList } from './price-kinds.ts'
import type { Template } from './template.ts'
import { search } from '../util/pattern.ts'

export interface CatalogInput {
  readonly entries: readonly CatalogEntry[]
  /** The operator's own models, in configured order. */
  readonly overrides: readonly CatalogEntryOverride[]
  readonly providers: readonly OfferedProvider[]
  /** Whether clients may call models by their names without the author. Default: true. */
  readonly bareNames?: boolean
}

/**
 * Builds the catalogue of what clients can request now: the entries with the operator's changes, reduced to the endpoints whose provider is
 * offered.
 * @throws Error that names the entry when one extends a model that does not exist, has two endpoints with one tag, or has an invalid price
 *   or date.
 */
export function buildCatalog({ entries, overrides, providers, bareNames = true }: CatalogInput): Catalog {
  const build = modelBuilder(new Map(providers.map((provider) => [provider.slug, provider])), knownModels(entries))
  const models = new Map<string, Model>()
  for (const entry of withOverrides(entries, overrides).values()) {
    const model = build(entry)
    if (model.endpoints.length > 0) models.set(model.slug, model)
  }
  const named = [...models.values()].map(({ slug, aliases, endpoints }) => ({
    slug,
    aliases,
    upstreamNames: endpoints.map(({ upstreamModel }) => upstreamModel),
  }))
  return { models, aliases: aliasesOf(named, bareNames) }
}

function withOverrides(
  entries: readonly CatalogEntry[],
  overrides: readonly CatalogEntryOverride[],
): ReadonlyMap<string, CatalogEntry> {
  const bySlug = new Map(entries.map((entry) => [entry.slug, entry]))
  for (const override of overrides) {
    bySlug.set(override.slug, override.extends ? extended(bySlug.get(override.slug), override) : override)
  }
  return bySlug
}

/** Applies an operator's entry. Its values have priority, and an endpoint with the same tag replaces the catalogue's. */
function extended(entry: CatalogEntry | undefined, override: CatalogEntryOverride): CatalogEntry {
  if (entry === undefined) {
    throw new Error(`Model ${override.slug} says \`extends\`, but the catalogue has no model of that name to extend.`)
  }
  const tags = new Set(override.endpoints.map(tagOf))
  const given = Object.fromEntries(Object.entries(override).filter(([, value]) => value !== undefined))
  return {
    ...entry,
    ...given,
    aliases: [...(entry.aliases ?? []), ...(override.aliases ?? [])],
    endpoints: [...entry.endpoints.filter((endpoint) => !tags.has(tagOf(endpoint))), ...override.endpoints],
  }
}

function tagOf({ tag, tier = 'default', provider }: CatalogEntryEndpoint): string {
  return tag ?? (tier === 'default' ? provider : `${provider}/${tier}`)
}

function modelBuilder(
  providers: ReadonlyMap<string, OfferedProvider>,
  known: KnownModels,
): (entry: CatalogEntry) => Model {
  const parametersOf = parameterSets()

  const endpoint = (entry: CatalogEntry, written: CatalogEntryEndpoint, provider: OfferedProvider): Endpoint => {
    const id = `${entry.slug}@${tagOf(written)}`
    const template = known.template(entry.slug, written.model)
    const native = nativeToolsOf(written, provider, id)
    const outputs = outputModalitiesOf(entry)
    return {
      id,
      model: entry.slug,
      provider: provider.slug,
      providerName: provider.name,
      tag: tagOf(written),
      tier: written.tier ?? 'default',
      upstreamModel: written.model,
      pricing: priceListToPico(withPrices(written.pricing, native), `Endpoint ${id}`),
      contextLength: written.contextLength ?? entry.contextLength ?? null,
      maxCompletionTokens: written.maxCompletionTokens ?? null,
      quantization: written.quantization ?? null,
      dataPolicy: provider.dataPolicy,
      distillable: entry.distillable ?? false,
      supportedParameters: parametersOf(written, provider, template),
      operations: written.operations ?? operationsAt(provider, written.model, outputs),
      mostImages: serviceFor(provider, 'images', written.model)?.mostImages,
      maxInputs: written.maxInputs ?? serviceFor(provider, 'embeddings', written.model)?.maxInputs,
      wholeReplies: wholeRepliesAt(provider, written.model),
      inputModalities: written.inputModalities ?? entry.inputModalities ?? text,
      outputModalities: outputs,
      nativeTools: native.map(({ models: _, pricing: __, ...support }) => support),
      prefill: written.prefill ?? false,
      cancels: provider.cancels,
      deprecated: written.deprecated ?? false,
      reasoning: reasoningOf(known.reasoning(entry, written.model)),
      template,
    }
  }

  return (entry) => {
    const endpoints = withTierPrices(
      entry.endpoints.flatMap((written) => {
        const provider = providers.get(written.provider)
        return provider === undefined ? [] : [endpoint(entry, written, provider)]
      }),
    )
    refuseTwins(endpoints)
    return {
      slug: entry.slug,
      name: entry.name ?? entry.slug,
      author: entry.slug.split('/', 1)[0] ?? entry.slug,
      family: entry.family,
      created: unixSeconds(entry),
      contextLength: entry.contextLength ?? null,
      inputModalities: entry.inputModalities ?? text,
      outputModalities: outputModalitiesOf(entry),
      reasoning: reasoningOf(known.reasoning(entry, entry.endpoints[0]?.model)),
      knowledgeCutoff: entry.knowledgeCutoff,
      openWeights: entry.openWeights,
      distillable: entry.distillable ?? false,
      aliases: entry.aliases ?? [],
      endpoints,
    }
  }
}

const text: readonly string[] = ['text']

/** Returns what a model gives. Where that is not written, it follows from the operations of its endpoints; otherwise it is text. */
function outputModalitiesOf({ outputModalities, endpoints }: CatalogEntry): readonly string[] {
  if (outputModalities !== undefined) return outputModalities
  const written = endpoints.flatMap(({ operations = [] }) => operations)
  if (written.length === 0) return text
  return [...new Set(written.map((operation) => outputsOf[operation][0]))].filter((output) => output !== undefined)
}

/** Returns the operations that a provider offers for a model with these outputs. */
const operationsAt = (provider: OfferedProvider, model: string, outputs: readonly string[]): readonly Operation[] =>
  operations.filter(
    (operation) =>
      outputsOf[operation].some((output) => outputs.includes(output)) &&
      (operation === 'chat' || operation === 'completions'
        ? provider.operations.includes(operation) && !isOnlyDrawn(provider, model, outputs)
        : serviceFor(provider, operation, model) !== undefined),
  )

/** A model that gives images alone is no chat where images have an address of their own. */
const isOnlyDrawn = (provider: OfferedProvider, model: string, outputs: readonly string[]): boolean =>
  outputs.join() === 'image' && (serviceFor(provider, 'images', model)?.language ?? 'chat') !== 'chat'

const serviceFor = (
  { services }: OfferedProvider,
  operation: ItemOperation,
  upstreamModel: string,
): ServiceRange | undefined =>
  services?.[operation]?.find(({ models }) => models === undefined || search(models, upstreamModel) !== null)

/** Of what is no chat, clients may ask for a stream of images and of transcripts. A chat is always streamed. */
function wholeRepliesAt(provider: OfferedProvider, model: string): readonly Operation[] | undefined {
  const whole = (['images', 'transcription'] as const).filter((operation) => {
    const service = serviceFor(provider, operation, model)
    return service !== undefined && service.language !== 'chat' && service.streams !== true
  })
  return whole.length === 0 ? undefined : whole
}

/** Returns the tools of the provider's own: those that the entry names, or those that the provider has for the model. */
function nativeToolsOf(
  { model, nativeTools: named }: CatalogEntryEndpoint,
  { nativeTools = [], slug }: OfferedProvider,
  id: string,
): readonly ProviderNativeTool[] {
  const matching = nativeTools.filter(({ models }) => models !== undefined && search(models, model) !== null)
  const firsts = matching.filter((tool, index) => matching.findIndex(({ name }) => name === tool.name) === index)
  if (named === undefined) return firsts
  return named.map((name) => {
    const known = [...firsts, ...nativeTools].find((tool) => tool.name === name)
    if (known !== undefined) return known
    throw new Error(`Endpoint ${id} has \`native_tools: ${name}\`, but the protocol of ${slug} cannot express it.`)
  })
}

/** Returns the prices of an entry, with the list prices of the provider's own tools where the entry has none. */
function withPrices(pricing: PriceList, native: readonly ProviderNativeTool[]): PriceList {
  return native.reduce(
    (prices, tool) => ({ ...prices, ...mapPrices(tool.pricing ?? {}, (price, kind) => prices[kind] ?? price) }),
    pricing,
  )
}

function refuseTwins(endpoints: readonly Endpoint[]): void {
  const seen = new Set<string>()
  for (const { id, model, tag } of endpoints) {
    if (seen.has(id)) {
      throw new Error(`Model ${model} has two endpoints tagged ${tag}: give one a \`tag\` of its own, e.g. ${tag}/2.`)
    }
    seen.add(id)
  }
}

/** Gives each endpoint the prices of the other tiers, where one provider serves a model in several tiers. */
function withTierPrices(endpoints: readonly Endpoint[]): readonly Endpoint[] {
  return endpoints.map((endpoint) => {
    const same = endpoints.filter(
      ({ provider, upstreamModel }) => provider === endpoint.provider && upstreamModel === endpoint.upstreamModel,
    )
    if (same.every(({ tier }) => tier === endpoint.tier)) return endpoint
    const others = same.filter(({ tier }) => tier !== endpoint.tier)
    return { ...endpoint, tierPricing: new Map(others.map(({ tier, pricing }) => [tier, pricing])) }
  })
}

function unixSeconds({ slug, created }: CatalogEntry): number {
  if (created === undefined) return 0
  const milliseconds = Date.parse(created)
  if (Number.isNaN(milliseconds)) {
    throw new Error(`Model ${slug} has \`created: ${created}\`, which is not a date such as 2026-01-31.`)
  }
  return Math.floor(milliseconds / 1000)
}

function reasoningOf(reasoning: CatalogEntry['reasoning']): Model['reasoning'] {
  if (reasoning === undefined || reasoning === false) return null
  return {
    mandatory: reasoning.mandatory ?? false,
    supportedEfforts: reasoning.efforts ?? null,
    supportsMaxTokens: reasoning.maxTokens ?? false,
  }
}

/** Shares equal sets of parameters: a thousand endpoints have only some dozens of different sets. */
function parameterSets(): (
  endpoint: CatalogEntryEndpoint,
  provider: OfferedProvider,
  template: Template,
) => ReadonlySet<ParameterName> | null {
  const sets = new Map<string, ReadonlySet<ParameterName>>()
  return ({ supportedParameters, unsupportedParameters = [] }, provider, template) => {
    // The parameters that an entry lists were tried at this endpoint, so the template's refusals do not apply to them.
    const refused = supportedParameters === undefined ? (template.unsupportedParameters ?? []) : []
    const supported = supportedParameters ?? provider.supportedParameters
    if (supported === undefined && unsupportedParameters.length + refused.length === 0) return null
    const names = (supported ?? parameterNames).filter(
      (name) => !unsupportedParameters.includes(name) && !refused.some((one) => one === name),
    )
    const key = names.join(' ')
    const set = sets.get(key) ?? new Set(names)
    sets.set(key, set)
    return set
  }
}
