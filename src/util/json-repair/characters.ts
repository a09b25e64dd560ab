/** Tells whether a character is white space of any script: models write no-break spaces too. */
export const isSpace = (code: number): boolean =>
  code === 0x20 ||
  (code >= 0x09 && code <= 0x0d) ||
  code === 0xa0 ||
  code === 0xfeff ||
  (code >= 0x2000 && code <= 0x200a)

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39

/** Letters, digits and what keys and numbers hold besides: `_`, `$`, `-`, `+`, `.`. */
export const isWordCharacter = (code: number): boolean =>
  isDigit(code) ||
  (code >= 0x41 && code <= 0x5a) ||
  (code >= 0x61 && code <= 0x7a) ||
  code === 0x5f ||
  code === 0x24 ||
  code === 0x2d ||
  code === 0x2b ||
  code === 0x2e ||
  code > 0xbf

/** Returns the quotes that may end a text that this character begins; undefined where it is no quote. */
export function closingQuotes(opening: string): string | undefined {
  switch (opening) {
    case '"':
      return '"'
    case '“':
    case '”':
      return '“”"'
    case "'":
    case '‘':
    case '’':
      return "'‘’"
    case '`':
    case '´':
      return '`´'
    default:
      return undefined
  }
}

/** Longer keys are not looked for: each quote may look ahead for one. */
const longestKey = 256

/** Returns the length of a key without quotes that begins here; 0 where there is none. */
export function keyLength(text: string, at: number): number {
  let end = at
  const limit = Math.min(text.length, at + longestKey)
  while (end < limit && isWordCharacter(text.charCodeAt(end))) end++
  return end - at
}

export function skipSpace(text: string, at: number): number {
  let next = at
  while (next < text.length && isSpace(text.charCodeAt(next))) next++
  return next
}

/** Tells whether a key without quotes, and its colon, begin here. */
export function isKeyAhead(text: string, at: number): boolean {
  const length = keyLength(text, at)
  return length > 0 && text.charAt(skipSpace(text, at + length)) === ':'
}

/** Tells whether a key in quotes, and its colon, begin at this quote. */
export function isQuotedKeyAhead(text: string, at: number): boolean {
  const closing = closingQuotes(text.charAt(at)) ?? ''
  const limit = Math.min(text.length, at + longestKey)
  for (let end = at + 1; end < limit; end++) {
    const character = text.charAt(end)
    if (character === '\n') return false
    if (closing.includes(character)) return end > at + 1 && text.charAt(skipSpace(text, end + 1)) === ':'
  }
  return false
}

/** Writes a number as JSON has it: `.5` and `5.` get their zero, `+5` loses its sign. Null for what is no number. */
export function readNumber(word: string): string | null {
  if (word.length === 0 || word.length > 400) return null
  const negative = word.startsWith('-')
  const unsigned = negative || word.startsWith('+') ? word.slice(1) : word
  const exponentAt = unsigned.search(/[eE]/)
  const mantissa = exponentAt === -1 ? unsigned : unsigned.slice(0, exponentAt)
  const exponent = exponentAt === -1 ? '' : unsigned.slice(exponentAt)
  const [whole = '', fraction, ...more] = mantissa.split('.')
  if (more.length > 0 || (whole === '' && !fraction) || !areDigits(whole) || !areDigits(fraction ?? '')) return null
  // With a zero in front it is a code or a telephone number.
  if (whole.length > 1 && whole.startsWith('0')) return null
  if (exponent !== '' && !areDigits(exponent.slice(/[+-]/.test(exponent.charAt(1)) ? 2 : 1), 1)) return null
  const decimals = fraction === undefined ? '' : `.${fraction === '' ? '0' : fraction}`
  return `${negative ? '-' : ''}${whole === '' ? '0' : whole}${decimals}${exponent}`
}

function areDigits(text: string, least = 0): boolean {
  if (text.length < least) return false
  for (let index = 0; index < text.length; index++) if (!isDigit(text.charCodeAt(index))) return false
  return true
}
