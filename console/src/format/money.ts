/** Writes USD with as many digits as the amount needs: prices of single requests are fractions of a cent. */
export function money(amount: number): string {
  const size = Math.abs(amount)
  if (size === 0) return '$0'
  const digits = size >= 1 ? 2 : size >= 0.01 ? 4 : 6
  const text =
    size < 0.000_001
      ? size.toExponential(1)
      : size.toLocaleString('en', { minimumFractionDigits: 2, maximumFractionDigits: digits })
  return `${amount < 0 ? '−' : ''}$${text}`
}

/** Writes a price, which the API gives in USD a token as decimal text, in USD per million tokens. */
export function perMillion(price: string | null): string {
  if (price === null) return '–'
  const amount = Number(price) * 1_000_000
  return amount === 0 ? 'free' : `$${amount.toLocaleString('en', { maximumFractionDigits: 4 })}`
}
