import { estimateTokens } from '../canonical/prompt-tokens.ts'

export interface CutText {
  readonly text: string
  readonly truncated: boolean
}

/**
 * Cuts a text to a number of tokens at the end of a paragraph, and adds a line that tells it.
 * @param missing Why the text is not the whole document already; null where it is.
 */
export function cutToTokens(text: string, maxTokens: number, missing: string | null = null): CutText {
  const note = `[The document goes on: ${missing ?? `only its first ${maxTokens} tokens are shown`}.]`
  const noteTokens = estimateTokens(note) + 2
  const most = missing === null ? maxTokens : maxTokens - noteTokens
  // No character is estimated at more than one token, so that a short text need not be counted.
  const fits = text.length <= most || estimateTokens(text) <= most
  if (fits && missing === null) return { text, truncated: false }
  const kept = fits ? text : beginning(text, maxTokens - noteTokens)
  return { text: kept === '' ? note : `${kept}\n\n${note}`, truncated: true }
}

function beginning(text: string, maxTokens: number): string {
  let tokens = 0
  let end = 0
  while (end < text.length) {
    const next = paragraphEnd(text, end)
    const more = estimateTokens(text.slice(end, next))
    if (tokens + more > maxTokens) break
    tokens += more
    end = next
  }
  // A paragraph that alone takes more than half is cut in itself: without it little would be left.
  if (tokens < maxTokens / 2) end = wordEnd(text, end, maxTokens - tokens)
  return text.slice(0, end).trimEnd()
}

/** Returns the index after the empty line that ends a paragraph. */
function paragraphEnd(text: string, from: number): number {
  const border = text.indexOf('\n\n', from)
  return border < 0 ? text.length : border + 2
}

/** Returns the index of the last border of words up to which a text has so many tokens. */
function wordEnd(text: string, from: number, maxTokens: number): number {
  let tokens = 0
  let end = from
  for (;;) {
    const step = text.slice(end, end + stepLength)
    tokens += estimateTokens(step)
    if (tokens > maxTokens || step === '') break
    end += step.length
  }
  const space = Math.max(text.lastIndexOf(' ', end), text.lastIndexOf('\n', end))
  if (space > from && space > end - longestWord) return space
  const isHalf = end > from && (text.charCodeAt(end - 1) & 0xfc00) === 0xd800
  return isHalf ? end - 1 : end
}

const stepLength = 20
const longestWord = 100
