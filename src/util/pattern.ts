/**
 * How patterns are run over text that comes from outside. Text of callers and upstreams may be megabytes long, and a pattern that takes a
 * few steps a character for each place where it could begin would hold everybody up: no pattern sees more than this.
 * `npm run check -- patterns` holds the rooms that meet such text to these functions, and looks for patterns that are slow even so.
 */
const longest = 4_096

/** The first place in a text where a pattern fits, as far as the text is looked at. The pattern has no flag `g`. */
export const search = (pattern: RegExp, text: string): RegExpExecArray | null =>
  pattern.exec(text.length > longest ? text.slice(0, longest) : text)

/** The same for a pattern that is about the end of a text, too, with `$`: what is longer than is looked at does not fit. */
export const fullMatch = (pattern: RegExp, text: string): RegExpExecArray | null =>
  text.length > longest ? null : pattern.exec(text)

/** All places where a pattern with the flag `g` fits; none in a text that is longer than is looked at. */
export const searchAll = (pattern: RegExp, text: string): readonly RegExpExecArray[] =>
  text.length > longest ? [] : [...text.matchAll(pattern)]
