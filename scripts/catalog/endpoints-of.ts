import type { CatalogEntryEndpoint } from '../../src/catalog/catalog-entry.ts'
import { findTemplate } from '../../src/catalog/find-template.ts'
import type { PriceList, Prices } from '../../src/catalog/price-kinds.ts'
import { providers } from '../../src/providers/_registry.ts'
import { pricedByGenai, requestFees, searchFees } from './mapping.ts'
import type { Placement } from './mapping.ts'
import type { SecondOpinion } from './second-opinion.ts'
import { genaiPricesDay } from './sources.ts'
import type { ModelsDevCost, ModelsDevModel } from './sources.ts'

/** One model at one provider, as the sources describe it. */
export interface Offer {
  readonly provider: string
  readonly id: string
  readonly model: ModelsDevModel
  readonly placement: Placement
  readonly second: SecondOpinion | null
}

/** The values that hold for all endpoints of an entry. An endpoint repeats only those that differ. */
export interface Shared {
  readonly contextLength: number
  readonly inputModalities: readonly string[]
  readonly embeddings: boolean
  readonly source: string
}

/** Returns the endpoint, and another one for each price tier that `service_tier` chooses. */
export function endpointsOf(offer: Offer, shared: Shared): readonly CatalogEntryEndpoint[] {
  const { provider, id, model, placement } = offer
  const unsupported = unsupportedParameters(provider, id, placement.slug, model)
  const input = modalities(model.modalities.input)
  const { context, output } = model.limit
  const trusted = pricedByGenai.has(`${provider}:${id}`)
  const endpoint: CatalogEntryEndpoint = {
    provider,
    model: upstreamId(provider, id),
    tag: placement.variant === undefined ? undefined : `${provider}/${placement.variant}`,
    pricing: { ...pricingOf(offer), ...(trusted ? offer.second : {}) },
    quantization: placement.quantization,
    contextLength: context > 0 && context !== shared.contextLength ? context : undefined,
    maxCompletionTokens: !shared.embeddings && output > 0 ? output : undefined,
    inputModalities: input.join() === shared.inputModalities.join() ? undefined : input,
    prefill: continuesAnswers(provider, placement.slug) ? true : undefined,
    unsupportedParameters: unsupported.length > 0 && !shared.embeddings ? unsupported : undefined,
    source: trusted ? `genai-prices ${genaiPricesDay}` : shared.source,
  }
  const tiers = Object.values(model.experimental?.modes ?? {}).flatMap(({ cost, provider: sent }) =>
    cost !== undefined && sent?.body?.['service_tier'] === 'priority'
      ? [{ ...endpoint, tier: 'priority' as const, pricing: pricesOf(provider, cost) }]
      : [],
  )
  return [endpoint, ...tiers]
}

const order = ['text', 'image', 'file', 'audio', 'video']

/** Translates the modalities of models.dev into OpenRouter's names and order. */
export const modalities = (names: readonly string[]): readonly string[] =>
  names.map((name) => (name === 'pdf' ? 'file' : name)).toSorted((a, b) => order.indexOf(a) - order.indexOf(b))

/** Some ids of models.dev cannot contain dots, but those of the API do. */
const upstreamId = (provider: string, id: string): string =>
  provider === 'alibaba' ? id.replace(/^qwen2-5/, 'qwen2.5') : id

function pricingOf({ provider, id, model: { cost = {} } }: Offer): PriceList {
  const overrides = cost.tiers?.map(({ tier, ...prices }) => ({
    minPromptTokens: tier.size,
    pricing: pricesOf(provider, prices),
  }))
  return {
    ...pricesOf(provider, cost),
    request: requestFees[`${provider}:${id}`],
    webSearch: searchFees[`${provider}:${id}`],
    overrides,
  }
}

function pricesOf(provider: string, cost: ModelsDevCost): Prices {
  // At hosts of other vendors' models the fields of the maker are inherited. Only these two bill reasoning separately.
  const billsReasoning = provider === 'alibaba' || provider === 'perplexity'
  return {
    prompt: cost.input,
    completion: cost.output,
    inputCacheRead: cost.cache_read || cost.cached_input || cost.cache_input || undefined,
    inputCacheWrite: cost.cache_write || cost.cached_write || undefined,
    inputCacheWrite1h: keepsForAnHour(provider, cost) ? 2 * (cost.input ?? 0) : undefined,
    audio: cost.input_audio || undefined,
    audioOutput: cost.output_audio || undefined,
    internalReasoning: billsReasoning && cost.reasoning !== cost.output ? cost.reasoning : undefined,
  }
}

/** Claude up to 4.5 continues an answer that the client began; newer models refuse it (Anthropic's documentation on prefill). */
const continuesAnswers = (provider: string, slug: string): boolean =>
  /^(anthropic|amazon-bedrock|google-vertex)$/.test(provider) && /claude-\w+-4(\.[0-5])?$/.test(slug)

/** Writing to Claude's cache for an hour costs twice the prompt's price, which the sources do not list (contract §6.12). */
const keepsForAnHour = (provider: string, cost: ModelsDevCost): boolean =>
  /^(anthropic|amazon-bedrock|google-vertex)$/.test(provider) && cost.cache_write === 1.25 * (cost.input ?? 0)

/** Leaves out the parameters that a model refuses at every host. Those are in `src/catalog/templates.ts`. */
function unsupportedParameters(provider: string, id: string, slug: string, model: ModelsDevModel): readonly string[] {
  const supported = providers.find(({ slug }) => slug === provider)?.supportedParameters ?? []
  const missing = new Set([
    ...(model.tool_call ? [] : ['tools', 'tool_choice', 'parallel_tool_calls']),
    ...(model.reasoning ? [] : ['include_reasoning', 'reasoning', 'reasoning_effort']),
    ...(model.temperature === false ? ['temperature', 'top_p'] : []),
    ...(model.structured_output === false ? ['structured_outputs'] : []),
    ...(provider === 'openai' ? openaiLacks(id) : []),
    // https://docs.x.ai/docs/guides/reasoning: reasoning models refuse these.
    ...(provider === 'xai' && model.reasoning ? ['frequency_penalty', 'presence_penalty', 'stop'] : []),
  ])
  const known = new Set<string>(findTemplate([slug]).unsupportedParameters)
  return supported.filter((name) => missing.has(name) && !known.has(name))
}

const openaiLacks = (id: string): readonly string[] => [
  ...(id.startsWith('gpt-5') ? [] : ['verbosity']),
  ...(id.includes('search') ? [] : ['web_search_options']),
]
