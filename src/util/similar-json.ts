import { isObject, parseJson } from './json.ts'

/** A longer text is parsed: to compare it takes as long. */
const longest = 4_096
const mostHoles = 4
/** After so many lessons in a row that were of no use, the texts are too unlike to be compared. */
const mostLessons = 8

/**
 * Parses texts of which most differ from the one before in a few values, as the chunks of a stream do. The result is always that of
 * `parseJson`. Where a text is like the last two, it comes sooner: the values that differ are cut out of the text and put into a copy of what
 * was parsed (docs/decisions/0023-chunks-that-are-alike.md).
 */
export class SimilarJson {
  #before = ''
  #template: Template | null = null
  #lessons = 0

  /** Returns what the text says; undefined where it is not JSON. */
  parse(text: string): unknown {
    const filled = this.#template?.read(text)
    if (filled !== undefined) {
      this.#lessons = 0
      return filled
    }
    if (this.#lessons < mostLessons && text.length <= longest) this.#learn(text)
    return parseJson(text)
  }

  #learn(text: string): void {
    this.#lessons += 1
    this.#template = templateOf(this.#before, text) ?? this.#template
    this.#before = text
  }
}

/** A place where texts that are alike differ: the inside of a text, or a whole number. */
interface Hole {
  /** What stands between the hole before and this one. */
  readonly before: string
  readonly isText: boolean
}

type Value = string | number

/** An object or a list with holes in it. Where they are stands in `places`: the number of a hole, or what holds it. */
type Branch =
  | {
      readonly isList: false
      readonly value: Readonly<Record<string, unknown>>
      readonly places: readonly Place<string>[]
    }
  | { readonly isList: true; readonly value: readonly unknown[]; readonly places: readonly Place<number>[] }

interface Place<Key> {
  readonly key: Key
  readonly content: number | Branch
}

/** What texts that are alike have in common. */
class Template {
  readonly #holes: readonly Hole[]
  readonly #end: string
  readonly #root: Branch

  constructor(holes: readonly Hole[], end: string, root: Branch) {
    this.#holes = holes
    this.#end = end
    this.#root = root
  }

  /** Returns what a text says; undefined where it is not of this template. */
  read(text: string): unknown {
    const values: Value[] = []
    let at = 0
    for (const { before, isText } of this.#holes) {
      const start = at + before.length
      // Faster than `startsWith`.
      if (text.slice(at, start) !== before) return undefined
      at = isText ? endOfText(text, start) : endOfNumber(text, start)
      if (at === -1) return undefined
      const value = text.slice(start, at)
      values.push(isText ? value : Number(value))
    }
    return text.slice(at) === this.#end ? copyOf(this.#root, values) : undefined
  }
}

/** Returns where a text ends that stands for itself; -1 where something in it is written in another way. */
function endOfText(text: string, start: number): number {
  for (let at = start; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) return at
    if (code === 0x5c || code < 0x20) return -1
  }
  return -1
}

/** Numbers of more digits are not exact, and none begins with a zero. */
const mostDigits = 15

function endOfNumber(text: string, start: number): number {
  let at = start
  while (isDigit(text, at)) at++
  const digits = at - start
  return digits === 0 || digits > mostDigits || (digits > 1 && text.charCodeAt(start) === 0x30) ? -1 : at
}

function isDigit(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  return code >= 0x30 && code <= 0x39
}

function copyOf(branch: Branch, values: readonly Value[]): unknown {
  if (branch.isList) {
    const copy = branch.value.slice()
    for (const { key, content } of branch.places) copy[key] = contentOf(content, values)
    return copy
  }
  const copy: Record<string, unknown> = { ...branch.value }
  for (const { key, content } of branch.places) copy[key] = contentOf(content, values)
  return copy
}

const contentOf = (content: number | Branch, values: readonly Value[]): unknown =>
  typeof content === 'number' ? values[content] : copyOf(content, values)

/** Compares two texts. Null where they differ in more than a few values. */
function templateOf(before: string, text: string): Template | null {
  const holes: Hole[] = []
  let at = 0
  let atBefore = 0
  for (;;) {
    const same = samePart(text, at, before, atBefore)
    if (at + same === text.length) break
    const start = startOfValue(text, at + same)
    if (start < at || holes.length === mostHoles) return null
    const isText = text.charCodeAt(start - 1) === 0x22
    holes.push({ before: text.slice(at, start), isText })
    atBefore = endOf(before, atBefore + start - at, isText)
    at = endOf(text, start, isText)
    if (at === -1 || atBefore === -1) return null
  }
  return verified(holes, text.slice(at))
}

function samePart(text: string, at: number, before: string, atBefore: number): number {
  const most = Math.min(text.length - at, before.length - atBefore)
  let same = 0
  while (same < most && text.charCodeAt(at + same) === before.charCodeAt(atBefore + same)) same++
  return same
}

/** Returns where a value begins that stands around this place: a number behind a key, or the inside of a text. */
function startOfValue(text: string, place: number): number {
  let start = place
  while (isDigit(text, start - 1)) start--
  const isNumber = isDigit(text, start) && text.slice(start - 2, start) === '":'
  return isNumber ? start : text.lastIndexOf('"', place - 1) + 1
}

const endOf = (text: string, start: number, isText: boolean): number =>
  isText ? text.indexOf('"', start) : endOfNumber(text, start)

/**
 * Tries the template with a probe in each hole: where that is JSON which holds each probe in one place, as a value, so is every text of this
 * template. A probe is longer than all the rest, so that nothing else can be taken for it. It is always a text, which may stand wherever a
 * number may.
 */
function verified(holes: readonly Hole[], end: string): Template | null {
  const rest = holes.reduce((length, { before }) => length + before.length, end.length)
  const probes = holes.map((_, index) => 'x'.repeat(rest + 1 + index))
  const tried = holes.map(({ before, isText }, index) => before + (isText ? probes[index] : `"${probes[index]}"`))
  const search = new ProbeSearch(probes)
  try {
    const root = search.branchOf(JSON.parse(tried.join('') + end))
    return root === null || search.found < probes.length ? null : new Template(holes, end, root)
  } catch {
    return null
  }
}

/** Finds the places of probes. */
class ProbeSearch {
  readonly #probes: readonly string[]
  readonly #found = new Set<number>()

  constructor(probes: readonly string[]) {
    this.#probes = probes
  }

  get found(): number {
    return this.#found.size
  }

  /**
   * Returns a value with the places of the probes in it; null where there is none.
   * @throws Error where a probe stands in a place that cannot be filled.
   */
  branchOf(value: unknown): Branch | null {
    if (Array.isArray(value)) {
      const places = this.#placesOf(value.entries())
      return places.length === 0 ? null : { isList: true, value, places }
    }
    if (!isObject(value)) return null
    const places = this.#placesOf(Object.entries(value))
    return places.length === 0 ? null : { isList: false, value, places }
  }

  #placesOf<Key>(entries: Iterable<[Key, unknown]>): readonly Place<Key>[] {
    const places: Place<Key>[] = []
    for (const [key, inner] of entries) {
      const content = this.#numberOf(inner) ?? this.branchOf(inner)
      if (content === null) continue
      // As a key of a copy it would set the prototype.
      if (key === '__proto__') throw new Error('A probe stands in a prototype.')
      places.push({ key, content })
    }
    return places
  }

  #numberOf(value: unknown): number | null {
    const number = this.#probes.findIndex((probe) => probe === value)
    if (number === -1) return null
    this.#found.add(number)
    return number
  }
}
