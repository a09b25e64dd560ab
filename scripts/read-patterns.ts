import { parseFileSync } from '@swc/core'

export interface Pattern {
  readonly source: string
  readonly flags: string
}

interface Found {
  /** Regular expressions, and the `pattern` of schemas. */
  readonly patterns: readonly Pattern[]
  /** Calls that run a pattern, such as `.test()`. */
  readonly runs: readonly string[]
}

const methods = new Set(['test', 'exec', 'match', 'matchAll', 'search'])

/** Reads the patterns of a source file. */
export function readPatterns(file: string): Found {
  const patterns: Pattern[] = []
  const runs: string[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit)
    if (typeof node !== 'object' || node === null) return
    const { type, pattern, flags, key, value, callee } = Object(node)
    if (type === 'RegExpLiteral') patterns.push({ source: pattern, flags })
    // The validator compiles them with this flag.
    if (type === 'KeyValueProperty' && key.value === 'pattern' && value.type === 'StringLiteral') {
      patterns.push({ source: value.value, flags: 'u' })
    }
    if (type === 'CallExpression' && callee.type === 'MemberExpression' && methods.has(callee.property.value)) {
      runs.push(`.${callee.property.value}()`)
    }
    Object.values(node).forEach(visit)
  }
  visit(parseFileSync(file, { syntax: 'typescript' }))
  return { patterns, runs }
}
