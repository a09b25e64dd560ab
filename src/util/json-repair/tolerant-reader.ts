import { type Repair, type Role, TextReader } from './text-reader.ts'
import { isSpace, isWordCharacter, keyLength, readNumber } from './characters.ts'

export type { Repair } from './text-reader.ts'

interface Container {
  readonly closing: '}' | ']'
  items: number
}

/**
 * Reads one object or array that may be damaged, and writes it as JSON without white space; an undamaged one is returned as it is. What is
 * open is kept in a list, so that nesting takes no stack.
 */
export class TolerantReader {
  readonly #text: string
  readonly #start: number
  readonly #open: Container[] = []
  readonly #written: string[] = []
  readonly #repairs = new Set<Repair>()
  #at: number
  /** The commas since the last item. */
  #commas = 0

  /** @param start The index of `{` or `[`. */
  constructor(text: string, start: number) {
    this.#text = text
    this.#start = start
    this.#at = start
  }

  /** Returns null where the bracket does not begin a value: a bracket of a sentence, for example. */
  read(): { readonly end: number; readonly text: string; readonly repairs: readonly Repair[] } | null {
    this.#begin(this.#text.charAt(this.#at))
    while (this.#open.length > 0) if (!this.#step()) return null
    const end = this.#at
    const isSound = this.#repairs.size === 0
    const text = isSound ? this.#text.slice(this.#start, end) : this.#written.join('')
    return { end, text, repairs: [...this.#repairs] }
  }

  /** Reads the next item or the end of a container. */
  #step(): boolean {
    const container = this.#open.at(-1)
    if (container === undefined) return true
    this.#skip()
    const next = this.#text.charAt(this.#at)
    if (next === '' || this.#text.startsWith('```', this.#at)) {
      if (this.#open.length === 1 && container.items === 0) return false
      this.#repairs.add('missing_bracket')
      this.#close(container)
      return true
    }
    if (next === '}' || next === ']') return this.#end(container, next)
    return container.closing === '}' ? this.#member(container, next) : this.#item(container, next)
  }

  #end(container: Container, closing: '}' | ']'): boolean {
    if (container.closing === closing) {
      if (this.#commas > 0) this.#repairs.add('trailing_comma')
      this.#at++
      this.#close(container)
      return true
    }
    if (this.#open.some((each) => each.closing === closing)) {
      this.#repairs.add('missing_bracket')
      this.#close(container)
    } else {
      this.#repairs.add('stray_character')
      this.#at++
    }
    return true
  }

  #member(container: Container, next: string): boolean {
    const isFirst = this.#open.length === 1 && container.items === 0
    if (next === '{' || next === '[') {
      // The object before it was not closed.
      if (this.#open.at(-2)?.closing !== ']') return false
      this.#repairs.add('missing_bracket')
      const commas = this.#commas
      this.#close(container)
      this.#commas = commas
      return true
    }
    const from = this.#at
    const key = this.#key()
    if (key === null) {
      if (isFirst) return false
      this.#at = from + 1
      this.#repairs.add('stray_character')
      return true
    }
    this.#skipSpace()
    const mark = this.#text.charAt(this.#at)
    if (mark === ':' || mark === '=') {
      this.#at += this.#text.startsWith('=>', this.#at) ? 2 : 1
      if (mark === '=') this.#repairs.add('missing_colon')
    } else {
      // A sentence may have words in brackets.
      if (isFirst && (isBareText(this.#text, from) || mark === '' || mark === ',' || mark === '}')) return false
      this.#repairs.add('missing_colon')
    }
    this.#separate(container)
    this.#written.push(key, ':')
    this.#skipSpace()
    const value = this.#text.charAt(this.#at)
    if (value === '' || value === ',' || value === '}' || value === ']') {
      this.#repairs.add('missing_value')
      this.#written.push('null')
      return true
    }
    if (value === '{' || value === '[') this.#begin(value)
    else this.#written.push(this.#scalar('value'))
    return true
  }

  #item(container: Container, next: string): boolean {
    if (next === '{' || next === '[') {
      this.#separate(container)
      this.#begin(next)
      return true
    }
    const from = this.#at
    const item = this.#scalar('item')
    this.#skipSpace()
    const isKey = this.#text.charAt(this.#at) === ':'
    if (isKey && this.#open.at(-2)?.closing === '}' && container.items > 0) {
      // The list before it was not closed.
      this.#repairs.add('missing_bracket')
      this.#at = from
      const commas = this.#commas
      this.#close(container)
      this.#commas = commas
      return true
    }
    // A list of words is a bracket of a sentence, unless it stands within a value.
    if (this.#open.length === 1 && (isKey || isBareText(this.#text, from))) return false
    this.#separate(container)
    this.#written.push(item)
    if (this.#at === from) this.#at++
    return true
  }

  #begin(opening: string): void {
    this.#open.push({ closing: opening === '{' ? '}' : ']', items: 0 })
    this.#written.push(opening)
    this.#at++
    this.#commas = 0
  }

  #close(container: Container): void {
    this.#open.pop()
    this.#written.push(container.closing)
    this.#commas = 0
  }

  /** Writes the comma before an item. */
  #separate(container: Container): void {
    if (container.items > 0) {
      this.#written.push(',')
      if (this.#commas === 0) this.#repairs.add('missing_comma')
    }
    if (this.#commas > Math.min(1, container.items)) this.#repairs.add('stray_character')
    container.items++
    this.#commas = 0
  }

  #key(): string | null {
    const reader = new TextReader(this.#text, this.#at, this.#repairs)
    if (reader.isQuoted) {
      const key = reader.quoted('key')
      this.#at = reader.end
      return key
    }
    const length = keyLength(this.#text, this.#at)
    if (length === 0) return null
    const key = this.#text.slice(this.#at, this.#at + length)
    this.#at += length
    this.#repairs.add('missing_quote')
    // The quote at the end is there where only the one at the beginning is missing.
    if (this.#text.charAt(this.#at) === '"') this.#at++
    return JSON.stringify(key)
  }

  #scalar(role: Role): string {
    const reader = new TextReader(this.#text, this.#at, this.#repairs)
    const scalar = reader.isQuoted ? reader.quoted(role) : this.#bare(reader, role)
    this.#at = reader.end
    return scalar
  }

  /** Reads a number, a literal or a text without quotes. */
  #bare(reader: TextReader, role: Role): string {
    const word = reader.word(role)
    const literal = literals.get(word)
    if (literal !== undefined) {
      if (literal !== word) this.#repairs.add('literal')
      return literal
    }
    const number = readNumber(word)
    if (number !== null) {
      if (number !== word) this.#repairs.add('number')
      return number
    }
    this.#repairs.add('missing_quote')
    return JSON.stringify(reader.bareText(role))
  }

  /** Passes over white space, comments and commas, which are counted. */
  #skip(): void {
    for (;;) {
      this.#skipSpace()
      const next = this.#text.charAt(this.#at)
      if (next === ',') this.#commas++
      else if (this.#text.startsWith('...', this.#at)) {
        this.#repairs.add('stray_character')
        this.#at += 2
      } else return
      this.#at++
    }
  }

  /** Passes over white space and comments. */
  #skipSpace(): void {
    for (;;) {
      while (this.#at < this.#text.length && isSpace(this.#text.charCodeAt(this.#at))) this.#at++
      const isBlock = this.#text.startsWith('/*', this.#at)
      if (!isBlock && !this.#text.startsWith('//', this.#at) && this.#text.charAt(this.#at) !== '#') return
      this.#repairs.add('comment')
      const end = this.#text.indexOf(isBlock ? '*/' : '\n', this.#at)
      this.#at = end === -1 ? this.#text.length : end + (isBlock ? 2 : 1)
    }
  }
}

const isBareText = (text: string, at: number): boolean => isWordCharacter(text.charCodeAt(at)) && !isScalar(text, at)

function isScalar(text: string, at: number): boolean {
  let end = at
  while (end < text.length && isWordCharacter(text.charCodeAt(end))) end++
  const word = text.slice(at, end)
  return literals.has(word) || readNumber(word) !== null
}

/** JSON has no other numbers than finite ones. */
const literals: ReadonlyMap<string, string> = new Map([
  ['true', 'true'],
  ['True', 'true'],
  ['TRUE', 'true'],
  ['false', 'false'],
  ['False', 'false'],
  ['FALSE', 'false'],
  ['null', 'null'],
  ['Null', 'null'],
  ['NULL', 'null'],
  ['None', 'null'],
  ['undefined', 'null'],
  ['NaN', 'null'],
  ['Infinity', 'null'],
  ['-Infinity', 'null'],
])
