import type { Element } from './parse-html.ts'

/** How much text stands in an element, in characters. */
export interface TextMeasure {
  readonly text: number
  /** What stands in runs of `shortestProse` characters or more, without links: sentences rather than labels and menus. */
  readonly prose: number
  readonly linked: number
  readonly links: number
}

export type TextMeasures = ReadonlyMap<Element, TextMeasure>

const shortestProse = 60

/** Inline elements: they do not end the line of text in which they stand. */
export const inlineNames: ReadonlySet<string> = new Set([
  ...[
    'a',
    'abbr',
    'b',
    'bdi',
    'bdo',
    'cite',
    'code',
    'del',
    'dfn',
    'em',
    'font',
    'i',
    'img',
    'ins',
    'kbd',
    'mark',
    'q',
    'ruby',
  ],
  ...['s', 'samp', 'small', 'span', 'strike', 'strong', 'sub', 'sup', 'time', 'tt', 'u', 'var', 'wbr', 'br', 'big'],
])

/** Measures an element and all in it. */
export function measureTexts(root: Element): TextMeasures {
  const measures = new Map<Element, TextMeasure>()
  measure(root, false, measures)
  return measures
}

function measure(element: Element, inLink: boolean, measures: Map<Element, TextMeasure>): TextMeasure {
  let [text, prose, linked, links, run] = [0, 0, 0, 0, 0]
  const endRun = (): void => {
    if (run >= shortestProse) prose += run
    run = 0
  }
  for (const child of element.children) {
    if (typeof child === 'string') {
      const length = child.trim().length
      text += length
      if (inLink) linked += length
      else run += length
      continue
    }
    const isLink = child.name === 'a'
    const inner = measure(child, inLink || isLink, measures)
    text += inner.text
    linked += inner.linked
    links += inner.links + (isLink ? 1 : 0)
    if (inlineNames.has(child.name) && inner.prose === 0) {
      run += inner.text - inner.linked
    } else {
      endRun()
      prose += inner.prose
    }
  }
  endRun()
  const found = { text, prose, linked, links }
  measures.set(element, found)
  return found
}
