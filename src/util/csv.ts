/** Encodes one row (RFC 4180), with its line break. */
export const csvRow = (cells: readonly string[]): string => `${cells.map(csvCell).join(',')}\r\n`

const csvCell = (text: string): string => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text)

/** Spreadsheets take text that begins with one of these for a formula. */
const formulaStarts: ReadonlySet<string> = new Set(['=', '+', '-', '@', '\t', '\r'])

/** Returns a text that no spreadsheet takes for a formula: an apostrophe is put before one that could be. */
export const noFormula = (text: string): string => (formulaStarts.has(text.charAt(0)) ? `'${text}` : text)

/** Reads rows (RFC 4180). The line break may also be a line feed alone, and empty lines are skipped. */
export function* readCsv(text: string): Generator<readonly string[]> {
  let row: string[] = []
  let at = text.charCodeAt(0) === 0xfeff ? 1 : 0
  while (at < text.length) {
    const [cell, end] = text[at] === '"' ? quotedCell(text, at + 1) : plainCell(text, at)
    row.push(cell)
    if (text[end] === ',') {
      at = end + 1
      if (at < text.length) continue
      row.push('')
    }
    if (row.length > 1 || row[0] !== '') yield row
    row = []
    at = text.startsWith('\r\n', end) ? end + 2 : end + 1
  }
}

type Cell = readonly [cell: string, end: number]

function quotedCell(text: string, from: number): Cell {
  let quote = text.indexOf('"', from)
  while (quote !== -1 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2)
  const end = quote === -1 ? text.length : quote
  const next = end + 1
  if (next < text.length && !',\r\n'.includes(text.charAt(next))) {
    throw new SyntaxError(`Text follows a closing quotation mark, at character ${next}.`)
  }
  return [text.slice(from, end).replaceAll('""', '"'), next]
}

function plainCell(text: string, from: number): Cell {
  let end = from
  while (end < text.length && !',\r\n'.includes(text.charAt(end))) end += 1
  return [text.slice(from, end), end]
}
