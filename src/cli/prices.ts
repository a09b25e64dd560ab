/** One USD per million tokens, in pico-USD a token. */
const picoUsd = 1_000_000

export const usdPerMillion = (price: number): number => price / picoUsd

/** The one price, or the lowest and the highest, in USD per million tokens. */
export function printPrices(prices: readonly number[]): string {
  const lowest = usdPerMillion(Math.min(...prices))
  const highest = usdPerMillion(Math.max(...prices))
  return lowest === highest ? `$${lowest}` : `$${lowest} to $${highest}`
}
