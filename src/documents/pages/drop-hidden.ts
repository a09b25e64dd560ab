import { type Declarations, readDeclarations } from './declarations.ts'
import { dropChildren, dropTexts, type Element, type ParsedHtml } from './parse-html.ts'
import { classesOf, readStyleSheet, type StyleSheet } from './style-sheet.ts'
import { blankPage, hidesElement, hidesText, type Surroundings, surroundingsIn } from './visibility.ts'

/** Classes that hide their text in the frameworks in use, whose sheets are not fetched. */
const hiddenClasses: ReadonlySet<string> = new Set([
  ...['sr-only', 'visually-hidden', 'visuallyhidden', 'screen-reader-text', 'screen-reader-only', 'screenreader-only'],
  ...['d-none', 'hidden', 'is-hidden', 'invisible', 'hide', 'u-hidden', 'element-invisible', 'offscreen'],
])

/**
 * Drops the elements and texts of a page that a browser would not show. A text that people do not see is a known way to give
 * instructions to a model that reads the page. What is hidden only by a linked style sheet or by a script is not found.
 */
export function dropHidden({ root, styles }: ParsedHtml): void {
  new Sight(readStyleSheet(styles)).drop(root, blankPage)
}

class Sight {
  readonly #sheet: StyleSheet
  readonly #ancestors: Element[] = []

  constructor(sheet: StyleSheet) {
    this.#sheet = sheet
  }

  drop(element: Element, surroundings: Surroundings): void {
    this.#ancestors.push(element)
    dropChildren(element, (child) => {
      const declarations = this.#declarationsOf(child)
      if (child.attributes['aria-hidden'] === 'true' || hidesElement(declarations)) return true
      this.drop(child, surroundingsIn(surroundings, declarations))
      return false
    })
    if (hidesText(surroundings)) dropTexts(element)
    this.#ancestors.pop()
  }

  /** Joins what the attribute `hidden` or a known class declares, what the sheets do, and the element's own style. The last one counts. */
  #declarationsOf(element: Element): Declarations {
    const { hidden, style } = element.attributes
    const known: Declarations[] = [...this.#sheet(element, this.#ancestors)]
    if (hidden !== undefined || hasHiddenClass(element)) known.unshift(displayNone)
    if (style !== undefined) known.push(readDeclarations(style))
    return known.length === 1 && known[0] !== undefined ? known[0] : new Map(known.flatMap((some) => [...some]))
  }
}

const displayNone: Declarations = new Map([['display', 'none']])

/** A class such as `md:block` or `d-lg-flex` beside the hiding one shows the text on larger screens. */
function hasHiddenClass(element: Element): boolean {
  const classes = classesOf(element)
  if (!classes.some((name) => hiddenClasses.has(name))) return false
  return !classes.some((name) => name.includes(':') || (name.startsWith('d-') && name !== 'd-none'))
}
