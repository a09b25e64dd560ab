const picoPerNano = 1000

/**
 * Computes the amount in nano-USD of `count` units at `price` pico-USD each. Money is integers (principle 8): a part is rounded once, half
 * up, here, and amounts are then only added. The result is exact also where the product is no safe integer.
 */
export function amount(count: number, price: number): number {
  const product = count * price
  if (Number.isSafeInteger(product)) {
    const rest = product % picoPerNano
    return (product - rest) / picoPerNano + (rest >= picoPerNano / 2 ? 1 : 0)
  }
  return Number((BigInt(count) * BigInt(price) + 500n) / 1000n)
}

/** Computes the same amount rounded up: the least that is not below the exact one. */
export function amountAtMost(count: number, price: number): number {
  const product = count * price
  if (Number.isSafeInteger(product)) return Math.ceil(product / picoPerNano)
  return Number((BigInt(count) * BigInt(price) + 999n) / 1000n)
}
