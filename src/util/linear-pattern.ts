import type { StepBudget } from './step-budget.ts'

/** A pattern that somebody outside wrote. Its match takes a time that grows only with the length of the text. */
export interface LinearPattern {
  /** As how many steps it counts. Each character of a text takes as many of the budget at most. */
  readonly steps: number
  /** Tells whether the pattern is found anywhere in the first 8,192 characters of a text. False where the budget is spent. */
  matches(text: string, budget: StepBudget): boolean
}

/** What is wrong with a pattern. */
export class PatternError extends Error {}

/** Codes of characters, from and to, from and to …, in rising order. */
type Ranges = readonly number[]
type Step =
  | { readonly type: 'character'; readonly ranges: Ranges }
  | { readonly type: 'split'; readonly to: readonly number[] }
  /** `before` and `after` are codes of characters, or `none`. */
  | { readonly type: 'assert'; readonly holds: (before: number, after: number) => boolean }
  | { readonly type: 'match' }
/** A piece of a program, whose jumps are relative to its beginning. */
type Piece = readonly Step[]

const longestText = 8_192
const mostSteps = 500
/** The most steps that are made of one pattern, with those that are made for a part of it and copied or left out then. */
const mostMade = 10 * mostSteps
const deepest = 50
/** Where there is no character: before and after the text. */
const none = -1

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
  const program = programOf([...parser.all(), { type: 'match' }])
  return {
    steps: program.steps.reduce((sum, step) => sum + costOf(step), 0),
    matches: (text, budget) => run(program, fold(text.slice(0, longestText)), budget),
  }
}

/** The steps of a pattern as lists of numbers, which are read faster than objects of several forms. */
interface Program {
  readonly steps: readonly Step[]
  readonly kinds: Uint8Array
  /** The only range of a character, or the steps after a split. */
  readonly first: Uint16Array
  readonly second: Uint16Array
}

const kind = { range: 0, ranges: 1, split: 2, assert: 3, match: 4 } as const

function programOf(steps: readonly Step[]): Program {
  const { length } = steps
  const [kinds, first, second] = [new Uint8Array(length), new Uint16Array(length), new Uint16Array(length)]
  for (const [index, step] of steps.entries()) {
    const isRange = step.type === 'character' && step.ranges.length === 2
    const pair = step.type === 'split' ? step.to.map((to) => index + to) : isRange ? step.ranges : []
    kinds[index] = step.type !== 'character' ? kind[step.type] : isRange ? kind.range : kind.ranges
    first[index] = pair[0] ?? 0
    second[index] = pair[1] ?? pair[0] ?? 0
  }
  return { steps, kinds, first, second }
}

/** Follows all ways through the program, a character at a time. Each step is visited once for each character at most, and counted. */
function run({ steps, kinds, first, second }: Program, text: string, budget: StepBudget): boolean {
  /** The character at which each step was visited last. */
  const visitedAt = new Int32Array(kinds.length).fill(none)
  /** The steps to visit, and those to begin with at the next character. */
  const open: number[] = []
  const next: number[] = []
  for (let at = 0; at <= text.length; at++) {
    const before = at === 0 ? none : text.charCodeAt(at - 1)
    const after = at === text.length ? none : text.charCodeAt(at)
    // A match may begin at any character.
    open.push(0)
    for (let index = next.pop(); index !== undefined; index = next.pop()) open.push(index)
    let visited = 0
    for (let index = open.pop(); index !== undefined; index = open.pop()) {
      if (visitedAt[index] === at) continue
      visitedAt[index] = at
      visited += 1
      const one = first[index] ?? 0
      const other = second[index] ?? 0
      switch (kinds[index]) {
        case kind.range:
          if (after >= one && after <= other) next.push(index + 1)
          break
        case kind.ranges:
          visited += rangesCost
          if (takes(steps[index], after)) next.push(index + 1)
          break
        case kind.split:
          open.push(one, other)
          break
        case kind.assert:
          if (holds(steps[index], before, after)) open.push(index + 1)
          break
        default:
          return budget.take(visited)
      }
    }
    if (!budget.take(visited)) return false
  }
  return false
}

const takes = (step: Step | undefined, code: number): boolean =>
  step?.type === 'character' && isWithin(step.ranges, code)

const holds = (step: Step | undefined, before: number, after: number): boolean =>
  step?.type === 'assert' && step.holds(before, after)

/** Returns as how many steps one counts. Several ranges are searched, which takes the time of five. */
const costOf = (step: Step): number => (step.type === 'character' && step.ranges.length > 2 ? 1 + rangesCost : 1)
const rangesCost = 4

/** Finds a code among ranges in at most ten looks: the longest pattern has a thousand characters. */
function isWithin(ranges: Ranges, code: number): boolean {
  let from = 0
  let to = ranges.length / 2 - 1
  while (from <= to) {
    const middle = (from + to) >> 1
    if (code < (ranges[2 * middle] ?? 0)) to = middle - 1
    else if (code > (ranges[2 * middle + 1] ?? 0)) from = middle + 1
    else return true
  }
  return false
}

const highest = 0xffff
const codeOf = (character: string): number => character.charCodeAt(0)

