/** A kind of price. */
interface PriceKindRow {
  /** The name in the API and in the configuration. */
  readonly wireName: string
  /** The unit of one price. Where people write prices, tokens and characters (`token`) are priced per million and other things per piece. */
  readonly unit: 'token' | 'each'
  /** What the price is for, in words for the operator. */
  readonly of: string
}

/**
 * All kinds of price (contract §6.16), in the order in which they are listed. The prices of endpoints, of the catalogue's entries and of
 * the configuration follow from this table, and so do their schemas. `ledger/price-usage.ts` defines how each kind is billed.
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
    of: 'Audio read from the provider’s cache, where its price differs from input_cache_read',
  },
  audioOutput: {
    wireName: 'audio_output',
    unit: 'token',
    of: 'Audio in the answer, where its price differs from that of completion tokens',
  },
  imageOutput: {
    wireName: 'image_output',
    unit: 'token',
    of: 'Images in the answer, where their price differs from that of completion tokens',
  },
  imageToken: {
    wireName: 'image_token',
    unit: 'token',
    of: 'Tokens of images in the prompt, where their price differs from that of prompt tokens',
  },
  outputImage: { wireName: 'output_image', unit: 'each', of: 'Images that are made' },
  character: { wireName: 'character', unit: 'token', of: 'Characters that are spoken' },
  audioSecond: { wireName: 'audio_second', unit: 'each', of: 'Seconds of audio that are transcribed' },
  webSearch: { wireName: 'web_search', unit: 'each', of: 'Web searches' },
  searchUnit: {
    wireName: 'search_unit',
    unit: 'each',
    of: 'Search units of a ranking: a query with up to 100 documents is one',
  },
  internalReasoning: {
    wireName: 'internal_reasoning',
    unit: 'token',
    of: 'Reasoning tokens, where their price differs from that of completion tokens',
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

/** An amount for each kind that has a price. Where a kind is absent, the plain price applies. */
export type Prices = { readonly [Kind in PriceKind]?: number }

/** Prices that apply where every condition holds. */
export interface PriceOverride {
  /** The override applies above this number of prompt tokens. */
  readonly minPromptTokens?: number
  /** Times of day in UTC as HHMM. The interval is half-open and may include midnight. */
  readonly utcStart?: number
  readonly utcEnd?: number
  readonly pricing: Prices
}

/** Prices with their overrides. Where people write them, tokens are in USD per million and everything else in USD per piece. */
export interface PriceList extends Prices {
  /** Where the conditions of several overrides hold, the later one wins for each price (contract §6.16). */
  readonly overrides?: readonly PriceOverride[]
}

const isPriceKind = (name: string): name is PriceKind => Object.hasOwn(priceKinds, name)

const kinds: readonly PriceKind[] = Object.keys(priceKinds).filter(isPriceKind)

/** Returns how many pico-USD one written USD stands for, per unit of this kind. */
export const picoPerUsd = (kind: PriceKind): number => (priceKinds[kind].unit === 'token' ? 1e6 : 1e12)

/** Converts each price with `change`. */
export function mapPrices(prices: Prices, change: (price: number, kind: PriceKind) => number): Prices {
  const changed: { -readonly [Kind in PriceKind]?: number } = {}
  for (const kind of kinds) {
    const price = prices[kind]
    if (price !== undefined) changed[kind] = change(price, kind)
  }
  return changed
}

type ByWireName<Value> = { readonly [Kind in PriceKind as (typeof priceKinds)[Kind]['wireName']]: Value }

/** Creates one value for each kind, by its name in the API. */
export function forEachWireName<Value>(make: (row: PriceKindRow) => Value): ByWireName<Value>
export function forEachWireName<Value>(make: (row: PriceKindRow) => Value): Readonly<Record<string, Value>> {
  return Object.fromEntries(kinds.map((kind) => [priceKinds[kind].wireName, make(priceKinds[kind])]))
}

/** Reads prices from an object with their names in the API. */
export function fromWireNames(written: Partial<ByWireName<number>>): Prices {
  const prices: { -readonly [Kind in PriceKind]?: number } = {}
  for (const kind of kinds) {
    const price = written[priceKinds[kind].wireName]
    if (price !== undefined) prices[kind] = price
  }
  return prices
}

/** Writes prices into an object with their names in the API. */
export function toWireNames<Written>(prices: Prices, write: (price: number) => Written): Partial<ByWireName<Written>> {
  const written: { -readonly [Name in keyof ByWireName<Written>]?: Written } = {}
  for (const kind of kinds) {
    const price = prices[kind]
    if (price !== undefined) written[priceKinds[kind].wireName] = write(price)
  }
  return written
}
