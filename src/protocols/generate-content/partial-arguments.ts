import { isObject, numberOf, stringOf } from '../../util/json.ts'
import { searchAll } from '../../util/pattern.ts'

type Key = string | number

/** An object or a list that is not closed yet. */
interface OpenContainer {
  readonly close: '}' | ']'
  /** Its key or index in the container around it. */
  readonly key: Key
  isEmpty: boolean
}

/**
 * Writes the JSON text of a call's arguments from the pieces in which Vertex AI streams them (`partialArgs`): values with their paths, a
 * long text in several pieces. Values come in the order of the text; a value that came late would repeat a key.
 */
export class PartialArguments {
  readonly #open: OpenContainer[] = []
  /** The path of a text that continues in the next piece. */
  #unfinished: string | null = null

  /** Adds a piece. Returns the JSON text that it adds. */
  add(piece: unknown): string {
    const path = isObject(piece) ? stringOf(piece['jsonPath']) : undefined
    if (!isObject(piece) || path === undefined) return ''
    const goesOn = piece['willContinue'] === true
    const text = stringOf(piece['stringValue'])
    if (this.#unfinished === path && text !== undefined) {
      if (!goesOn) this.#unfinished = null
      return escaped(text) + (goesOn ? '' : '"')
    }
    const written = this.#finishText() + this.#moveTo(keysOf(path))
    if (text === undefined) return written + scalar(piece)
    if (goesOn) this.#unfinished = path
    return `${written}"${escaped(text)}${goesOn ? '' : '"'}`
  }

  end(): string {
    const text = this.#finishText()
    if (this.#open.length === 0) return '{}'
    return text + this.#closeFrom(0)
  }

  #finishText(): string {
    if (this.#unfinished === null) return ''
    this.#unfinished = null
    return '"'
  }

  /** Closes the containers that do not hold the next value, opens those that do, and writes its key. */
  #moveTo(keys: readonly Key[]): string {
    const parents: readonly Key[] = ['$', ...keys.slice(0, -1)]
    const different = parents.findIndex((key, depth) => this.#open[depth]?.key !== key)
    const kept = different < 0 ? parents.length : different
    let text = this.#closeFrom(kept)
    for (const [depth, key] of parents.entries()) {
      if (depth < kept) continue
      if (depth > 0) text += this.#place(key)
      const isList = typeof keys[depth] === 'number'
      text += isList ? '[' : '{'
      this.#open.push({ close: isList ? ']' : '}', key, isEmpty: true })
    }
    const last = keys.at(-1)
    return last === undefined ? text : text + this.#place(last)
  }

  #place(key: Key): string {
    const around = this.#open.at(-1)
    const comma = around === undefined || around.isEmpty ? '' : ','
    if (around !== undefined) around.isEmpty = false
    return typeof key === 'number' ? comma : `${comma}${JSON.stringify(key)}:`
  }

  #closeFrom(depth: number): string {
    return this.#open
      .splice(depth)
      .toReversed()
      .map(({ close }) => close)
      .join('')
  }
}

const escaped = (text: string): string => JSON.stringify(text).slice(1, -1)

function scalar(piece: Readonly<Record<string, unknown>>): string {
  const value = numberOf(piece['numberValue']) ?? piece['boolValue']
  return typeof value === 'number' || typeof value === 'boolean' ? JSON.stringify(value) : 'null'
}

/** Parses a path such as `$.foo.bar[0]['two words']` into keys (RFC 9535, as far as it names one place). */
function keysOf(path: string): readonly Key[] {
  const steps = searchAll(/\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/g, path)
  return steps.map(([, name, position, single, double]) => {
    if (position !== undefined) return Number(position)
    return name ?? (single ?? double ?? '').replaceAll(/\\(.)/g, '$1')
  })
}
