const compactFormat = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const fullFormat = new Intl.NumberFormat('en')

/** Writes a count in few characters: 1234 is 1.2K. */
export const compact = (value: number): string =>
  Math.abs(value) < 1000 ? fullFormat.format(Math.round(value)) : compactFormat.format(value)

/** Writes a count with all its digits. */
export const full = (value: number): string => fullFormat.format(value)

/** Writes a share from 0 to 1 as percent. */
export const percent = (share: number): string =>
  `${(share * 100).toLocaleString('en', { maximumFractionDigits: share !== 0 && Math.abs(share) < 0.1 ? 1 : 0 })}%`
