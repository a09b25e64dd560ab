import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import type { Remark } from '../imported.ts'

type Path = readonly (string | number)[]

/**
 * The configuration file of LiteLLM. It keeps which of its values were taken over or remarked on, so that in the end everything else can be
 * named: nothing is left out in silence.
 */
export class LiteLlmSource {
  readonly #document: ReturnType<typeof parseDocument>
  readonly #lines = new LineCounter()
  readonly #done = new Set<string>()
  readonly #remarks: Remark[] = []

  /** @throws Error with the line, for a text that is not YAML, or holds no map. */
  constructor(text: string) {
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false })
    const [error] = this.#document.errors
    if (error !== undefined) {
      throw new Error(
        `line ${this.#lines.linePos(error.pos[0]).line}: this is not valid YAML: ${error.message.split(': ')[0]}.`,
      )
    }
    if (!isMap(this.#document.contents))
      throw new Error('line 1: this is no configuration of LiteLLM: it must be a map.')
  }

  /** Takes over the text, number or switch at a path; undefined where there is none. */
  take(...path: Path): string | number | boolean | undefined {
    const value: unknown = this.#document.getIn(path)
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined
    this.#done.add(printPath(path))
    return value
  }

  /** Returns the number of items of a list. */
  count(...path: Path): number {
    const node: unknown = this.#document.getIn(path)
    return isSeq(node) ? node.items.length : 0
  }

  /** Returns the keys of a map. */
  keys(...path: Path): readonly string[] {
    const node: unknown = path.length === 0 ? this.#document.contents : this.#document.getIn(path)
    return isMap(node) ? node.items.map(({ key }) => (isScalar(key) ? String(key.value) : '')) : []
  }

  /** Remarks on the value at a path, and on all below it. */
  remark(path: Path, message: string): void {
    this.#done.add(printPath(path))
    this.note(path, message)
  }

  /** Remarks on a section as a whole. What is below it is still remarked on. */
  note(path: Path, message: string): void {
    this.#remarks.push({ line: this.#lineOf(path), path: printPath(path), message })
  }

  /**
   * Returns all remarks, with one for each value that nothing took.
   * @param reason Returns why a setting is left out, by its key; null for one that is not known.
   */
  remarks(reason: (key: string) => string | null): readonly Remark[] {
    this.#remarkRest([], reason)
    return this.#remarks.toSorted((one, other) => one.line - other.line)
  }

  #remarkRest(path: Path, reason: (key: string) => string | null): void {
    if (this.#done.has(printPath(path))) return
    const node: unknown = path.length === 0 ? this.#document.contents : this.#document.getIn(path, true)
    const key = path.findLast((part) => typeof part === 'string')
    const known = key === undefined ? null : reason(key)
    // What is known as a whole, or of which nothing was taken, gets one remark, and not one for each part.
    const isSection = this.#isBegun(path) || (path.length < 2 && known === null)
    if (isSection && isMap(node) && node.items.length > 0) {
      for (const name of this.keys(...path)) this.#remarkRest([...path, name], reason)
    } else if (isSection && isSeq(node) && node.items.length > 0) {
      node.items.forEach((_, index) => this.#remarkRest([...path, index], reason))
    } else if (key !== undefined) this.remark(path, known ?? 'left out: Waygate has no such setting.')
  }

  /** Whether something below a path was taken. */
  #isBegun(path: Path): boolean {
    const prefix = printPath(path)
    return [...this.#done].some((done) => done.startsWith(`${prefix}.`) || done.startsWith(`${prefix}[`))
  }

  #lineOf(path: Path): number {
    const parent: unknown = path.length < 2 ? this.#document.contents : this.#document.getIn(path.slice(0, -1), true)
    const last = path.at(-1)
    const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && key.value === last) : undefined
    const node: unknown = pair?.key ?? this.#document.getIn(path, true)
    const offset = isNode(node) ? node.range?.[0] : undefined
    return offset === undefined || offset === 0 ? 1 : this.#lines.linePos(offset).line
  }
}

const printPath = (path: Path): string =>
  path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`
    return text === '' ? part : `${text}.${part}`
  }, '')
