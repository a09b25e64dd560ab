import type { StepBudget } from './step-budget.ts'

/** A search for a text that somebody outside wrote. */
export interface LinearSearch {
  /** Tells whether the text has what is searched for. False where the budget is spent. */
  isIn(text: string, budget: StepBudget): boolean
}

/** So many characters of a search take about as long as a step of a pattern. */
const charactersPerStep = 3

/**
 * Prepares the search for a text of up to 65,535 characters (Knuth, Morris and Pratt), which looks at each character twice at most.
 * `includes` of JavaScript is faster for most texts, and can take a thousand times as long for a chosen one of a thousand characters.
 */
export function linearSearch(wanted: string): LinearSearch {
  const codes = Uint16Array.from({ length: wanted.length }, (_, at) => wanted.charCodeAt(at))
  // How much of the beginning of `wanted` ends at each of its characters.
  const borders = new Uint16Array(codes.length)
  const after = (matched: number, code: number): number => {
    let length = matched
    while (length > 0 && codes[length] !== code) length = borders[length - 1] ?? 0
    return codes[length] === code ? length + 1 : 0
  }
  for (let at = 1; at < codes.length; at++) borders[at] = after(borders[at - 1] ?? 0, codes[at] ?? 0)
  return {
    isIn(text, budget) {
      if (!budget.take(Math.ceil(text.length / charactersPerStep))) return false
      let matched = 0
      for (let at = 0; at < text.length && matched < codes.length; at++) matched = after(matched, text.charCodeAt(at))
      return matched === codes.length
    },
  }
}
