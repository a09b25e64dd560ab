/**
 * Money is integers (principle 8): prices in pico-USD a unit, amounts in nano-USD. A part is rounded once, half up, when it is
 * priced; amounts are then only added.
 */

const picoPerNano = 1000

/** `count` units at `price` pico-USD each, in nano-USD. Exact also where the product leaves the safe integers. */
export function amount(count: number, price: number): number {
  const product = count * price
  if (Number.isSafeInteger(product)) {
    const rest = product % picoPerNano
    return (product - rest) / picoPerNano + (rest >= picoPerNano / 2 ? 1 : 0)
  }
  return Number((BigInt(count) * BigInt(price) + 500n) / 1000n)
}
