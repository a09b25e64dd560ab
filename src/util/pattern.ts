/**
 * The longest text that a pattern is matched against. Text of callers and upstreams may be megabytes long, and a pattern that takes a few
 * steps for each character from each possible start would block the event loop. `npm run check -- patterns` makes sure that the rooms which
 * read such text use these functions, and finds patterns that are slow even so.
 */
const longest = 4_096

/** Finds the first match of a pattern in the first 4,096 characters of a text. The pattern has no flag `g`. */
export const search = (pattern: RegExp, text: string): RegExpExecArray | null =>
  pattern.exec(text.length > longest ? text.slice(0, longest) : text)

/** Matches a pattern that ends in `$` against a whole text. A text of more than 4,096 characters does not match. */
export const fullMatch = (pattern: RegExp, text: string): RegExpExecArray | null =>
  text.length > longest ? null : pattern.exec(text)

/** Finds all matches of a pattern with the flag `g`. In a text of more than 4,096 characters there are none. */
export const searchAll = (pattern: RegExp, text: string): readonly RegExpExecArray[] =>
  text.length > longest ? [] : [...text.matchAll(pattern)]
