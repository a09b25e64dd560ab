const shownStart = 3
const shownEnd = 4
/** A short key must not be guessed from its ends. */
const leastHidden = 20

/** Masks a key for display, e.g. `sk-...AbCd` (contract §6.17). */
export function maskedLabel(text: string): string {
  if (text.length - shownStart - shownEnd < leastHidden) return '...'
  return `${text.slice(0, shownStart)}...${text.slice(-shownEnd)}`
}
