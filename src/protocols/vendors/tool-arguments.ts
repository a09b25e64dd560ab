import { isDeepStrictEqual } from 'node:util'
import { cutText } from '../../util/cut-text.ts'
import { isObject, parseJson } from '../../util/json.ts'

const quote = 0x22
const backslash = 0x5c
/** How many characters of the arguments are kept for comparison. Keeping all arguments of many calls could exhaust the heap. */
const longestStart = 256
/** A longer piece is not held back until the next piece shows what it is. */
const longestDoubt = 4_096

/**
 * Collects the arguments of one call, in whichever way an upstream sends them: in pieces, with all earlier text repeated in each piece, or
 * once more as a whole at the end. Text is passed on as it comes, except where it is not clear yet what it is, and only its beginning is
 * kept.
 */
export class ToolArguments {
  /** The beginning of what was passed on, and how long that is. */
  #start = ''
  #length = 0
  /** A hash of everything but the white space between tokens. It tells objects apart that are too long to be kept. */
  #hash = 0
  /** Text so far that may be a placeholder for no arguments. */
  #nothing = ''
  /** A piece that begins with all the text that was passed on: it either repeats that text, or is an object within it. */
  #doubtful: string | null = null
  #repeatsAll = false
  #depth = 0
  #inString = false
  #escaped = false
  #complete = false

  /** Whether there is anything but a placeholder. */
  get begun(): boolean {
    return this.#length > 0
  }

  /** Whether they are one whole JSON object, so that whatever follows can only repeat it. */
  get complete(): boolean {
    return this.#complete
  }

  /** Whether they may be all: a whole object, or an empty one, which some send before the one that they mean. */
  get whole(): boolean {
    if (this.#doubtful !== null) return isObject(parseJson(this.#doubtful))
    return this.#complete || (this.#length === 0 && isEmptyObject(this.#nothing))
  }

  /** Tells whether a text that is a whole object equals these arguments, which are complete. */
  equal(text: string): boolean {
    const other = new ToolArguments()
    other.add(text)
    if (other.#complete && other.#hash === this.#hash) return true
    const isKept = this.#length === this.#start.length && text.length <= longestDoubt
    return isKept && isDeepStrictEqual(parseJson(text), parseJson(this.#start || this.#nothing))
  }

  /**
   * Adds a piece.
   * @returns The text that can be passed on.
   */
  add(text: string): string {
    if (text === '' || this.#complete) return ''
    if (this.#length === 0) return this.#begin(text)
    const doubtful = this.#doubtful
    if (doubtful !== null) {
      if (text.trim() === '') return ''
      this.#doubtful = null
      this.#repeatsAll = text.startsWith(doubtful)
      return this.#repeatsAll ? this.#pass(text.slice(this.#length)) : this.#pass(doubtful) + this.add(text)
    }
    const isAgain = text.length >= this.#length && text.startsWith(this.#start)
    if (this.#repeatsAll) {
      if (isAgain) return this.#pass(text.slice(this.#length))
      return this.#start.startsWith(text) ? '' : this.#pass(text)
    }
    if (!isAgain || this.#depth === Infinity) return this.#pass(text)
    if (text.length > longestDoubt) {
      this.#repeatsAll = true
      return this.#pass(text.slice(this.#length))
    }
    this.#doubtful = text
    return ''
  }

  /**
   * Ends the arguments.
   * @param isCut Whether their end may be missing. Otherwise the arguments of a call without any become an empty object, since clients
   * parse them.
   * @returns The text that was not passed on yet.
   */
  end(isCut = false): string {
    const doubtful = this.#doubtful
    if (doubtful !== null) {
      this.#doubtful = null
      const isWithin = parseJson(this.#start + doubtful) !== undefined
      return this.#pass(isWithin ? doubtful : doubtful.slice(this.#length))
    }
    if (this.#length > 0 || (isCut && !this.whole)) return ''
    return this.#pass('{}')
  }

  /**
   * Adds a piece while there are no arguments yet: `null`, white space and `{}` are none, and some upstreams send them before the real
   * ones.
   */
  #begin(text: string): string {
    const before = this.#nothing
    this.#nothing += text
    const trimmed = this.#nothing.trim()
    const isNothing = 'null'.startsWith(trimmed) || isEmptyObject(trimmed)
    if (isNothing && this.#nothing.length <= longestStart) return ''
    const isPlaceholder = before.trim() === 'null' || isEmptyObject(before)
    return this.#pass(isPlaceholder && text.trimStart().startsWith('{') ? text : this.#nothing)
  }

  #pass(text: string): string {
    const end = this.#endOfObject(text)
    const passed = end < 0 ? text : text.slice(0, end)
    if (this.#length < longestStart) {
      this.#start = cutText(this.#start + cutText(passed, longestStart), longestStart)
      this.#nothing = ''
    }
    this.#length += passed.length
    return passed
  }

  /** Returns where in the text the object is complete, or -1. Text that does not begin as an object is never complete. */
  #endOfObject(text: string): number {
    if (this.#length === 0 && !text.trimStart().startsWith('{')) this.#depth = Infinity
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
      if (this.#inString || unit > 32) this.#hash = Math.imul(this.#hash ^ unit, 0x01000193)
      if (this.#escaped) this.#escaped = false
      else if (this.#inString) {
        if (unit === backslash) this.#escaped = true
        else if (unit === quote) this.#inString = false
      } else if (unit === quote) this.#inString = true
      else if (unit === 0x7b || unit === 0x5b) this.#depth++
      else if ((unit === 0x7d || unit === 0x5d) && --this.#depth === 0) {
        this.#complete = true
        return i + 1
      }
    }
    return -1
  }
}

/**
 * Returns the arguments as JSON text, for upstreams that send this text and for those that send the object itself. PHP servers send an
 * empty object as a list.
 */
export function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value
  return isObject(value) ? JSON.stringify(value) : ''
}

function isEmptyObject(text: string): boolean {
  const trimmed = text.trim()
  return trimmed.startsWith('{') && trimmed.endsWith('}') && trimmed.slice(1, -1).trim() === ''
}