/** Brings ranges into order, and joins those that meet. */
function joined(ranges: Ranges): Ranges {
  const pairs = Array.from({ length: ranges.length / 2 }, (_, index) => ranges.slice(2 * index, 2 * index + 2))
  const sorted = pairs.toSorted(([one = 0], [other = 0]) => one - other)
  const all: number[] = []
  for (const [from = 0, to = 0] of sorted) {
    const last = all.at(-1)
    if (last !== undefined && from <= last + 1) all[all.length - 1] = Math.max(last, to)
    else all.push(from, to)
  }
  return all
}

/** Returns the ranges of all other characters. `ranges` are in order. */
function not(ranges: Ranges): Ranges {
  const others: number[] = []
  let from = 0
  for (let index = 0; index < ranges.length; index += 2) {
    const [first = 0, last = 0] = ranges.slice(index, index + 2)
    if (first > from) others.push(from, first - 1)
    from = last + 1
  }
  return from <= highest ? [...others, from, highest] : others
}

const rangesOf = (text: string): Ranges => joined(Array.from(text, codeOf))
const digits = rangesOf('09')
const words = rangesOf('09AZ__az')
/** Source: https://tc39.es/ecma262/#prod-CharacterClassEscape, white space and line terminators. */
const spaces = rangesOf(
  '\t\r  \u00a0\u00a0\u1680\u1680\u2000\u200a\u2028\u2029\u202f\u202f\u205f\u205f\u3000\u3000\ufeff\ufeff',
)
const classes: Readonly<Record<string, Ranges>> = {
  d: digits,
  D: not(digits),
  w: words,
  W: not(words),
  s: spaces,
  S: not(spaces),
}
const exceptNewline = not(rangesOf('\n\n'))
const isWord = (code: number): boolean => isWithin(words, code)
const controls: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v' }

/** Reads a pattern from its beginning to its end. */
class Parser {
  readonly #source: string
  readonly #fold: (text: string) => string
  #at = 0
  #depth = 0
  #made = 0

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
    const [only] = ways
    return ways.length === 1 && only !== undefined ? only : this.#bounded(oneOf(ways))
  }

  #sequence(): Piece {
    const steps: Step[] = []
    while (this.#at < this.#source.length && this.#peek !== '|' && this.#peek !== ')') {
      const piece = this.#repeated(this.#atom())
      if (steps.length + piece.length > mostSteps) throw this.#wrong('is too long')
      steps.push(...piece)
    }
    return this.#bounded(steps)
  }

  #repeated(piece: Piece): Piece {
    const times = this.#times()
    if (times === null) return piece
    const [least, most] = times
    // Which way is preferred decides what is matched, not whether something is.
    this.#take('?')
    if (this.#times() !== null) throw this.#wrong('repeats a repetition')
    const optional = oneOf([piece, []])
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
        return [{ type: 'character', ranges: this.#set() }]
      case '.':
        return [{ type: 'character', ranges: exceptNewline }]
      case '^':
        return [{ type: 'assert', holds: (before) => before === none }]
      case '$':
        return [{ type: 'assert', holds: (_, after) => after === none }]
      case '\\':
        return this.#escape()
      case '*':
      case '+':
      case '?':
        throw this.#wrong('repeats nothing')
      default:
        return [{ type: 'character', ranges: this.#literal(character) }]
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
    return [{ type: 'character', ranges: this.#escaped(name) }]
  }

  #escaped(name: string): Ranges {
    const known = classes[name]
    if (known !== undefined) return known
    const meant = controls[name] ?? name
    if (meant === name && /^\w$/.test(name)) throw this.#wrong(`has \\${name}, which is not supported`)
    return this.#literal(meant)
  }

  #set(): Ranges {
    const isNegated = this.#take('^')
    const all: number[] = []
    for (let isFirst = true; this.#peek !== ']' || isFirst; isFirst = false) {
      const first = this.#next()
      if (first === '\\') {
        all.push(...this.#escaped(this.#next()))
        continue
      }
      if (this.#peek === '-' && (this.#source[this.#at + 1] ?? ']') !== ']') {
        this.#at += 1
        const last = this.#next()
        const [from, to] = [codeOf(this.#fold(first)), codeOf(this.#fold(last))]
        if (last === '\\' || to < from) throw this.#wrong('has a range that is none')
        all.push(from, to)
      } else all.push(...this.#literal(first))
    }
    this.#at += 1
    const ranges = joined(all)
    return isNegated ? not(ranges) : ranges
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

  #literal(character: string): Ranges {
    const code = codeOf(this.#fold(character))
    return [code, code]
  }

  #bounded(piece: Piece): Piece {
    this.#made += piece.length
    if (piece.length > mostSteps || this.#made > mostMade) throw this.#wrong('is too long')
    return piece
  }

  #wrong(what: string): PatternError {
    return new PatternError(`${what}, at character ${this.#at + 1}`)
  }
}

/** Each way but the last is behind a split, and jumps to the end of them all. */
function oneOf(ways: readonly Piece[]): Piece {
  const steps: Step[] = []
  let left = ways.reduce((sum, way) => sum + way.length + 2, -2)
  for (const way of ways.slice(0, -1)) {
    left -= way.length + 2
    steps.push({ type: 'split', to: [1, way.length + 2] }, ...way, { type: 'split', to: [left + 1] })
  }
  return [...steps, ...(ways.at(-1) ?? [])]
}

const loop = (piece: Piece): Piece => [
  { type: 'split', to: [1, piece.length + 2] },
  ...piece,
  { type: 'split', to: [-piece.length - 1] },
]
