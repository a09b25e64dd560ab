/**
 * Converts whole nano-USD into USD. Amounts are whole nano-USD everywhere inside the gateway, and USD in the API and in the configuration
 * (principle 8). Only this function and `nanoUsd` convert.
 */
export const usd = (nanoUsdAmount: number): number => nanoUsdAmount / 1e9

/** Converts USD into whole nano-USD. */
export const nanoUsd = (usdAmount: number): number => Math.round(usdAmount * 1e9)

/** Writes whole nano-USD as USD with nine decimals, which is exact. */
export function exactUsd(nanoUsdAmount: number): string {
  const size = Math.abs(nanoUsdAmount)
  const decimals = String(size % 1e9).padStart(9, '0')
  return `${nanoUsdAmount < 0 ? '-' : ''}${Math.trunc(size / 1e9)}.${decimals}`
}
