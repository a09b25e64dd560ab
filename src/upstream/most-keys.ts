import { jsonExcess } from '../util/json-excess.ts'

/**
 * What one piece of JSON of an upstream may hold. As objects and events it takes some hundred bytes a key, so that megabytes of small things
 * would be more than a heap; log probabilities of 16,000 tokens with 20 alternatives each still fit.
 */
export const mostKeys = 1_000_000

/** Whether a text is too much to be parsed. Costs nothing for one of less than two megabytes. */
export const holdsTooMuch = (text: string): boolean =>
  text.length > 2 * mostKeys &&
  jsonExcess(Buffer.from(text), { depth: Infinity, keys: mostKeys, values: 2 * mostKeys }) !== null
