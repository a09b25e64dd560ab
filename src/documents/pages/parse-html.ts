import { Parser } from 'htmlparser2'

/** An element of a page. Texts stand among the children as strings. */
export interface Element {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
  readonly children: (Element | string)[]
}

export interface ParsedHtml {
  readonly root: Element
  /** The texts of the `<style>` elements, in order. */
  readonly styles: readonly string[]
  /** False where the page was nested too deep to be read to its end. */
  readonly complete: boolean
}

/** Elements that show no text of the page. What a form asks for is no text either. */
const dropped: ReadonlySet<string> = new Set([
  ...['script', 'style', 'noscript', 'template', 'iframe', 'object', 'embed', 'canvas', 'svg', 'audio', 'video', 'map'],
  ...['input', 'select', 'textarea', 'button', 'datalist', 'dialog', 'frameset', 'noframes', 'noembed'],
])

/**
 * How deep elements may be nested. Where they are nested deeper, the rest of the page is not read: the parser takes longer for each tag the
 * deeper it stands, minutes for a megabyte of `<div>`, and the functions that walk over a page call themselves once a level. Browsers
 * stop nesting at 512.
 */
const deepest = 600

/** Parses HTML, however broken it is. Scripts and other elements without text of their own are left out. */
export function parseHtml(html: string): ParsedHtml {
  const root: Element = { name: 'html', attributes: {}, children: [] }
  const open = [root]
  const styles: string[] = []
  const close = (): void => {
    const closed = open.pop() ?? root
    if (closed.name === 'style') styles.push(textOf(closed))
    // The copy has no room for further children: of a large page, that room took more memory than the rest.
    if (!dropped.has(closed.name)) open.at(-1)?.children.push({ ...closed, children: [...closed.children] })
  }
  const parser = new Parser({
    onopentag(name, attributes) {
      if (open.push({ name, attributes: isEmpty(attributes) ? none : attributes, children: [] }) > deepest)
        parser.pause()
    },
    ontext(text) {
      const children = open.at(-1)?.children ?? []
      const last = children.at(-1)
      // The parser gives a text in pieces, millions where it is made of marks such as `<`.
      if (typeof last === 'string') children[children.length - 1] = last + text
      else children.push(text)
    },
    onclosetag: close,
  })
  parser.end(html)
  const complete = open.length <= deepest
  while (open.length > 1) close()
  return { root, styles, complete }
}

const none: Element['attributes'] = {}

function isEmpty(attributes: Element['attributes']): boolean {
  for (const _ in attributes) return false
  return true
}

/** Drops elements from an element in place: a page may have a million of them, and a copy takes their memory once more. */
export const dropChildren = (element: Element, isDropped: (child: Element) => boolean): void =>
  keep(element, (child) => typeof child === 'string' || !isDropped(child))

/** Drops the texts that stand right in an element. */
export const dropTexts = (element: Element): void => keep(element, (child) => typeof child !== 'string')

function keep({ children }: Element, isKept: (child: Element | string) => boolean): void {
  let kept = 0
  for (const child of children) if (isKept(child)) children[kept++] = child
  children.length = kept
}

/** Finds the first element of a name. */
export function findElement(parent: Element, name: string): Element | null {
  for (const child of parent.children) {
    if (typeof child === 'string') continue
    const found = child.name === name ? child : findElement(child, name)
    if (found !== null) return found
  }
  return null
}

/** Joins the texts in an element. */
export const textOf = (element: Element): string =>
  element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('')
