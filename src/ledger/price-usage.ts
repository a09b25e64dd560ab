import type { FinishReason } from '../canonical/generation-event.ts'
import { type Cost, noCost, type Usage } from '../canonical/usage.ts'
import type { Pricing } from '../catalog/endpoint.ts'
import type { PriceOverride } from '../catalog/price-kinds.ts'
import { amount } from './amount.ts'

type Prices = Omit<Pricing, 'overrides'>

/** Returns the prices for a prompt of this length at this time. Later overrides win, key by key (contract §6.16). */
function pricesInForce(pricing: Pricing, promptTokens: number, now: number): Prices {
  if (pricing.overrides === undefined) return pricing
  return overridesInForce(pricing, promptTokens, now).reduce<Prices>(
    (prices, override) => ({ ...prices, ...override.pricing }),
    pricing,
  )
}

/** Lists the overrides whose conditions a prompt of this length meets at this time. */
export const overridesInForce = (
  { overrides = none }: Pricing,
  promptTokens: number,
  now: number,
): readonly PriceOverride[] =>
  overrides.length === 0 ? none : overrides.filter((override) => holds(override, promptTokens, now))

const none: readonly PriceOverride[] = []

function holds(override: PriceOverride, promptTokens: number, now: number): boolean {
  if (override.minPromptTokens !== undefined && promptTokens <= override.minPromptTokens) return false
  const { utcStart, utcEnd } = override
  if (utcStart === undefined || utcEnd === undefined) return true
  const date = new Date(now)
  const time = date.getUTCHours() * 100 + date.getUTCMinutes()
  return utcStart <= utcEnd ? time >= utcStart && time < utcEnd : time >= utcStart || time < utcEnd
}

/**
 * Prices usage. Cached tokens, tokens written to the cache, and those of audio and images are included in the count of the prompt and priced
 * separately; so are reasoning, audio and image tokens in the count of the completion. Where a special price is not listed, the plain price is used.
 *
 * Nothing is charged when nothing was produced, which is when there are no completion tokens and no finish reason, or when the finish is
 * `error` (contract §6.16, zero-completion insurance). Nothing is charged either when there is no usage at all.
 *
 * Where the provider reports what the call costs, that is the amount. Otherwise it follows from the prices.
 *
 * @param now Unix milliseconds, for prices by time of day.
 * @param images The number of images in the prompt.
 */
export function priceUsage(usage: Usage, pricing: Pricing, finish: FinishReason | null, now: number, images = 0): Cost {
  const completionTokens = usage.completionTokens ?? 0
  if (usage.promptTokens === undefined && usage.completionTokens === undefined) return noCost
  if (finish === 'error' || (completionTokens === 0 && finish === null)) {
    return { ...noCost, provenance: 'derived' }
  }
  const derived = priceWithCache(usage, pricing, now, images)
  return usage.reportedCost === undefined ? derived : reported(usage.reportedCost, derived)
}

/**
 * Returns the amount that the provider reported, in parts that are as large in proportion as those that our prices give. Without prices of
 * ours, all of it is `other`.
 */
function reported(total: number, derived: Cost): Cost {
  const share = (part: number): number =>
    derived.total === 0 ? 0 : Number((BigInt(total) * BigInt(part)) / BigInt(derived.total))
  const prompt = share(derived.prompt)
  const completion = derived.other === 0 && derived.total > 0 ? total - prompt : share(derived.completion)
  const other = total - prompt - completion
  return { ...derived, total, prompt, completion, other, provenance: 'provider_reported' }
}

/** Prices usage by our prices, and tells what the cache saved where it was used. */
function priceWithCache(usage: Usage, pricing: Pricing, now: number, images: number): Cost {
  const cost = priceByTable(usage, pricing, now, images)
  if (!usage.cachedTokens && !usage.cacheWriteTokens) return cost
  const withoutCache = { ...usage, cachedTokens: 0, cachedAudioTokens: 0, cacheWriteTokens: 0 }
  return { ...cost, cacheDiscount: priceByTable(withoutCache, pricing, now, images).prompt - cost.prompt }
}

function priceByTable(usage: Usage, pricing: Pricing, now: number, images: number): Cost {
  const promptTokens = usage.promptTokens ?? 0
  const completionTokens = usage.completionTokens ?? 0
  const prices = pricesInForce(pricing, promptTokens, now)

  const cached = Math.min(usage.cachedTokens ?? 0, promptTokens)
  const writtenToCache = Math.min(usage.cacheWriteTokens ?? 0, promptTokens - cached)
  const writtenToOneHourCache = Math.min(usage.cacheWrite1hTokens ?? 0, writtenToCache)
  const cachedAudio = Math.min(usage.cachedAudioTokens ?? 0, cached)
  const newAudio = Math.max(0, (usage.promptAudioTokens ?? 0) - cachedAudio)
  const newAudioPricedApart =
    prices.audio === undefined ? 0 : Math.min(newAudio, promptTokens - cached - writtenToCache)
  const imagesPricedApart =
    prices.imageToken === undefined
      ? 0
      : Math.min(usage.promptImageTokens ?? 0, promptTokens - cached - writtenToCache - newAudioPricedApart)
  const cachedAudioPricedApart = prices.inputAudioCache === undefined ? 0 : cachedAudio
  const prompt =
    amount(promptTokens - cached - writtenToCache - newAudioPricedApart - imagesPricedApart, prices.prompt) +
    amount(imagesPricedApart, prices.imageToken ?? 0) +
    amount(cached - cachedAudioPricedApart, prices.inputCacheRead ?? prices.prompt) +
    amount(cachedAudioPricedApart, prices.inputAudioCache ?? 0) +
    amount(writtenToCache - writtenToOneHourCache, prices.inputCacheWrite ?? prices.prompt) +
    amount(writtenToOneHourCache, prices.inputCacheWrite1h ?? prices.inputCacheWrite ?? prices.prompt) +
    amount(newAudioPricedApart, prices.audio ?? 0)

  let text = completionTokens
  let completion = 0
  for (const [tokens = 0, price] of [
    [usage.reasoningTokens, prices.internalReasoning],
    [usage.completionAudioTokens, prices.audioOutput],
    [usage.completionImageTokens, prices.imageOutput],
  ]) {
    if (price === undefined) continue
    const priced = Math.min(tokens, text)
    text -= priced
    completion += amount(priced, price)
  }
  completion += amount(text, prices.completion)

  const other =
    amount(1, prices.request ?? 0) +
    amount(images, prices.image ?? 0) +
    amount(usage.outputImages ?? 0, prices.outputImage ?? 0) +
    amount(usage.inputCharacters ?? 0, prices.character ?? 0) +
    amount(usage.audioSeconds ?? 0, prices.audioSecond ?? 0) +
    amount(usage.searchUnits ?? 0, prices.searchUnit ?? 0) +
    amount(usage.webSearchRequests ?? 0, prices.webSearch ?? 0)
  return {
    total: prompt + completion + other,
    prompt,
    completion,
    other,
    tools: 0,
    isByok: false,
    provenance: 'derived',
  }
}
