import type { Element } from './parse-html.ts'
import { inlineNames } from './text-measures.ts'
import { InlineWriter } from './write-inline.ts'
import { isOfData, rowsOf, writeTable } from './write-table.ts'

/** Writes the content of a page as Markdown. Its letters are not escaped: a model reads it, and no browser. */
export const writeMarkdown = (content: Element, base: string): string =>
  new BlockWriter(new InlineWriter(base)).text(content, 0)

/** Lists and quotes that are nested deeper are not indented further: each level adds to every line. */
const deepestIndent = 8

class BlockWriter {
  readonly #inline: InlineWriter

  constructor(inline: InlineWriter) {
    this.#inline = inline
  }

  /** Writes what stands in an element, its blocks one after the other. */
  text(element: Element, depth: number): string {
    return this.#blocks(element, depth).join('\n\n')
  }

  #blocks(element: Element, depth: number): readonly string[] {
    const blocks: string[] = []
    this.#write(element, depth, blocks)
    return blocks.filter((block) => block !== '')
  }

  /** Text up to the next block is a paragraph. */
  #write(element: Element, depth: number, blocks: string[]): void {
    let run: (Element | string)[] = []
    const endRun = (): void => {
      if (run.length > 0) blocks.push(this.#inline.write(run))
      run = []
    }
    for (const child of element.children) {
      if (isInline(child)) {
        run.push(child)
        continue
      }
      endRun()
      const block = this.#block(child, depth)
      if (block === null) this.#write(child, depth, blocks)
      else blocks.push(block)
    }
    endRun()
  }

  /** Returns null for an element that only holds blocks. */
  #block(element: Element, depth: number): string | null {
    const { name } = element
    const level = headings.indexOf(name) + 1
    if (level > 0) return heading(level, this.#inline.write(element.children).replaceAll('\n', ' '))
    if (name === 'hr') return '---'
    if (name === 'pre') return fence(element)
    if (name === 'ul' || name === 'ol') return this.#list(element, depth)
    if (name === 'dd') return indent(this.text(element, depth + 1), ': ', depth)
    if (name === 'blockquote') return quote(this.text(element, depth + 1), depth)
    return name === 'table' ? this.#table(element, depth) : null
  }

  #list(list: Element, depth: number): string {
    const start = Number(list.attributes['start'] ?? 1)
    const first = Number.isInteger(start) ? start : 1
    const items: string[] = []
    for (const child of list.children) {
      // A list right inside a list, without an item around it, is common.
      const item = typeof child !== 'string' && child.name === 'li' ? child : { ...list, name: 'li', children: [child] }
      const blocks = this.#blocks(item, depth + 1)
      if (blocks.length === 0) continue
      const marker = list.name === 'ul' ? '- ' : `${first + items.length}. `
      items.push(indent(blocks.join(blocks.length > 2 ? '\n\n' : '\n'), marker, depth))
    }
    return items.join('\n')
  }

  #table(table: Element, depth: number): string | null {
    const rows = rowsOf(table)
    if (!isOfData(rows)) return null
    const caption = table.children.find((child) => typeof child !== 'string' && child.name === 'caption')
    const above = caption === undefined || typeof caption === 'string' ? '' : `${this.text(caption, depth)}\n\n`
    const writeCell = (cell: Element): string =>
      this.#blocks(cell, depth)
        .join('<br>')
        .replaceAll('\n', '<br>')
        .replaceAll('|', String.raw`\|`)
    return above + writeTable(rows, writeCell)
  }
}

const headings = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6']
const heading = (level: number, text: string): string => (text === '' ? '' : `${'#'.repeat(level)} ${text}`)

/** A link stays one even around blocks, and a formula is one piece; other elements of a line that hold blocks are taken for blocks. */
const isInline = (child: Element | string): child is Element | string => typeof child === 'string' || stays(child)
const stays = (element: Element): boolean =>
  element.name === 'a' ||
  element.name === 'math' ||
  ((inlineNames.has(element.name) || alsoInline.has(element.name)) && element.children.every(isInline))
const alsoInline: ReadonlySet<string> = new Set(['label', 'rb', 'rt', 'rp'])

function indent(text: string, marker: string, depth: number): string {
  if (text === '') return ''
  const spaces = ' '.repeat(marker.length)
  return marker + (depth < deepestIndent ? text.replaceAll(/\n(?!\n)/g, `\n${spaces}`) : text)
}

const quote = (text: string, depth: number): string =>
  text === '' || depth >= deepestIndent ? text : `> ${text.replaceAll('\n', '\n> ')}`

/** A block of code in a fence longer than any in the code itself. */
function fence(pre: Element): string {
  const text = codeOf(pre).replaceAll('\r', '')
  if (text.trim() === '') return ''
  let marks = '```'
  while (text.includes(marks)) marks += '`'
  return `${marks}${languageOf(pre)}\n${text.startsWith('\n') ? text.slice(1) : text}${text.endsWith('\n') ? '' : '\n'}${marks}`
}

const codeOf = (element: Element): string =>
  element.children
    .map((child) => (typeof child === 'string' ? child : child.name === 'br' ? '\n' : codeOf(child)))
    .join('')

/** Returns the language that the classes of the block, or of the code in it, name. */
function languageOf(pre: Element): string {
  const code = pre.children.find((child) => typeof child !== 'string' && child.name === 'code')
  const elements = code === undefined || typeof code === 'string' ? [pre] : [code, pre]
  const classes = elements.flatMap(({ attributes }) => (attributes['class'] ?? '').split(' '))
  const named = classes.map((name) => name.split('language-')[1] ?? name.split('lang-')[1] ?? '')
  return named.find((name) => name !== '' && name.length < 20) ?? ''
}
