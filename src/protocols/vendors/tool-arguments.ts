import { isDeepStrictEqual } from 'node:util'
import { isObject, parseJson } from '../../util/json.ts'

const quote = 0x22
const backslash = 0x5c

/**
 * The arguments of one call, however an upstream tells them: in pieces, with all that came before in each piece, or once more as a whole
 * when they are complete. Text is passed on as it comes, but where it is not clear yet what it is.
 */
export class ToolArguments {
  /** What was passed on. */
  #text = ''
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
    return this.#text !== ''
  }

  /** Whether they are one whole JSON object, so that whatever follows can only repeat it. */
  get complete(): boolean {
    return this.#complete
  }

  /** Whether they may be all: a whole object, or an empty one, which some send before the one that they mean. */
  get whole(): boolean {
    if (this.#doubtful !== null) return isObject(parseJson(this.#doubtful))
    return this.#complete || (this.#text === '' && isEmptyObject(this.#nothing))
  }

  /** Whether a text says the same as these arguments, which are complete. */
  equal(text: string): boolean {
    const mine = this.#text || this.#nothing
    return text === mine || isDeepStrictEqual(parseJson(text), parseJson(mine))
  }

  /** @returns What of it can be passed on. */
  add(text: string): string {
    if (text === '' || this.#complete) return ''
    if (this.#text === '') return this.#begin(text)
    const doubtful = this.#doubtful
    if (doubtful !== null) {
      if (text.trim() === '') return ''
      this.#doubtful = null
      this.#repeatsAll = text.startsWith(doubtful)
      return this.#repeatsAll ? this.#pass(text.slice(this.#text.length)) : this.#pass(doubtful) + this.add(text)
    }
    const isAgain = text.length >= this.#text.length && text.startsWith(this.#text)
    if (this.#repeatsAll) {
      if (isAgain) return this.#pass(text.slice(this.#text.length))
      return this.#text.startsWith(text) ? '' : this.#pass(text)
    }
    if (!isAgain || this.#depth === Infinity) return this.#pass(text)
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
      const isWithin = parseJson(this.#text + doubtful) !== undefined
      return this.#pass(isWithin ? doubtful : doubtful.slice(this.#text.length))
    }
    if (this.#text !== '' || (isCut && !this.whole)) return ''
    return this.#pass('{}')
  }

  /** `null`, white space and `{}` are no arguments, and some send them before those that they mean. */
  #begin(text: string): string {
    const before = this.#nothing
    this.#nothing += text
    const trimmed = this.#nothing.trim()
    if ('null'.startsWith(trimmed) || isEmptyObject(trimmed)) return ''
    const isPlaceholder = before.trim() === 'null' || isEmptyObject(before)
    return this.#pass(isPlaceholder && text.trimStart().startsWith('{') ? text : this.#nothing)
  }

  #pass(text: string): string {
    const end = this.#endOfObject(text)
    const passed = end < 0 ? text : text.slice(0, end)
    this.#text += passed
    return passed
  }

  /** Where in the text the object is complete, or -1. What begins otherwise than an object never is. */
  #endOfObject(text: string): number {
    if (this.#text === '' && !text.trimStart().startsWith('{')) this.#depth = Infinity
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i)
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
