import { isDeepStrictEqual } from 'node:util'
import { cutText } from '../../util/cut-text.ts'
import { isObject, parseJson } from '../../util/json.ts'

const quote = 0x22
const backslash = 0x5c
/** How much of the arguments is kept to compare with: the arguments of many calls are more than a heap. */
const longestStart = 256
/** A longer piece is not held back until the next one tells what it is. */
const longestDoubt = 4_096

/**
 * The arguments of one call, however an upstream tells them: in pieces, with all that came before in each piece, or once more as a whole
 * when they are complete. Text is passed on as it comes, but where it is not clear yet what it is, and only its beginning is kept.
 */
export class ToolArguments {
  /** The beginning of what was passed on, and how long that is. */
  #start = ''
  #length = 0
  /** Tells objects apart that are too long to be kept: made of all that is not white space between tokens. */
  #hash = 0
  /** What looks like no arguments so far. */
  #nothing = ''
  /** A piece that begins with all that was passed on: either it repeats that, or it is an object within it. */
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

  /** Whether a text that is a whole object says the same as these arguments, which are complete. */
  equal(text: string): boolean {
    const other = new ToolArguments()
    other.add(text)
    if (other.#complete && other.#hash === this.#hash) return true
    const isKept = this.#length === this.#start.length && text.length <= longestDoubt
    return isKept && isDeepStrictEqual(parseJson(text), parseJson(this.#start || this.#nothing))
  }

  /** @returns What of it can be passed on. */
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
   * There is no more.
   * @param isCut Whether they may lack their end; else the arguments of a call without any are an empty object, since clients parse them.
   * @returns What was not passed on yet.
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

  /** `null`, white space and `{}` are no arguments, and some send them before those that they mean. */
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

  /** Where in the text the object is complete, or -1. What begins otherwise than an object never is. */
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

/** The arguments as JSON text, of those who send that and of those who send the object itself. PHP sends an empty one as a list. */
export function argumentsText(value: unknown): string {
  if (typeof value === 'string') return value
  return isObject(value) ? JSON.stringify(value) : ''
}

function isEmptyObject(text: string): boolean {
  const trimmed = text.trim()
  return trimmed.startsWith('{') && trimmed.endsWith('}') && trimmed.slice(1, -1).trim() === ''
}
