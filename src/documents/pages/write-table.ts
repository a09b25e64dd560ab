import type { Element } from './parse-html.ts'

/** A table as its rows, each row its cells. */
export type Rows = readonly (readonly Element[])[]

const sections: ReadonlySet<string> = new Set(['thead', 'tbody', 'tfoot'])

/** Returns the rows of a table. */
export const rowsOf = (table: Element): Rows =>
  table.children.flatMap((child): Rows => {
    if (typeof child === 'string') return []
    if (sections.has(child.name)) return rowsOf(child)
    return child.name === 'tr' ? [child.children.filter(isCell)] : []
  })

const isCell = (child: Element | string): child is Element =>
  typeof child !== 'string' && (child.name === 'td' || child.name === 'th')

/** Tells a table of data from one that only places things on the page: it has rows and columns, and no other table in it. */
export const isOfData = (rows: Rows): boolean =>
  rows.length > 1 &&
  rows.some((row) => row.length > 1) &&
  rows.every((row) => row.length <= mostColumns && !row.some(holdsTable))

const holdsTable = (element: Element): boolean =>
  element.children.some((child) => typeof child !== 'string' && (child.name === 'table' || holdsTable(child)))

/** A table with more columns than this places things on the page, or is made to fill memory. */
const mostColumns = 50

/** Writes a table of data. The first row becomes the head. A cell that spans several columns or rows leaves the others empty. */
export function writeTable(rows: Rows, writeCell: (cell: Element) => string): string {
  const below: number[] = []
  const lines = rows.map((row) => {
    const texts: string[] = []
    const skipTaken = (): void => {
      while ((below[texts.length] ?? 0) > 0) below[texts.length] = (below[texts.push('') - 1] ?? 0) - 1
    }
    for (const cell of row) {
      skipTaken()
      const columns = spanOf(cell, 'colspan')
      const rowsBelow = spanOf(cell, 'rowspan') - 1
      for (let column = 0; column < columns && texts.length < mostColumns; column++) {
        below[texts.length] = rowsBelow
        texts.push(column === 0 ? writeCell(cell) : '')
      }
    }
    skipTaken()
    return texts
  })
  const width = lines.reduce((widest, line) => Math.max(widest, line.length), 0)
  const print = (texts: readonly string[]): string =>
    `| ${Array.from({ length: width }, (_, at) => texts[at] ?? '').join(' | ')} |`
  const [head = [], ...body] = lines
  return [print(head), `|${' --- |'.repeat(width)}`, ...body.map(print)].join('\n')
}

function spanOf({ attributes }: Element, name: string): number {
  const span = Number(attributes[name] ?? 1)
  return Number.isInteger(span) && span > 0 && span <= mostColumns ? span : 1
}
