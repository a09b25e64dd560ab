/** A pattern that somebody outside wrote. Its match takes a time that grows only with the length of the text. */
export interface LinearPattern {
  /** Tells whether the pattern is found anywhere in the first 8,192 characters of a text. */
  matches(text: string): boolean
}

/** What is wrong with a pattern. */
export class PatternError extends Error {}

type Test = (character: string) => boolean
type Step =
  | { readonly type: 'character'; readonly test: Test }
  | { readonly type: 'split'; readonly to: readonly number[] }
  | { readonly type: 'assert'; readonly holds: (before: string, after: string) => boolean }
  | { readonly type: 'match' }
/** A piece of a program, whose jumps are relative to its beginning. */
type Piece = readonly Step[]

const longestText = 8_192
const mostSteps = 500
const deepest = 50

/**
 * Compiles a regular expression of the usual syntax: characters, `.`, classes, groups, `|`, `*`, `+`, `?`, `{2,5}`, `^`, `$`, `\b`, `\d`,
 * `\s`, `\w`, and `(?i)` at the beginning. All ways through the pattern are followed at once (Thompson's construction), so that none of
 * them can take a time that explodes, as with the patterns of JavaScript. References to groups and assertions that look around are refused.
 *
 * @throws PatternError
 */
export function linearPattern(source: string): LinearPattern {
  const isFolded = source.startsWith('(?i)')
  const fold = (text: string): string => (isFolded ? text.toLowerCase() : text)
  const parser = new Parser(isFolded ? source.slice(4) : source, fold)
  const program: Piece = [...parser.all(), { type: 'match' }]
  return { matches: (text) => run(program, fold(text.slice(0, longestText))) }
}

/** Follows all ways through the program, a character at a time. */
function run(program: Piece, text: string): boolean {
  let current = new Set<number>()
  for (let at = 0; at <= text.length; at++) {
    const before = text[at - 1] ?? ''
    const after = text[at] ?? ''
    const reached = new Set<number>()
    // A match may begin at any character.
    for (const start of [0, ...current]) {
      const open = [start]
      for (let index = open.pop(); index !== undefined; index = open.pop()) {
        if (reached.has(index)) continue
        reached.add(index)
        const step = program[index]
        if (step?.type === 'match') return true
        if (step?.type === 'split') for (const to of step.to) open.push(index + to)
        if (step?.type === 'assert' && step.holds(before, after)) open.push(index + 1)
      }
    }
    current = new Set()
    if (after === '') return false
    for (const index of reached) {
      const step = program[index]
      if (step?.type === 'character' && step.test(after)) current.add(index + 1)
    }
  }
  return false
}

const isDigit: Test = (character) => character >= '0' && character <= '9'
const isWord: Test = (character) => /^\w$/.test(character)
const isSpace: Test = (character) => /^\s$/.test(character)
const not =
  (test: Test): Test =>
  (character) =>
    !test(character)
const classes: Readonly<Record<string, Test>> = {
  d: isDigit,
  D: not(isDigit),
  w: isWord,
  W: not(isWord),
  s: isSpace,
  S: not(isSpace),
}
const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v' }

/** Reads a pattern from its beginning to its end. */
class Parser {
  readonly #source: string
  readonly #fold: (text: string) => string
  #at = 0
  #depth = 0

  /** @param fold What is done to each character of a text before it is compared. */
  constructor(source: string, fold: (text: string) => string) {
    this.#source = source
    this.#fold = fold
  }

