/** What is charged for one kind of thing. */
interface PriceKindRow {
  /** Its name in the API and in the configuration. */
  readonly wireName: string
  /** What one price is for: tokens are priced by the million where people write prices, other things one by one. */
  readonly unit: 'token' | 'each'
  /** What is charged for, in words for the operator. */
  readonly of: string
}

/**
 * Every kind of price (contract §6.16), in the order in which it is listed. Prices of endpoints, of the catalogue's entries and of the
 * configuration follow from this table, and so do their schemas. What a kind means for the bill is in `ledger/price-usage.ts`.
 */
export const priceKinds = {
  prompt: { wireName: 'prompt', unit: 'token', of: 'Prompt tokens' },
  completion: { wireName: 'completion', unit: 'token', of: 'Completion tokens' },
  request: { wireName: 'request', unit: 'each', of: 'Requests' },
  image: { wireName: 'image', unit: 'each', of: 'Images in the prompt' },
  audio: { wireName: 'audio', unit: 'token', of: 'Audio in the prompt' },
  inputAudioCache: {
    wireName: 'input_audio_cache',
    unit: 'token',
    of: 'Audio read from the provider’s cache, where it costs other than input_cache_read',
  },
  audioOutput: {
    wireName: 'audio_output',
    unit: 'token',
    of: 'Audio in the answer, where it costs other than completion tokens',
  },
  imageOutput: {
    wireName: 'image_output',
    unit: 'token',
    of: 'Images in the answer, where they cost other than completion tokens',
  },
  webSearch: { wireName: 'web_search', unit: 'each', of: 'Web searches' },
  internalReasoning: {
    wireName: 'internal_reasoning',
    unit: 'token',
    of: 'Reasoning tokens, where they cost other than completion tokens',
  },
  inputCacheRead: {
    wireName: 'input_cache_read',
    unit: 'token',
    of: 'Prompt tokens read from the provider’s cache',
  },
  inputCacheWrite: {
    wireName: 'input_cache_write',
    unit: 'token',
    of: 'Prompt tokens written to the provider’s cache',
  },
  inputCacheWrite1h: {
    wireName: 'input_cache_write_1h',
    unit: 'token',
    of: 'Prompt tokens written to the provider’s cache for an hour',
  },
} as const satisfies Record<string, PriceKindRow>

export type PriceKind = keyof typeof priceKinds

/** An amount for each kind that is charged for. A kind that is absent falls back to the plain one. */
export type Prices = { readonly [Kind in PriceKind]?: number }

/** Other prices, where every condition holds. */
export interface PriceOverride {
  /** Applies above this many prompt tokens. */
  readonly minPromptTokens?: number
  /** UTC times of day as HHMM, half-open, may wrap midnight. */
  readonly utcStart?: number
  readonly utcEnd?: number
  readonly pricing: Prices
}

/** Prices with their exceptions. Where people write them: USD per million tokens, and USD for each of the rest. */
export interface PriceList extends Prices {
  /** Later ones win, price by price, where every condition holds (contract §6.16). */
  readonly overrides?: readonly PriceOverride[]
}

const isPriceKind = (name: string): name is PriceKind => Object.hasOwn(priceKinds, name)

const kinds: readonly PriceKind[] = Object.keys(priceKinds).filter(isPriceKind)

/** Pico-USD for one of a kind that one USD stands for where people write prices. */
export const picoPerUsd = (kind: PriceKind): number => (priceKinds[kind].unit === 'token' ? 1e6 : 1e12)

/** The prices as they are, each turned into another unit. */
export function mapPrices(prices: Prices, change: (price: number, kind: PriceKind) => number): Prices {
  const changed: { -readonly [Kind in PriceKind]?: number } = {}
  for (const kind of kinds) {
    const price = prices[kind]
    if (price !== undefined) changed[kind] = change(price, kind)
  }
  return changed
}

type ByWireName<Value> = { readonly [Kind in PriceKind as (typeof priceKinds)[Kind]['wireName']]: Value }

/** Makes one value for each kind, by its wire name. */
export function forEachWireName<Value>(make: (row: PriceKindRow) => Value): ByWireName<Value>
export function forEachWireName<Value>(make: (row: PriceKindRow) => Value): Readonly<Record<string, Value>> {
  return Object.fromEntries(kinds.map((kind) => [priceKinds[kind].wireName, make(priceKinds[kind])]))
}

/** Reads prices that stand under their wire names. */
export function fromWireNames(written: Partial<ByWireName<number>>): Prices {
  const prices: { -readonly [Kind in PriceKind]?: number } = {}
  for (const kind of kinds) {
    const price = written[priceKinds[kind].wireName]
    if (price !== undefined) prices[kind] = price
  }
  return prices
}

/** Writes prices under their wire names. */
export function toWireNames<Written>(prices: Prices, write: (price: number) => Written): Partial<ByWireName<Written>> {
  const written: { -readonly [Name in keyof ByWireName<Written>]?: Written } = {}
  for (const kind of kinds) {
    const price = prices[kind]
    if (price !== undefined) written[priceKinds[kind].wireName] = write(price)
  }
  return written
}
