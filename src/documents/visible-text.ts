/**
 * Drops the characters that nobody sees: control and format characters, tags and variation selectors beyond the basic ones. Instructions to
 * a model can be written in them alone. The joiners of emoji and of Persian and Indic scripts stay, and so does the direction of a letter.
 */
export const visibleText = (text: string): string => text.replaceAll(unseen, '')

const unseen =
  // oxlint-disable-next-line no-control-regex -- these are what it is about
  /[\0-\x08\v\f\x0E-\x1F\x7F-\x9F\xAD\u180E\u200B\u202A-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\u{E0000}-\u{E0FFF}]/gu
