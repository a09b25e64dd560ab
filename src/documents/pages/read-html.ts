import { visibleText } from '../visible-text.ts'
import { dropHidden } from './drop-hidden.ts'
import { mainContent } from './main-content.ts'
import { type Element, findElement, parseHtml, textOf } from './parse-html.ts'
import { writeMarkdown } from './write-markdown.ts'

export interface HtmlText {
  readonly title: string | null
  readonly markdown: string
  /** False where the page was nested too deep to be read to its end. */
  readonly complete: boolean
}

/** Reads what a page shows to people as Markdown. */
export function readHtml(html: string, url: string): HtmlText {
  const parsed = parseHtml(html)
  const { root } = parsed
  dropHidden(parsed)
  const title = titleOf(root)
  const base = findElement(root, 'base')?.attributes['href'] ?? ''
  const markdown = writeMarkdown(mainContent(root), URL.parse(base, url)?.href ?? url)
  return { title, markdown: visibleText(markdown), complete: parsed.complete }
}

const longestTitle = 300

function titleOf(root: Element): string | null {
  const element = findElement(root, 'title') ?? findElement(root, 'h1')
  const title = element === null ? '' : visibleText(textOf(element)).replaceAll(/\s+/g, ' ').trim()
  return title === '' ? null : title.slice(0, longestTitle)
}
