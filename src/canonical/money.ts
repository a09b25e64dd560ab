/**
 * Amounts are whole nano-USD everywhere inside (principle 8); people and the wire speak of USD. Only these two convert.
 */
export const usd = (nanoUsdAmount: number): number => nanoUsdAmount / 1e9

export const nanoUsd = (usdAmount: number): number => Math.round(usdAmount * 1e9)
