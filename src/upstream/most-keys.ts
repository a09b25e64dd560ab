import { jsonExcess } from '../util/json-excess.ts'

/**
 * What one piece of JSON of an upstream may hold. As objects and events it takes some hundred bytes a key, so that megabytes of small things
 * would be more than a heap; log probabilities of 16,000 tokens with 20 alternatives each still fit.
 */
const mostKeys = 1_000_000

/** Levels of one piece of JSON. Twice as many would be more than the stack holds when they are written again. */
const deepest = 2_000

const excesses = {
  depth: `nests deeper than ${deepest} levels`,
  keys: `holds more than ${mostKeys} keys`,
  values: `holds more than ${2 * mostKeys} values`,
}

/** What of a text is too much to be parsed, as words after "that"; null where nothing is. Costs nothing for one of less than four kilobytes. */
export function excessOf(text: string): string | null {
  if (text.length <= 2 * deepest) return null
  const excess = jsonExcess(Buffer.from(text), { depth: deepest, keys: mostKeys, values: 2 * mostKeys })
  return excess === null ? null : excesses[excess]
}
