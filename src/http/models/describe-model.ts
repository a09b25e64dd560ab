import { cheapestEndpoint } from '../../catalog/cheapest-endpoint.ts'
import type { Endpoint, Pricing } from '../../catalog/endpoint.ts'
import type { Model } from '../../catalog/model.ts'
import { parameterNames, supportsParameter } from '../../canonical/parameter-name.ts'
import { picoToUsd } from '../../catalog/pico-usd.ts'
import { type Prices, toWireNames } from '../../catalog/price-kinds.ts'

/**
 * Returns the Model of `GET /models` (contract §8.A1), with the fields that OpenAI's clients expect: `object` and `owned_by`. Prices and
 * limits are those of its cheapest endpoint.
 */
export function describeModel(model: Model): object {
  const top = cheapestEndpoint(model.endpoints)
  return {
    id: model.slug,
    object: 'model',
    owned_by: model.author,
    canonical_slug: model.slug,
    name: model.name,
    created: model.created,
    description: model.description,
    context_length: model.contextLength ?? top?.contextLength ?? null,
    architecture: describeArchitecture(model),
    pricing: top === undefined ? { prompt: '0', completion: '0' } : describePricing(top.pricing),
    top_provider: {
      is_moderated: false,
      context_length: top?.contextLength ?? null,
      max_completion_tokens: top?.maxCompletionTokens ?? null,
    },
    per_request_limits: null,
    supported_parameters: parameterNames.filter((name) => model.endpoints.some((endpoint) => supports(endpoint, name))),
    default_parameters: null,
    supported_voices: null,
    knowledge_cutoff: model.knowledgeCutoff,
    reasoning: model.reasoning === null ? undefined : describeReasoning(model.reasoning),
    links: { details: `/api/v1/models/${model.slug}/endpoints` },
  }
}

const texts = new WeakMap<Model, string>()

/** Returns the Model of `GET /models` as JSON. It is written once for each model of a catalogue, and forgotten with it. */
export function modelText(model: Model): string {
  const text = texts.get(model) ?? JSON.stringify(describeModel(model))
  texts.set(model, text)
  return text
}

/** Returns a PublicEndpoint (contract §8.A2), without live figures. */
export function describeEndpoint(endpoint: Endpoint, model: Model) {
  const { pricing } = endpoint
  return {
    name: `${endpoint.providerName} | ${model.slug}`,
    model_id: model.slug,
    model_name: model.name,
    context_length: endpoint.contextLength ?? model.contextLength ?? 0,
    pricing: describePricing(pricing),
    provider_name: endpoint.providerName,
    tag: endpoint.tag,
    quantization: endpoint.quantization,
    max_completion_tokens: endpoint.maxCompletionTokens,
    max_prompt_tokens: null,
    supported_parameters: parameterNames.filter((name) => supports(endpoint, name)),
    supports_tool_choice: describeToolChoice(endpoint),
    native_tools: Object.fromEntries(endpoint.nativeTools.map(({ name, type }) => [`openrouter:${name}`, { type }])),
    service_tier: endpoint.tier === 'default' ? null : endpoint.tier,
    supports_diarization: false,
    // A discount for reading from the cache without a price for writing shows that the provider caches without a request for it (contract
    // §6.12).
    supports_implicit_caching: pricing.inputCacheRead !== undefined && pricing.inputCacheWrite === undefined,
    status: 0,
  }
}

/** Returns the forms of `tool_choice` that an endpoint accepts. Providers list the parameter, not its values. */
function describeToolChoice(endpoint: Endpoint): object {
  const supported = supports(endpoint, 'tool_choice')
  return { auto: supported, none: supported, required: supported, function: supported }
}

/** Returns the `architecture` of a Model and of the listing of endpoints. */
export function describeArchitecture({ inputModalities, outputModalities }: Model): object {
  return {
    modality: `${inputModalities.join('+')}->${outputModalities.join('+')}`,
    input_modalities: inputModalities,
    output_modalities: outputModalities,
    tokenizer: 'Other',
    instruct_type: null,
  }
}

function describeReasoning(reasoning: NonNullable<Model['reasoning']>): object {
  return {
    mandatory: reasoning.mandatory,
    supported_efforts: reasoning.supportedEfforts,
    supports_max_tokens: reasoning.supportsMaxTokens,
  }
}

const supports = (endpoint: Endpoint, name: string): boolean => supportsParameter(endpoint.supportedParameters, name)

/** Returns prices in USD per token or unit, as decimal strings (contract §6.16). */
function describePricing({ overrides, ...pricing }: Pricing): object {
  return {
    ...describePrices(pricing),
    overrides: overrides?.map(({ minPromptTokens, utcStart, utcEnd, pricing: prices }) => ({
      min_prompt_tokens: minPromptTokens,
      utc_start: utcStart,
      utc_end: utcEnd,
      ...describePrices(prices),
    })),
  }
}

const describePrices = (prices: Prices): object => toWireNames(prices, picoToUsd)