  all(): Piece {
    const piece = this.#choice()
    if (this.#at < this.#source.length) throw this.#wrong('has a ) too many')
    return piece
  }

  #choice(): Piece {
    const ways = [this.#sequence()]
    while (this.#take('|')) ways.push(this.#sequence())
    return ways.reduceRight((rest, way) => this.#bounded(either(way, rest)))
  }

  #sequence(): Piece {
    const pieces: Piece[] = []
    while (this.#at < this.#source.length && this.#peek !== '|' && this.#peek !== ')') {
      pieces.push(this.#repeated(this.#atom()))
      this.#bounded(pieces.flat())
    }
    return pieces.flat()
  }

  #repeated(piece: Piece): Piece {
    const times = this.#times()
    if (times === null) return piece
    const [least, most] = times
    // Which way is preferred decides what is matched, not whether something is.
    this.#take('?')
    if (this.#times() !== null) throw this.#wrong('repeats a repetition')
    const optional = either(piece, [])
    const rest = most === null ? loop(piece) : Array.from({ length: most - least }, () => optional).flat()
    return this.#bounded([...Array.from({ length: least }, () => piece).flat(), ...rest])
  }

  #times(): readonly [least: number, most: number | null] | null {
    if (this.#take('*')) return [0, null]
    if (this.#take('+')) return [1, null]
    if (this.#take('?')) return [0, 1]
    const [whole, least = '', comma, most = ''] = /^\{(\d{1,3})(,(\d{0,3}))?\}/.exec(this.#source.slice(this.#at)) ?? []
    if (whole === undefined) return null
    this.#at += whole.length
    const from = Number(least)
    const to = comma === undefined ? from : most === '' ? null : Number(most)
    if (to !== null && to < from) throw this.#wrong('has a repetition whose numbers are out of order')
    if (from > mostSteps || (to ?? 0) > mostSteps) throw this.#wrong('is too long')
    return [from, to]
  }

  #atom(): Piece {
    const character = this.#next()
    switch (character) {
      case '(':
        return this.#group()
      case '[':
        return [{ type: 'character', test: this.#set() }]
      case '.':
        return [{ type: 'character', test: (other) => other !== '\n' }]
      case '^':
        return [{ type: 'assert', holds: (before) => before === '' }]
      case '$':
        return [{ type: 'assert', holds: (_, after) => after === '' }]
      case '\\':
        return this.#escape()
      case '*':
      case '+':
      case '?':
        throw this.#wrong('repeats nothing')
      default:
        return [{ type: 'character', test: this.#literal(character) }]
    }
  }

  #group(): Piece {
    if (++this.#depth > deepest) throw this.#wrong('is nested too deeply')
    if (this.#take('?') && !this.#take(':')) throw this.#wrong('looks around, or names a group, which is not supported')
    const piece = this.#choice()
    if (!this.#take(')')) throw this.#wrong('has a group without its end')
    this.#depth -= 1
    return piece
  }

  #escape(): Piece {
    const name = this.#next()
    if (name === 'b') return [{ type: 'assert', holds: (before, after) => isWord(before) !== isWord(after) }]
    if (name === 'B') return [{ type: 'assert', holds: (before, after) => isWord(before) === isWord(after) }]
    return [{ type: 'character', test: this.#escaped(name) }]
  }

  #escaped(name: string): Test {
    const test = classes[name]
    if (test !== undefined) return test
    const meant = controls[name] ?? name
    if (meant === name && /^\w$/.test(name)) throw this.#wrong(`has \\${name}, which is not supported`)
    return this.#literal(meant)
  }

  #set(): Test {
    const isNegated = this.#take('^')
    const tests: Test[] = []
    for (let isFirst = true; this.#peek !== ']' || isFirst; isFirst = false) {
      const first = this.#next()
      if (first === '\\') {
        tests.push(this.#escaped(this.#next()))
        continue
      }
      if (this.#peek === '-' && (this.#source[this.#at + 1] ?? ']') !== ']') {
        this.#at += 1
        const last = this.#next()
        const [lowest, highest] = [this.#fold(first), this.#fold(last)]
        if (last === '\\' || highest < lowest) throw this.#wrong('has a range that is none')
        tests.push((other) => other >= lowest && other <= highest)
      } else tests.push(this.#literal(first))
    }
    this.#at += 1
    return isNegated ? (other) => !tests.some((test) => test(other)) : (other) => tests.some((test) => test(other))
  }

  get #peek(): string {
    return this.#source[this.#at] ?? ''
  }

  #next(): string {
    const character = this.#source[this.#at]
    if (character === undefined) throw this.#wrong('ends in the middle')
    this.#at += 1
    return character
  }

  #take(character: string): boolean {
    if (this.#peek !== character) return false
    this.#at += 1
    return true
  }

  #literal(character: string): Test {
    const meant = this.#fold(character)
    return (other) => other === meant
  }

  #bounded(piece: Piece): Piece {
    if (piece.length > mostSteps) throw this.#wrong('is too long')
    return piece
  }

  #wrong(what: string): PatternError {
    return new PatternError(`${what}, at character ${this.#at + 1}`)
  }
}

const either = (one: Piece, other: Piece): Piece => [
  { type: 'split', to: [1, one.length + 2] },
  ...one,
  { type: 'split', to: [other.length + 1] },
  ...other,
]

const loop = (piece: Piece): Piece => [
  { type: 'split', to: [1, piece.length + 2] },
  ...piece,
  { type: 'split', to: [-piece.length - 1] },
]
