import { fullMatch, searchAll } from '../../util/pattern.ts'
import { type Declarations, readDeclarations, withoutComments } from './declarations.ts'
import type { Element } from './parse-html.ts'

/*
 * The rules of the `<style>` elements of a page that matter to what is seen. Sheets that a page links to are not fetched. Only
 * selectors of tags, classes and ids, also one inside the other, are understood; others are passed over.
 */

interface Compound {
  readonly tag: string | null
  readonly id: string | null
  readonly classes: readonly string[]
}

interface Rule {
  /** The last stands for the element itself, those before for what it stands in. */
  readonly compounds: readonly Compound[]
  readonly declarations: Declarations
  readonly weight: number
}

/** Returns what the sheets of a page declare for an element that stands in others, the strongest rule last. */
export type StyleSheet = (element: Element, ancestors: readonly Element[]) => readonly Declarations[]

const mostCompounds = 4

/** Reads the rules that matter. They are found by the id, the last class or the tag of the element, whichever is first there. */
export function readStyleSheet(styles: readonly string[]): StyleSheet {
  const rules = new Map<string, Rule[]>()
  let count = 0
  for (const { selectors, body } of styles.flatMap(blocksOf)) {
    const declarations = readDeclarations(body)
    if (declarations.size === 0) continue
    for (const selector of selectors.split(',')) {
      const compounds = readSelector(selector)
      if (compounds === null) continue
      count += 1
      const key = keyOf(compounds.at(-1))
      const known = rules.get(key) ?? []
      rules.set(key, known)
      known.push({ compounds, declarations, weight: weightOf(compounds, body.includes('!important')) + count * 1e-9 })
    }
  }
  if (rules.size === 0) return () => []
  return (element, ancestors) =>
    keysOf(element)
      .flatMap((key) => rules.get(key) ?? [])
      .filter(({ compounds }) => matches(compounds, element, ancestors))
      .sort((a, b) => a.weight - b.weight)
      .map(({ declarations }) => declarations)
}

/** Splits a sheet into its rules. Rules for paper or for a screen of some size are left out; those in other blocks count as if outside. */
function blocksOf(css: string): readonly { readonly selectors: string; readonly body: string }[] {
  const blocks: { selectors: string; body: string }[] = []
  const text = withoutComments(css)
  let skipped = 0
  let depth = 0
  let at = 0
  for (;;) {
    const open = indexOrEnd(text, '{', at)
    const close = indexOrEnd(text, '}', at)
    if (open === text.length && close === text.length) return blocks
    if (close < open) {
      depth = Math.max(0, depth - 1)
      if (depth < skipped) skipped = 0
      at = close + 1
      continue
    }
    const prelude = text.slice(Math.max(at, text.lastIndexOf(';', open) + 1), open).trim()
    at = open + 1
    if (prelude.startsWith('@')) {
      depth += 1
      if (skipped === 0 && isConditional(prelude)) skipped = depth
      continue
    }
    if (skipped === 0) blocks.push({ selectors: prelude, body: text.slice(at, close) })
    at = close + 1
  }
}

const isConditional = (prelude: string): boolean =>
  prelude.includes('print') || prelude.includes('width') || prelude.startsWith('@keyframes') || prelude.startsWith('@-')

function indexOrEnd(text: string, mark: string, from: number): number {
  const index = text.indexOf(mark, from)
  return index < 0 ? text.length : index
}

function readSelector(selector: string): readonly Compound[] | null {
  const parts = selector
    .replaceAll('>', ' ')
    .split(' ')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  if (parts.length === 0 || parts.length > mostCompounds) return null
  const compounds: Compound[] = []
  for (const part of parts) {
    if (fullMatch(/^(\*|[\w-]+)?([.#][\w-]+)*$/, part) === null) return null
    const named = searchAll(/[.#][\w-]+/g, part).map(([name]) => name)
    const tag = searchAll(/^[\w-]+/g, part)[0]?.[0].toLowerCase() ?? null
    const classes = named.filter((name) => name.startsWith('.')).map((name) => name.slice(1))
    compounds.push({ tag, id: named.find((name) => name.startsWith('#'))?.slice(1) ?? null, classes })
  }
  return compounds
}

function weightOf(compounds: readonly Compound[], important: boolean): number {
  let weight = important ? 1_000_000 : 1
  for (const { tag, id, classes } of compounds)
    weight += (id === null ? 0 : 10_000) + classes.length * 100 + (tag === null ? 0 : 1)
  return weight
}

const keyOf = (compound: Compound | undefined): string => {
  if (compound === undefined) return '*'
  if (compound.id !== null) return `#${compound.id}`
  return compound.classes.length > 0 ? `.${compound.classes.at(-1)}` : (compound.tag ?? '*')
}

const keysOf = (element: Element): readonly string[] => [
  '*',
  element.name,
  ...classesOf(element).map((name) => `.${name}`),
  `#${element.attributes['id'] ?? ''}`,
]

/** Returns the classes of an element. */
export const classesOf = ({ attributes }: Element): readonly string[] =>
  attributes['class'] === undefined ? [] : attributes['class'].split(/\s+/)

function matches(compounds: readonly Compound[], element: Element, ancestors: readonly Element[]): boolean {
  let left = compounds.length - 1
  if (!fits(compounds[left], element)) return false
  for (let index = ancestors.length - 1; index >= 0 && left > 0; index--) {
    if (fits(compounds[left - 1], ancestors[index])) left -= 1
  }
  return left === 0
}

function fits(compound: Compound | undefined, element: Element | undefined): boolean {
  if (compound === undefined || element === undefined) return false
  if (compound.tag !== null && compound.tag !== element.name) return false
  if (compound.id !== null && compound.id !== element.attributes['id']) return false
  return compound.classes.every((name) => classesOf(element).includes(name))
}
