import { closingQuotes, isKeyAhead, isQuotedKeyAhead, isSpace, isWordCharacter, skipSpace } from './characters.ts'

/** What was wrong with a text that is not JSON. */
export type Repair =
  | 'comment'
  | 'escape'
  | 'line_break'
  | 'literal'
  | 'missing_bracket'
  | 'missing_colon'
  | 'missing_comma'
  | 'missing_quote'
  | 'missing_value'
  | 'number'
  | 'quote'
  | 'stray_character'
  | 'trailing_comma'

/** Where a text stands: as a key or value of an object, or as an item of a list. */
export type Role = 'key' | 'value' | 'item'

/** Reads one text, with or without quotes. */
export class TextReader {
  readonly #text: string
  readonly #start: number
  readonly #repairs: Set<Repair>
  /** The index behind what was read. */
  end: number

  constructor(text: string, start: number, repairs: Set<Repair>) {
    this.#text = text
    this.#start = start
    this.#repairs = repairs
    this.end = start
  }

  get isQuoted(): boolean {
    return closingQuotes(this.#text.charAt(this.#start)) !== undefined
  }

  /**
   * Reads a text in quotes, and returns it as JSON.
   * @param limit Where it ends at the latest.
   */
  quoted(role: Role, limit = this.#text.length): string {
    const text = this.#text
    const closing = closingQuotes(text.charAt(this.#start)) ?? '"'
    if (text.charAt(this.#start) !== '"') this.#repairs.add('quote')
    const pieces: string[] = ['"']
    let from = this.#start + 1
    let at = from
    const replace = (until: number, by: string, next: number): void => {
      pieces.push(text.slice(from, until), by)
      from = next
      at = next
    }
    const finish = (until: number, end: number): string => {
      pieces.push(text.slice(from, Math.max(from, until)), '"')
      this.end = end
      return pieces.join('')
    }
    while (at < limit) {
      const character = text.charAt(at)
      if (character === '\\') this.#escape(at, replace, () => (at += text.charAt(at + 1) === 'u' ? 6 : 2))
      else if (closing.includes(character)) {
        if (this.#endsAt(at, role)) return finish(at, at + 1)
        const cut = role === 'key' ? null : this.#cutBefore(at)
        if (cut !== null && limit === text.length) return this.quoted(role, cut)
        this.#repairs.add('quote')
        if (character === '"') replace(at, '\\"', at + 1)
        else at++
      } else if (character === '"') replace(at, '\\"', at + 1)
      else if (character < ' ') {
        this.#repairs.add('line_break')
        replace(at, JSON.stringify(character).slice(1, -1), at + 1)
      } else at++
    }
    this.#repairs.add('missing_quote')
    const end = limit === text.length ? this.#withoutClosers(from) : limit
    return finish(end, end)
  }

  #escape(at: number, replace: (until: number, by: string, next: number) => void, pass: () => void): void {
    const next = this.#text.charAt(at + 1)
    if (next !== '' && '"\\/bfnrt'.includes(next)) return pass()
    if (next === 'u' && isHex(this.#text.slice(at + 2, at + 6))) return pass()
    this.#repairs.add('escape')
    if (next === "'" || next === '`') replace(at, next, at + 2)
    else replace(at, next === '' || next === '\n' ? '' : '\\\\', at + 1)
  }

  /** Tells whether the quote ends the text, by what follows it. Otherwise it is part of the text. */
  #endsAt(at: number, role: Role): boolean {
    if (role === 'key') return true
    const text = this.#text
    const next = skipSpace(text, at + 1)
    const follows = text.charAt(next)
    if (follows === ',') return role === 'item' || this.#isMemberNext(skipSpace(text, next + 1))
    if (follows === '' || '}]:#`'.includes(follows) || closingQuotes(follows) !== undefined) return true
    if (follows === '/') return '/*'.includes(text.charAt(next + 1))
    if (role === 'value') return isKeyAhead(text, next)
    return text.slice(at + 1, next).includes('\n') || follows === '{' || follows === '['
  }

  /** Tells whether, after a comma, an object goes on or ends here. */
  #isMemberNext(at: number): boolean {
    const next = this.#text.charAt(at)
    return next === '' || '}],/#{`.'.includes(next) || closingQuotes(next) !== undefined || isKeyAhead(this.#text, at)
  }

  /** Returns where the text ends although its quote is missing: before the comma or line break before this quote, which begins a key. */
  #cutBefore(at: number): number | null {
    if (!isQuotedKeyAhead(this.#text, at)) return null
    let before = at - 1
    let isOnOwnLine = false
    while (before > this.#start && isSpace(this.#text.charCodeAt(before))) {
      if (this.#text.charAt(before) === '\n') isOnOwnLine = true
      before--
    }
    if (this.#text.charAt(before) === ',') return before
    return isOnOwnLine ? before + 1 : null
  }

  /** Returns the end of a text whose quote is missing up to the end of everything: brackets at the end close what is open. */
  #withoutClosers(from: number): number {
    let end = this.#text.length
    while (end > from && (isSpace(this.#text.charCodeAt(end - 1)) || '}]`,'.includes(this.#text.charAt(end - 1)))) end--
    return end
  }

  /** Reads a word without quotes. In an object it must stand alone: a text without quotes may begin with a number. */
  word(role: Role): string {
    const text = this.#text
    let end = this.#start
    while (end < text.length && isWordCharacter(text.charCodeAt(end))) end++
    const word = text.slice(this.#start, end)
    const next = skipSpace(text, end)
    const follows = text.charAt(next)
    const isAlone =
      follows === '' ||
      ',}]#/"`'.includes(follows) ||
      role === 'item' ||
      isKeyAhead(text, next) ||
      text.slice(end, next).includes('\n')
    if (!isAlone) return ''
    this.end = end
    return word
  }

  /** Reads a text without quotes: in an object up to the comma, bracket or line end behind it, in a list one word. */
  bareText(role: Role): string {
    const text = this.#text
    let end = this.#start
    while (end < text.length && !isBareEnd(text, end, role)) end++
    let last = end
    while (last > this.#start && isSpace(text.charCodeAt(last - 1))) last--
    this.end = end
    // The quote at the end is there where only the one at the beginning is missing.
    if (last > this.#start && text.charAt(last - 1) === '"') last--
    return text.slice(this.#start, last)
  }
}

function isBareEnd(text: string, at: number, role: Role): boolean {
  const character = text.charAt(at)
  if (',}]\n'.includes(character)) return true
  if (role === 'item') return character === '[' || character === '{' || character === ':'
  return character === '"' && isQuotedKeyAhead(text, at)
}

const isHex = (digits: string): boolean => digits.length === 4 && readHex(digits)

function readHex(digits: string): boolean {
  for (const digit of digits) if (!'0123456789abcdefABCDEF'.includes(digit)) return false
  return true
}
