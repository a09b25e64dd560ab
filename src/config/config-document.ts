import { isAlias, isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document, type Scalar } from 'yaml'
import { expandVariables } from './expand-variables.ts'
import { printPath, type Path } from './path.ts'
import type { Problem } from './problem.ts'

/** The limit for nesting. No configuration is deeper; anything more is a mistake or an attack on the stack. */
const deepest = 32

/** A configuration file as plain values with their positions. It collects problems, so that one reading finds all of them. */
export class ConfigDocument {
  readonly problems: Problem[] = []
  readonly #file: string | null
  readonly #environment: Readonly<Record<string, string | undefined>>
  readonly #document: Document
  readonly #lines = new LineCounter()
  /** The strings that contained variables, and whether all of these could be read. */
  readonly #expanded = new Map<unknown, 'complete' | 'incomplete'>()
  /** The variables in each string that has any. */
  readonly #variables = new Map<unknown, readonly string[]>()
  #readable = true
  /** What `value` returns, until the document changes. */
  #value: { readonly is: unknown } | null = null

  constructor(file: string | null, text: string, environment: Readonly<Record<string, string | undefined>>) {
    this.#file = file
    this.#environment = environment
    // `#visit` finds duplicate keys, because it knows their path.
    this.#document = parseDocument(text, {
      lineCounter: this.#lines,
      prettyErrors: false,
      uniqueKeys: false,
    })
    // Most of the further errors follow from the first.
    const [first] = [...this.#document.errors, ...this.#document.warnings]
    if (first !== undefined) this.#giveUp(first.pos[0], explainSyntax(first.message, text.slice(0, first.pos[0])))
    if (this.#readable) this.#visit(this.#document.contents, [], [])
  }

  /** Returns the content of the file; undefined when it cannot be parsed. An empty section counts as absent. */
  value(): unknown {
    if (!this.#readable) return undefined
    this.#value ??= { is: this.#read() }
    return this.#value.is
  }

  #read(): unknown {
    try {
      const value: unknown = this.#document.toJS({ maxAliasCount: 100 }) ?? {}
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
      return Object.fromEntries(Object.entries(value).filter(([, section]) => section !== null))
    } catch {
      this.#giveUp(0, 'aliases repeat too much of the file. Write the repeated parts out.')
      return undefined
    }
  }

  /** Records a problem with the value at a path, or with its key. */
  report(path: Path, message: string, at: 'value' | 'key' = 'value'): void {
    const { key, value } = this.#find(path)
    // A value with an unreadable variable has been reported already.
    if (this.#expanded.get(value) === 'incomplete') return
    this.#add(offsetOf(at === 'key' ? key : value), printPath(path), message)
  }

  /** Returns the line of the value at a path, and the variables that stand in it. */
  origin(path: Path): { readonly line: number | null; readonly variables: readonly string[] } {
    const { value } = this.#find(path)
    const offset = offsetOf(value)
    const line = this.#file === null ? null : offset === 0 ? 1 : this.#lines.linePos(offset).line
    return { line, variables: this.#variables.get(value) ?? [] }
  }

  /** Parses the text of variables as a number or boolean, where the schema wants one. Returns false when it is neither. */
  reinterpret(path: Path): boolean {
    const { value } = this.#find(path)
    if (!isScalar(value) || typeof value.value !== 'string' || !this.#expanded.has(value)) return false
    const meant = numberOrSwitch(value.value)
    if (meant === undefined) return false
    value.value = meant
    this.#value = null
    return true
  }

  #giveUp(offset: number, message: string): void {
    this.#readable = false
    this.#add(offset, '', message)
  }

  #add(offset: number, path: string, message: string): void {
    // The line counter has no first line when no line break comes before the offset.
    const { line, col } = offset === 0 ? { line: 1, col: 1 } : this.#lines.linePos(offset)
    const place = this.#file === null ? { line: null, column: null } : { line, column: col }
    this.problems.push({ file: this.#file, ...place, path, message })
  }

  #visit(node: unknown, path: Path, above: readonly unknown[]): void {
    if (path.length > deepest) return this.#giveUp(offsetOf(node), `this is nested deeper than ${deepest} levels.`)
    if (isAlias(node) && above.includes(node.resolve(this.#document))) {
      return this.#giveUp(offsetOf(node), 'this alias stands for something that contains it.')
    }
    const inside = [...above, node]
    if (isScalar(node)) this.#expand(node, path)
    if (isSeq(node)) node.items.forEach((item, index) => this.#visit(item, [...path, index], inside))
    if (!isMap(node)) return
    const seen = new Set<string>()
    for (const { key, value } of node.items) {
      const at = [...path, keyName(key)]
      if (!isPlain(key)) return this.#giveUp(offsetOf(key), 'a key must be plain text.')
      if (seen.has(keyName(key))) this.#add(offsetOf(key), printPath(at), 'this key is set twice. Keep one.')
      seen.add(keyName(key))
      this.#visit(value, at, inside)
    }
  }

  #expand(scalar: Scalar, path: Path): void {
    if (typeof scalar.value !== 'string') return
    const { text, names, unset, malformed } = expandVariables(scalar.value, this.#environment)
    if (malformed) {
      this.report(path, 'after ${ must come a variable’s name and }, as in ${API_KEY}. Write $${ for a literal ${.')
    }
    for (const name of new Set(unset)) {
      this.report(path, `the environment variable ${name} is not set. Set it, or remove what needs it.`)
    }
    scalar.value = text
    if (names.length > 0) this.#variables.set(scalar, names)
    if (malformed || unset.length > 0) this.#expanded.set(scalar, 'incomplete')
    else if (names.length > 0) this.#expanded.set(scalar, 'complete')
  }

  /** Follows a path through maps, lists and aliases. Where the path ends early, returns the deepest node that exists. */
  #find(path: Path): { readonly key: unknown; readonly value: unknown } {
    let found = { key: this.#document.contents as unknown, value: this.#resolve(this.#document.contents) }
    for (const part of path) {
      const next = child(found.value, part)
      if (next === undefined) break
      found = { key: next.key, value: this.#resolve(next.value) ?? next.key }
    }
    return found
  }

  #resolve(node: unknown): unknown {
    return isAlias(node) ? node.resolve(this.#document) : node
  }
}

function child(node: unknown, part: string | number): { readonly key: unknown; readonly value: unknown } | undefined {
  if (isMap(node)) return node.items.find(({ key }) => keyName(key) === String(part))
  if (!isSeq(node) || typeof part !== 'number' || part >= node.items.length) return undefined
  return { key: node.items[part], value: node.items[part] }
}

function keyName(key: unknown): string {
  return isPlain(key) ? String(key.value ?? '') : ''
}

/** Whether a node is a string, a number, a boolean or null, and not a list, a map, an alias or binary data. */
function isPlain(node: unknown): node is Scalar<string | number | boolean | bigint | null> {
  return isScalar(node) && (typeof node.value !== 'object' || node.value === null)
}

function offsetOf(node: unknown): number {
  return (isNode(node) && node.range?.[0]) || 0
}

function explainSyntax(message: string, before: string): string {
  if (before.endsWith('$')) return 'inside [ ] and { }, text with ${NAME} must stand in quotes.'
  if (message.startsWith('Source contains multiple documents')) return 'a second document begins here. Keep one.'
  // After the colon the parser quotes the file, which may contain a secret.
  return `this is not valid YAML: ${message.split(': ')[0]}.`
}

function numberOrSwitch(text: string): number | boolean | undefined {
  if (text === 'true' || text === 'false') return text === 'true'
  return /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : undefined
}
