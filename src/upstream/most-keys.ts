import { jsonExcess } from '../util/json-excess.ts'

/**
 * The most keys in one JSON text of an upstream. Objects and events take some hundred bytes per key, so that megabytes of small members
 * would be more than a heap holds; log probabilities of 16,000 tokens with 20 alternatives each still fit.
 */
const mostKeys = 1_000_000

/** The most levels of one JSON text. Twice as many would overflow the stack when the value is encoded again. */
const deepest = 2_000

const excesses = {
  depth: `nests deeper than ${deepest} levels`,
  keys: `holds more than ${mostKeys} keys`,
  values: `holds more than ${2 * mostKeys} values`,
}

/**
 * Returns why a JSON text is too large to be parsed, in words that follow "that"; null where it is not. Costs nothing for a text of less
 * than four kilobytes.
 */
export function excessOf(text: string): string | null {
  if (text.length <= 2 * deepest) return null
  const excess = jsonExcess(Buffer.from(text), { depth: deepest, keys: mostKeys, values: 2 * mostKeys })
  return excess === null ? null : excesses[excess]
}
