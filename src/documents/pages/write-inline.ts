import { type Element, findElement, textOf } from './parse-html.ts'

/** Writes text with its links, images and emphasis as Markdown, in one line but for its `<br>`. */
export class InlineWriter {
  readonly #base: string

  /** @param base The URL that the links of the page are relative to. */
  constructor(base: string) {
    this.#base = base
  }

  write(nodes: readonly (Element | string)[]): string {
    const text = nodes.map((node) => (typeof node === 'string' ? collapse(node) : this.#element(node))).join('')
    return text.replaceAll(/ {2,}/g, ' ').replaceAll(' \n', '\n').replaceAll('\n ', '\n').trim()
  }

  #element(element: Element): string {
    const { name, children } = element
    if (name === 'br') return '\n'
    if (name === 'img') return this.#image(element)
    if (name === 'math') return formula(element)
    if (name === 'code' || name === 'kbd' || name === 'samp') return code(textOf(element).trim())
    const text = children.map((node) => (typeof node === 'string' ? collapse(node) : this.#element(node))).join('')
    if (name === 'a') return this.#link(text, element.attributes['href'])
    if (name === 'q') return `“${text}”`
    const mark = marks.get(name)
    if (mark !== undefined) return around(text, (inner) => `${mark}${inner}${mark}`)
    return inline.has(name) ? text : ` ${text} `
  }

  #link(text: string, href: string | undefined): string {
    if (permalinks.has(text.trim())) return ''
    const url = href === undefined || href.startsWith('#') ? null : this.#absolute(href)
    return url === null ? text : around(text.replaceAll('\n', ' '), (inner) => `[${inner}](${url})`)
  }

  #image({ attributes }: Element): string {
    const { alt = '', src = '', width, height } = attributes
    const text = collapse(alt).trim().slice(0, longestAlternative)
    if (text === '' || Number(width) < 2 || Number(height) < 2) return ''
    const url = this.#absolute(src)
    return url === null ? text : `![${text}](${url})`
  }

  /** Returns null for what is no address of the web, such as `javascript:`, and for addresses that carry data. */
  #absolute(href: string): string | null {
    const url = href.length > longestUrl ? null : URL.parse(href.trim(), this.#base)
    if (url === null || !protocols.has(url.protocol) || url.href.length > longestUrl) return null
    return url.href.replaceAll('(', '%28').replaceAll(')', '%29')
  }
}

const protocols: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:'])
const longestUrl = 1_000
const longestAlternative = 200
const permalinks: ReadonlySet<string> = new Set(['', '#', '¶', '§', '🔗', '\u{F0C1}'])

const marks = new Map([
  ['strong', '**'],
  ['b', '**'],
  ['em', '*'],
  ['i', '*'],
  ['del', '~~'],
  ['s', '~~'],
  ['strike', '~~'],
])

const inline: ReadonlySet<string> = new Set([
  ...['abbr', 'bdi', 'bdo', 'big', 'cite', 'dfn', 'font', 'ins', 'mark', 'ruby', 'small', 'span', 'sub', 'sup', 'time'],
  ...['tt', 'u', 'var', 'wbr', 'label', 'rb', 'rt'],
])

const collapse = (text: string): string => text.replaceAll(/[ \t\r\n\f\u00A0]+/g, ' ')

/** Puts a mark around the text inside of the spaces, where Markdown wants it. */
function around(text: string, mark: (inner: string) => string): string {
  const inner = text.trim()
  if (inner === '') return text === '' ? '' : ' '
  const from = text.indexOf(inner)
  return `${text.slice(0, from)}${mark(inner)}${text.slice(from + inner.length)}`
}

function code(text: string): string {
  if (text === '') return ''
  const line = collapse(text)
  return line.includes('`') ? `\`\` ${line} \`\`` : `\`${line}\``
}

/** A formula as TeX, where the page has it beside the drawn one. */
function formula(math: Element): string {
  const source = findElement(math, 'annotation')
  return source?.attributes['encoding'] === 'application/x-tex' ? `$${textOf(source).trim()}$` : collapse(textOf(math))
}
